/** Frames of a type that an adapter does not know are told by their names, unless those may be anything but names. */
import { describe, expect, it } from 'vitest';

import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { deepgramSpeak } from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { Provider } from '../../src/providers/contract.ts';
import { nameOf } from '../../src/providers/wire/detail.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 24_000 } as const;

/** It looks like a name. */
const KEY = 'secretkeyofours';

const typed = (type: string) => JSON.stringify({ type });
const member = (name: string) => JSON.stringify({ [name]: {} });

const ADAPTERS: readonly (readonly [string, Provider, (name: string) => string])[] = [
  ['openai', openaiRealtime({ apiKey: KEY }), typed],
  ['gemini', geminiLive({ apiKey: KEY }), member],
  ['listen', deepgramListen({ apiKey: KEY }), typed],
  ['flux', deepgramFlux({ apiKey: KEY }), typed],
  ['speak', deepgramSpeak({ apiKey: KEY }), typed],
];

/** As the services' keys and tokens look. */
const LIKE_KEYS = [
  'sk-proj-AbCdEfGhIjKlMnOpQrStUvWx',
  'ek_68af296e8e408191a1120ab6383263c2',
  'AIzaSyA1bC2dE3fG4hI5jK6lM7nO8pQ9rS0tU1v',
  'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  'Q'.repeat(33),
];

describe.each(ADAPTERS)('a frame of an unknown type, to %s', (_name, provider, frameOf) => {
  async function told(name: string): Promise<unknown> {
    await provider.dial(FORMAT, 'connect');
    return provider.openStream(FORMAT).decode(frameOf(name)).at(-1);
  }

  it('is told by its name', async () => {
    expect(await told('weatherChanged')).toEqual({ kind: 'ignored', what: 'weatherChanged' });
  });

  it.each([KEY, `${KEY}.${KEY}`, ...LIKE_KEYS, 'two words', '<b>', ''])(
    'that is called %j is told without that name',
    async (name) => {
      expect(await told(name)).toEqual({ kind: 'ignored', what: 'unnamed' });
    },
  );
});

describe('a name off the wire', () => {
  it.each([
    'conversation.item.input_audio_transcription.segment',
    'response.mcp_call_arguments.delta',
    'voiceActivityDetectionSignal',
    'TurnInfo2',
    'session_v2.created',
  ])('is kept where it is one: %s', (name) => {
    expect(nameOf(name)).toBe(name);
  });

  it('is none where it is longer than any', () => {
    expect(nameOf('word.'.repeat(13).slice(0, -1))).toBe('word.'.repeat(13).slice(0, -1));
    expect(nameOf('word.'.repeat(14).slice(0, -1))).toBe('unnamed');
  });
});
