/** Sounds for the fake microphone, and what of them is heard. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Tone {
  readonly hz: number;
  /** Of full scale. */
  readonly level: number;
}

/** A WAV file of these tones together, mono at 48 kHz, as Chromium's fake microphone takes it. It is played again and again. */
export async function toneFile(tones: readonly Tone[], seconds = 5): Promise<string> {
  const rateHz = 48_000;
  const samples = Int16Array.from({ length: rateHz * seconds }, (_, at) => {
    const sum = tones.reduce(
      (all, { hz, level }) => all + level * Math.sin((2 * Math.PI * hz * at) / rateHz),
      0,
    );
    return Math.round(sum * 32_767);
  });
  return wavFile(new Uint8Array(samples.buffer), rateHz);
}

/** A WAV file of these pieces of PCM, one after the other. Chromium's fake microphone takes any rate. */
export function soundFile(pieces: readonly Uint8Array[], rateHz: number): Promise<string> {
  return wavFile(Buffer.concat(pieces), rateHz);
}

export function silence(ms: number, rateHz: number): Uint8Array {
  return new Uint8Array((ms * rateHz) / 500);
}

async function wavFile(samples: Uint8Array, rateHz: number): Promise<string> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  const file = join(await mkdtemp(join(tmpdir(), 'tenuto-sound-')), 'sound.wav');
  await writeFile(file, Buffer.concat([header, samples]));
  return file;
}

/** How loud one frequency is, in dB below full scale: by a window that keeps its neighbours out. */
export function levelDbOf(samples: readonly number[], hz: number, rateHz: number): number {
  let [real, imaginary, sum] = [0, 0, 0];
  samples.forEach((sample, at) => {
    const x = (2 * Math.PI * at) / (samples.length - 1);
    const window =
      0.358_75 - 0.488_29 * Math.cos(x) + 0.141_28 * Math.cos(2 * x) - 0.011_68 * Math.cos(3 * x);
    const angle = (2 * Math.PI * hz * at) / rateHz;
    real += window * (sample / 32_768) * Math.cos(angle);
    imaginary += window * (sample / 32_768) * Math.sin(angle);
    sum += window;
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / sum + 1e-12);
}
