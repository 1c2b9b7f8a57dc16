/** Who finds the user's turns: the service, or the application where detection is switched off. */
import { describe, expect, it } from 'vitest';

import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiLiveOptions } from '../../src/providers/gemini-live/gemini-live.ts';
import { audio, decodeAll, heard, KEY, openStream } from './gemini-support.ts';

describe('gemini live, who finds the turns', () => {
  const SWITCHED_OFF: readonly (readonly [string, Partial<GeminiLiveOptions>])[] = [
    ['by its option', { automaticActivityDetection: false }],
    [
      'by a further field of the setup',
      { setup: { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } } },
    ],
  ];

  it.each(SWITCHED_OFF)('marks turns itself where detection is switched off %s', (_how, off) => {
    const stream = openStream(off);
    const send = () => JSON.parse(stream.encodeAudio(new Uint8Array(640)) as string).realtimeInput;

    const first = send();
    const second = send();
    const end = stream.encodeOrder!({ kind: 'endTurn' });
    const again = stream.encodeOrder!({ kind: 'endTurn' });
    const events = decodeAll(stream, heard('Hi'), audio());
    const third = send();

    expect(first).toHaveProperty('activityStart', {});
    expect(second).not.toHaveProperty('activityStart');
    expect(end).toEqual(['{"realtimeInput":{"activityEnd":{}}}']);
    expect(again).toBeNull();
    expect(events).toContainEqual(expect.objectContaining({ isFinal: true, endSample: 640 }));
    expect(third).toHaveProperty('activityStart', {});
  });

  it('leaves turns to the service where a further field of the setup says so, whatever the option', () => {
    const stream = openStream({
      automaticActivityDetection: false,
      setup: { realtimeInputConfig: { turnCoverage: 'TURN_INCLUDES_ALL_INPUT' } },
    });

    const first = JSON.parse(stream.encodeAudio(new Uint8Array(640)) as string);

    expect(first.realtimeInput).not.toHaveProperty('activityStart');
    expect(stream.encodeOrder!({ kind: 'endTurn' })).toBeNull();
  });

  it.each([
    ['switched off', { disabled: true }, false, 0],
    ['set to 1.2 s', { silenceDurationMs: 1_200 }, true, 1_200],
  ])('knows of silence that it is %s by a further field', (_what, detection, fills, moreMs) => {
    const setup = { realtimeInputConfig: { automaticActivityDetection: detection } };

    const plain = geminiLive({ apiKey: KEY }).traits;
    const { traits } = geminiLive({ apiKey: KEY, setup });

    expect(traits.fillsSilenceAfterMs).toBe(fills ? plain.fillsSilenceAfterMs : null);
    expect(traits.fillsSilenceForMs).toBe((plain.fillsSilenceForMs ?? 0) + moreMs);
  });
});
