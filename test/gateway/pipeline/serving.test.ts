/** What a client is told of who hears it, and of nobody. */
import { describe, expect, it } from 'vitest';

import { opened, RATE_HZ } from './app-world.ts';

const AWAY = { type: 'serving', provider: null, mode: 'recordOnly', missing: ['hearing'] };

describe('who serves', () => {
  // P23.6
  it('is told when it is known, when it changes, and to a client that comes', async () => {
    const speech = await opened({ names: ['first', 'second'] });
    await speech.speak(500);

    speech.kill(0);
    await speech.speak(15_000);
    speech.handlers.attached?.(false);
    speech.handlers.attached?.(true);

    expect(speech.served).toEqual([
      ['first', null],
      [null, 'recordOnly'],
      ['second', null],
    ]);
    expect(speech.hinted('serving')).toEqual([
      { type: 'serving', provider: 'second', mode: null, missing: [] },
    ]);
  });

  it('is nobody where all are given up; audio is kept, and understood when one is back', async () => {
    const speech = await opened({ names: ['first', 'second'] });
    await speech.speak(1_000);
    await speech.settle('one', 8_000);

    speech.kill(0, 401);
    speech.kill(1, 402);
    await speech.speak(60_000);
    const servedMeanwhile = speech.served.at(-1);
    speech.revive(1);
    await speech.pass(120_000);
    await speech.settle('two', undefined, 1);

    expect(servedMeanwhile).toEqual([null, 'recordOnly']);
    expect(speech.served).toEqual([
      ['first', null],
      [null, 'recordOnly'],
      ['second', null],
    ]);
    expect(speech.finals).toEqual([
      [0, 8_000, 'one'],
      [8_000, 61 * RATE_HZ, 'two'],
    ]);
    expect(speech.told('warning')).toEqual([]);
  });

  it('is waited for by who finishes', async () => {
    const speech = await opened();
    await speech.speak(1_000);
    speech.kill(0, 401);
    await speech.pass(1_000);

    let isFinished = false;
    const finishing = speech.handlers.finish().then(() => (isFinished = true));
    await speech.pass(100_000);
    const wasFinished = isFinished;
    speech.revive(0);
    await speech.pass(60_000);
    await finishing;

    expect(wasFinished).toBe(false);
    expect(speech.finals.at(-1)).toEqual([0, RATE_HZ, 'rest']);
  });

  it('is not waited for by who closes', async () => {
    const speech = await opened();
    await speech.speak(1_000);
    speech.kill(0, 401);
    await speech.pass(1_000);

    const finishing = speech.handlers.finish();
    const closing = speech.handlers.close();
    await speech.pass(0);
    await Promise.all([finishing, closing]);

    expect(speech.clock.pending).toBe(0);
    expect(speech.finals).toEqual([]);
  });
});

describe('a service that is not reached', () => {
  it.each([
    [1_499, 1],
    [1_500, 2],
  ])(
    'P23.6: is told of once that lasts for 1.5 s: of %i ms, %i things are told',
    async (ms, told) => {
      const speech = await opened();
      await speech.speak(500);

      speech.kill();
      await speech.pass(ms);

      expect(speech.told('serving')).toHaveLength(told);
      expect(speech.told('serving').slice(1)).toEqual(told === 1 ? [] : [AWAY]);
    },
  );

  it('P23.6: is told of where it is back, and its audio is heard then', async () => {
    const speech = await opened();
    await speech.speak(500);

    speech.kill();
    await speech.speak(4_000);
    speech.revive();
    await speech.speak(4_000);
    await speech.pass(30_000); // what was kept is sent not much faster than it was spoken
    await speech.settle('all of it');

    expect(speech.served).toEqual([
      ['first', null],
      [null, 'recordOnly'],
      ['first', null],
    ]);
    expect(speech.finals).toEqual([[0, 8.5 * RATE_HZ, 'all of it']]);
    expect(speech.told('warning')).toEqual([]);
  });

  it('is not told of where it is back before anybody could see it', async () => {
    const speech = await opened();
    await speech.speak(500);

    for (let breaks = 0; breaks < 3; breaks += 1) {
      speech.networks[0]!.reset();
      await speech.speak(12_000);
      await speech.settle('a while');
    }

    expect(speech.served).toEqual([['first', null]]);
  });

  it('P23.6: is told of once where it lets in and hangs up, over and over', async () => {
    const speech = await opened();
    const network = speech.networks[0]!;
    await speech.speak(500);
    speech.kill();
    await speech.pass(2_000);
    speech.revive();

    for (let ms = 0; ms < 120_000; ms += 100) {
      const isUp = network.live.length > 0;
      await speech.pass(100);
      if (isUp) network.reset();
    }

    expect(network.sockets.length).toBeGreaterThan(10);
    expect(speech.served).toEqual([
      ['first', null],
      [null, 'recordOnly'],
    ]);
  });

  it.each([
    ['hears', 'speechStarted', 100],
    ['has stood for 10 s', null, 10_000],
  ] as const)('P23.6: is back once it %s', async (_, kind, ms) => {
    const speech = await opened();
    await speech.speak(500);
    speech.kill();
    await speech.pass(2_000);
    speech.revive();
    while (speech.networks[0]!.live.length === 0) await speech.pass(1);
    await speech.pass(ms - 50);
    const before = speech.served.at(-1);

    if (kind !== null) await speech.say({ kind, atSample: 0 });
    await speech.pass(100);

    expect(before).toEqual([null, 'recordOnly']);
    expect(speech.served.at(-1)).toEqual(['first', null]);
  });

  it('P23.6: is told of to who comes meanwhile, and where it was never there', async () => {
    const speech = await opened({ isGone: true });

    await speech.speak(2_000);
    speech.handlers.attached?.(false);
    speech.handlers.attached?.(true);

    expect(speech.told('serving')).toEqual([AWAY]);
    expect(speech.hinted('serving')).toEqual([AWAY]);
  });

  it('is no longer waited for by a session that is closed', async () => {
    const speech = await opened();
    speech.kill();
    await speech.pass(10);

    const closing = speech.handlers.close();
    await speech.pass(5_000);
    await closing;

    expect(speech.served).toEqual([['first', null]]);
  });
});
