/** The world as an application has it: apps, clients and expectations of its own. */
import { describe, expect, it } from 'vitest';

import { CHUNK, counter, seconds, SecondsApp, speaker } from './an-application.ts';
import type { AppResult, AppSession } from '../../src/gateway/app.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { createSimulatedWorld, simulate } from '../../src/simulation/simulate.ts';
import type {
  AppProcess,
  ClientFactory,
  SimulateOptions,
} from '../../src/simulation/simulate.types.ts';
import type { Fault } from '../../src/simulation/simulation.types.ts';

const LENGTH_MS = 30_000;

function run(options: Partial<SimulateOptions>) {
  return simulate({ seed: 1, lengthMs: LENGTH_MS, apps: seconds, clients: [speaker], ...options });
}

describe('an application in a simulated world', () => {
  const harsh: readonly Fault[] = [
    { kind: 'reset', atMs: 3_000, on: 0 },
    { kind: 'crashAll', atMs: 8_000, forMs: 4_000 },
    { kind: 'halfOpen', atMs: 6_000, forMs: 8_000, on: 0 },
    { kind: 'flippedBits', atMs: 2_000, forMs: 20_000, on: 0 },
    { kind: 'speechThrows', atMs: 20_000, forMs: 400 },
    { kind: 'speechStalled', atMs: 5_000, forMs: 10_000 },
  ];

  it('loses nothing of its audio under faults', async () => {
    const result = await run({ faults: harsh });

    expect(result.violations).toEqual([]);
    expect(Object.keys(result.fired).sort()).toEqual(harsh.map(({ kind }) => kind).sort());
    expect(result.chunks).toBeGreaterThan(250);
    expect(result.gapChunks).toBe(0);
  });

  it('loses nothing of its messages under faults', async () => {
    const { violations, sometimes } = await run({
      clients: [counter],
      apps: () => ({ messages: createEchoApp() }),
      faults: harsh.filter(({ kind }) => kind !== 'speechThrows'), // a message on which an app fails thrice is set aside
    });

    expect(violations).toEqual([]);
    expect(sometimes['taken over']).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4, 5, 6])('bears what seed %i draws', { timeout: 60_000 }, async (seed) => {
    const { violations } = await run({ seed, clients: [speaker, speaker] });

    expect(violations).toEqual([]);
  });

  it('is the same run for the same seed, and another for another', async () => {
    const hashOf = async (seed: number) => (await run({ seed })).hash;
    const hashes = [await hashOf(3), await hashOf(3), await hashOf(4)];

    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it('goes on step by step, and says what has come about so far', async () => {
    const world = createSimulatedWorld({ seed: 1, apps: seconds, clients: [speaker], faults: [] });

    await world.run(5_000);
    expect(world.result).toMatchObject({ simulatedMs: 5_000, violations: [] });
    const { chunks } = world.result;
    await world.run(5_000);
    expect(world.result.chunks).toBe(chunks + 50);
    await world.converge();

    expect(world.result.violations).toEqual([]);
  });
});

describe('what is told of an application that is wrong', () => {
  const found = async (options: Partial<SimulateOptions>): Promise<readonly string[]> => {
    const { violations } = await run({ faults: [], ...options });
    return violations.map(({ invariant, message }) => `${invariant}: ${message}`);
  };
  const saying = (tell: (session: AppSession, result: AppResult) => void) => () => ({
    speech: new SecondsApp(tell),
  });

  it('I20: what it expects of itself does not hold', async () => {
    const world = createSimulatedWorld({ seed: 1, apps: seconds, clients: [speaker], faults: [] });
    world.expect(() => (world.result.chunks > 100 ? 'too much is said' : null));

    await world.run(20_000);

    expect(world.result.violations).toMatchObject([
      { invariant: 'I20', message: 'too much is said' },
    ]);
    expect(world.result.violations[0]?.atMs).toBeLessThan(11_000);
    await world.converge();
  });

  it.each<[string, () => string | null, string]>([
    ['does not hold', () => 'nothing is right', 'I20: client 2: nothing is right'],
    [
      'cannot be looked at',
      () => {
        throw new Error('no such line');
      },
      'I20: client 2: what it expects threw Error: no such line',
    ],
    [
      'is a promise',
      (() => Promise.reject(new Error('too late'))) as never,
      'I20: client 2: what it expects returned a promise: let it look at once, and not be async',
    ],
    [
      'is no line',
      (() => true) as never,
      'I20: client 2: what it expects returned true: let it return what is wrong, in a line, or null',
    ],
  ])('I20: what one of its clients expects %s', async (_, look, told) => {
    const expecting: ClientFactory = (place) => {
      place.expect(look);
      return speaker(place);
    };

    expect(await found({ clients: [speaker, expecting] })).toEqual([told]);
  });

  it('I6: its finals leave holes', async () => {
    const apps = saying((session, result) =>
      session.result({ ...result, from: result.from + 1_600 }),
    );

    expect((await found({ apps })).join()).toMatch(/^I6: .*a final begins at/);
  });

  it('I6: its last final never comes', async () => {
    const apps = (_process: AppProcess) => ({
      speech: new SecondsApp((session, result) => {
        if ((result.to - result.from) % 16_000 === 0) session.result(result);
      }),
    });
    const [told] = await found({ apps, lengthMs: LENGTH_MS + 350 });

    expect(told).toMatch(/^I6: client 1: neither a final nor a gap covers/);
  });

  it('I10: a client ends with audio left', async () => {
    const clients: ClientFactory[] = [
      (place) => {
        const session = place.watch(
          openSession({ candidates: [gateway(place.gateway)], ...place.session }),
        );
        void session.connect().catch(() => undefined);
        place.every(100, () => session.write(CHUNK));
        return { finish: () => session.close({ drainTimeoutMs: 0 }) };
      },
    ];

    expect((await found({ clients })).join()).toMatch(/I10: client 1: \d+ chunks were left/);
  });

  it('I12: a client dials without end', async () => {
    const clients: ClientFactory[] = [
      (place) => {
        place.every(100, () => {
          const request = { url: place.gateway.url, protocols: [], timeoutMs: 1_000 };
          const nothing = (): void => undefined;
          const handlers = {
            onOpen: nothing,
            onFrame: nothing,
            onPong: nothing,
            onDrain: nothing,
            onEnd: nothing,
          };
          const socket = place.session.transport.dial(request, handlers);
          place.clock.setTimeout(() => socket.terminate(), 50);
        });
        return { finish: () => undefined };
      },
    ];

    expect((await found({ clients })).join()).toContain('I12: client 1: 9 dials within 1000 ms');
  });

  it('I19: a timer of a client throws, or is left', async () => {
    const throwing: ClientFactory = (place) => {
      place.every(1_000, () => {
        throw new Error('a slip of mine');
      });
      return speaker(place);
    };
    const leaving: ClientFactory = (place) => {
      const again = (): unknown => place.clock.setTimeout(again, 1_000);
      again();
      return speaker(place);
    };

    expect((await found({ clients: [throwing] })).join()).toMatch(
      /I19: nobody caught .*a slip of mine/,
    );
    expect((await found({ clients: [leaving] })).join()).toContain(
      'has finished, and keeps 1 timers',
    );
  });
});
