/** What the stand-in for Gemini hears and is asked in tests. */
import type { HttpAnswer } from '../../src/simulators/server/simulator-server.ts';
import { UNAVAILABLE, quotaExceeded, refusedKey } from '../../src/simulators/gemini/wire.ts';

export const WEATHER = {
  name: 'get_weather',
  description: 'Says how the weather is.',
  parametersJsonSchema: { type: 'object', properties: { query: { type: 'string' } } },
};

export const PROBLEM = {
  '400': refusedKey('wrong'),
  '401': refusedKey('AQ.wrong'),
  '403': refusedKey(''),
  '429': quotaExceeded('28s'),
  '503': UNAVAILABLE,
} satisfies Record<string, HttpAnswer>;

/** 300 ms at 16 kHz, in base64; 0 Hz is silence. */
export function tone(hz: number): string {
  return Buffer.from(toneBytes(hz)).toString('base64');
}

export function toneBytes(hz: number, ms = 300): Uint8Array {
  const samples = Int16Array.from({ length: ms * 16 }, (_none, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * hz * at) / 16_000)),
  );
  return new Uint8Array(samples.buffer);
}
