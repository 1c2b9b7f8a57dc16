/** The audio formats of a session: PCM at 24 kHz, or telephone audio at 8 kHz. Inside, everything is PCM at 24 kHz. */
import { compress, expand } from './g711.ts';
import type { Law } from './g711.ts';
import { objectAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';

export interface WireFormat {
  /** As clients and errors name it. */
  readonly name: string;
  readonly sampleRateHz: number;
  readonly bytesPerSample: number;
  /** Null where the bytes are no such audio. PCM s16le at 24 kHz comes out. */
  decode(bytes: Uint8Array): Int16Array | null;
  /** @param samples at the rate of the format. */
  encode(samples: Int16Array): Uint8Array;
}

/** 24 kHz of 8 kHz. */
const UP = 3;

export function formatOf(session: JsonObject, side: 'input' | 'output'): WireFormat {
  const type = stringAt(objectAt(objectAt(objectAt(session, 'audio'), side), 'format'), 'type');
  if (type === 'audio/pcmu') return MU_LAW;
  return type === 'audio/pcma' ? A_LAW : PCM;
}

const PCM: WireFormat = {
  name: 'mono PCM16 at 24kHz',
  sampleRateHz: 24_000,
  bytesPerSample: 2,
  decode: (bytes) => {
    if (bytes.length % 2 === 1) return null;
    const samples = new Int16Array(bytes.length / 2);
    new Uint8Array(samples.buffer).set(bytes);
    return samples;
  },
  encode: (samples) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
};

const MU_LAW = telephone('pcmu', 'G.711 u-law at 8kHz');
const A_LAW = telephone('pcma', 'G.711 A-law at 8kHz');

function telephone(law: Law, name: string): WireFormat {
  return {
    name,
    sampleRateHz: 8_000,
    bytesPerSample: 1,
    decode: (bytes) => tripled(expand(bytes, law)),
    encode: (samples) => compress(samples, law),
  };
}

/** Three samples for one, on the straight line to the next: enough for ears that hear up to 4 kHz. */
function tripled(samples: Int16Array): Int16Array {
  const out = new Int16Array(samples.length * UP);
  for (let at = 0; at < out.length; at += 1) {
    const from = Math.floor(at / UP);
    const here = samples[from] ?? 0;
    const next = samples[from + 1] ?? here;
    out[at] = Math.round(here + ((next - here) * (at % UP)) / UP);
  }
  return out;
}
