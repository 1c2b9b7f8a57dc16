import { describe, expect, it } from 'vitest';

import { opened, RATE_HZ } from './app-world.ts';

describe('what was never spoken', () => {
  // P23.5
  it.each([
    ['subtitles by the amara org community', 8_000, 'knownPhrase'],
    ['and then and then and then and then', 8_000, 'repetition'],
    ['hello there', 0, 'tooQuiet'],
  ])('is left out: %s', async (text, level, reason) => {
    const speech = await opened();
    await speech.speak(1_000, { level });

    await speech.guess(text, RATE_HZ);
    await speech.settle(text);

    expect(speech.hinted('interim')).toEqual([]);
    expect(speech.told('dropped')).toEqual([
      { type: 'dropped', reason, text, from: 0, to: RATE_HZ },
    ]);
    expect(speech.finals).toEqual([[0, RATE_HZ, '']]);
    expect(speech.session.told.map(({ type }) => type).slice(-2)).toEqual(['dropped', 'final']);
  });

  it('is left to services that find it by themselves, and is told where nobody is to look for it', async () => {
    const text = 'subtitles by the amara org community';
    for (const options of [{ traits: { dropsUnspoken: true } }, { filter: false as const }]) {
      const speech = await opened(options);
      await speech.speak(1_000);

      await speech.settle(text);

      expect(speech.finals).toEqual([[0, RATE_HZ, text]]);
      await speech.handlers.close();
    }
  });

  it('is passed on as services tell it', async () => {
    const speech = await opened();
    await speech.speak(1_000);

    await speech.say({
      kind: 'dropped',
      reason: 'noSpeech',
      text: 'thanks',
      startSample: 1_600,
      endSample: 8_000,
    });

    expect(speech.told('dropped')).toEqual([
      { type: 'dropped', reason: 'noSpeech', text: 'thanks', from: 1_600, to: 8_000 },
    ]);
  });
});

describe('a stage of the audio', () => {
  it('hears all of it, and what it makes is heard', async () => {
    const closed: string[] = [];
    const speech = await opened({
      denoise: () => ({
        process: (pcm) => pcm.map(() => 7),
        close: () => closed.push('closed'),
      }),
    });

    await speech.speak(500);
    await speech.handlers.close();

    expect(new Set(speech.socket().audio)).toEqual(new Set([7]));
    expect(closed).toEqual(['closed']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['makes more than there was', (pcm: Uint8Array) => new Uint8Array(pcm.length + 2)],
  ])('is left out where it %s', async (_, process) => {
    const speech = await opened({ denoise: () => ({ process }) });

    await speech.speak(500);

    expect(speech.socket().audio.length / 2).toBe(8_000);
    expect(speech.socket().audio[1]).toBe(8_000 >> 8);
  });
});
