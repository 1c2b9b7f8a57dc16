import { describe, expect, it } from 'vitest';

import { opened, RATE_HZ, CHUNK } from './app-world.ts';
import { createSpeechApp } from '../../../src/gateway/pipeline/speech-app.ts';
import { fakeProvider } from '../../support/fake-provider.ts';

describe('results of the speech app', () => {
  // P23.3
  it('follow each other without a hole, in samples of the session', async () => {
    const speech = await opened();

    await speech.speak(1_000);
    await speech.settle('one two', 12_000);
    await speech.settle('three');
    await speech.handlers.finish();

    expect(speech.finals).toEqual([
      [0, 12_000, 'one two'],
      [12_000, 16_000, 'three'],
    ]);
    expect(speech.told('final')[0]).toEqual({
      type: 'final',
      from: 0,
      to: 12_000,
      text: 'one two',
      words: [
        { text: 'one', from: 0, to: 6_000, confidence: 1 },
        { text: 'two', from: 6_000, to: 12_000, confidence: 1 },
      ],
      endsUtterance: false,
      provider: 'first',
    });
  });

  // P23.3
  it('begin where those of a gateway before ended, and audio before that is not heard again', async () => {
    const speech = await opened({ fin: 16_000 });

    await speech.speak(1_000, { position: 14_400 }); // the chunk that the last final cut in two
    await speech.settle('rest');

    expect(speech.socket().audio.length / 2).toBe(14_400);
    expect(speech.finals).toEqual([[16_000, 30_400, 'rest']]);
    expect(speech.told('final')[0]?.['words']).toMatchObject([{ from: 16_000, to: 30_400 }]);
  });

  it('come as hints while they may change', async () => {
    const speech = await opened();

    await speech.speak(500);
    await speech.say({ kind: 'speechStarted', atSample: 1_600 });
    await speech.guess('perhaps', 8_000);
    await speech.say({ kind: 'utteranceEnded', atSample: 8_000 });

    expect(speech.hinted('interim')).toMatchObject([{ from: 0, to: 8_000, text: 'perhaps' }]);
    expect(speech.hinted('speechStarted')).toEqual([{ type: 'speechStarted', at: 1_600 }]);
    expect(speech.hinted('utteranceEnded')).toEqual([{ type: 'utteranceEnded', at: 8_000 }]);
    expect(speech.told('interim')).toEqual([]);
  });

  it('P23.4: come as hints that begin where the last final ended', async () => {
    const speech = await opened();
    await speech.speak(1_000);

    await speech.settle('one', 8_000);
    await speech.guess('two', 12_000);
    await speech.guess('two three', 16_000);

    expect(speech.hinted('interim').map(({ from, to, text }) => [from, to, text])).toEqual([
      [8_000, 12_000, 'two'],
      [8_000, 16_000, 'two three'],
    ]);
  });

  it('are asked for when nothing follows, and cover all that came', async () => {
    const speech = await opened();
    await speech.speak(700);

    speech.lose(RATE_HZ * 60);
    const finished = speech.handlers.finish();
    await speech.pass(10_000);
    await finished;

    expect(speech.finals.at(-1)?.[1]).toBe(7 * CHUNK + RATE_HZ * 60);
    expect(speech.told('final').map(({ text }) => text)).toContain('rest');
  });

  it('are waited for, however slow a service is: before them nothing is finished', async () => {
    const speech = await opened();
    await speech.speak(1_000);
    speech.isSlow = true;
    let isFinished = false;

    const finished = speech.handlers.finish().then(() => (isFinished = true));
    for (let guesses = 0; guesses < 60; guesses += 1) {
      await speech.guess('perhaps', 16_000); // it is there
      await speech.pass(1_000);
    }
    const wasFinished = isFinished;
    await speech.settle('late', 16_000);
    await finished;

    expect(wasFinished).toBe(false);
    expect(speech.finals).toEqual([[0, 16_000, 'late']]);
  });

  it('fit into a frame, however long a service makes them', async () => {
    const speech = await opened({ filter: false });
    await speech.speak(1_000);

    await speech.settle('ab '.repeat(20_000) + '\ud800');

    const [final] = speech.told('final');
    expect(final).toMatchObject({ text: 'ab '.repeat(20_000).slice(0, 10_000), words: [] });
  });

  // P23.7
  it('say what was not heard', async () => {
    const speech = await opened();
    await speech.speak(1_000);
    await speech.settle('one', 1_600);
    await speech.say({
      kind: 'failed',
      failure: { kind: 'perRequest', code: 'http 400', detail: 'no audio file' },
    });

    speech.socket().say(
      JSON.stringify({
        kind: 'transcript',
        text: 'three',
        words: [],
        startSample: 8_000,
        endSample: 16_000,
        isFinal: true,
        endsUtterance: false,
        answersFlush: false,
      }),
    );
    await speech.pass(50);

    expect(speech.told('warning')).toMatchObject([
      { code: 'REQUEST_REFUSED' },
      { code: 'gap', from: 1_600, to: 8_000, detail: '400 ms were not heard (providerSkipped)' },
    ]);
    expect(speech.finals).toEqual([
      [0, 1_600, 'one'],
      [1_600, 16_000, 'three'],
    ]);
  });
});

describe('options of the speech app', () => {
  it('are refused where they are none', () => {
    const candidates = () => [{ provider: fakeProvider() }];

    expect(() => createSpeechApp({ candidates, retries: 3 } as never)).toThrow(/"retries"/);
    expect(() => createSpeechApp({ candidates: [] } as never)).toThrow(/candidates/);
  });
});
