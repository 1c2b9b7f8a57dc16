/** A stream of Flux's, and messages as the service would say them. */
import type { AudioFormat } from '../../src/ports/audio-format.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import type { DeepgramFluxOptions } from '../../src/providers/deepgram-flux/deepgram-flux.ts';

export const FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
export const KEY = 'dg-0123456789abcdef';

export function openStream(options: Partial<DeepgramFluxOptions> = {}): ProviderStream {
  return deepgramFlux({ apiKey: KEY, ...options }).openStream(FORMAT);
}

/** Messages with the numbers that the service would give them. */
export function teller(stream: ProviderStream) {
  let sequence = 0;
  return (message: object): readonly ProviderEvent[] => {
    const frame = { request_id: 'r', sequence_id: sequence, ...message };
    sequence = frame.sequence_id + 1;
    return stream.decode(JSON.stringify(frame));
  };
}

export function turn(event: string, endS: number, transcript: string, fields: object = {}): object {
  return {
    type: 'TurnInfo',
    event,
    turn_index: 0,
    audio_window_start: 0,
    audio_window_end: endS,
    transcript,
    words: transcript
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ({ word, confidence: 1 })),
    end_of_turn_confidence: 0.1,
    ...fields,
  };
}

export const seconds = (count: number): Uint8Array => new Uint8Array(count * 32_000);

export function close(code: number, reason = ''): SocketEnd {
  return { kind: 'closed', code, reason };
}
