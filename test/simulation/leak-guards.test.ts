/** Whatever of this machine would make a simulated run another one the next time is told where it is reached for. */
import * as crypto from 'node:crypto';
import { setImmediate as immediate } from 'node:timers/promises';

import { createActor, createMachine, raise } from 'xstate';
import { afterEach, expect, it } from 'vitest';

import { guarded, installLeakGuards } from '../../src/simulation/leak-guards.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { GatewayWorld } from '../gateway/gateway-world.ts';

let uninstall: () => void = () => undefined;

afterEach(() => {
  uninstall();
  uninstall = () => undefined;
});

/** What it throws while the guards stand. */
function told(reach: () => unknown): string {
  uninstall = installLeakGuards();
  try {
    reach();
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  } finally {
    uninstall();
    uninstall = () => undefined;
  }
}

it.each<[string, RegExp, () => unknown]>([
  ['Date.now', /`wallClock`/, () => Date.now()],
  ['new Date()', /`wallClock`/, () => new Date()],
  ['Date()', /`wallClock`/, () => Date()],
  ['Math.random', /`random`/, () => Math.random()],
  ['setTimeout', /`clock`/, () => setTimeout(() => undefined)],
  ['setInterval', /`clock`/, () => setInterval(() => undefined, 1)],
  ['setImmediate', /`clock`/, () => setImmediate(() => undefined)],
  ['performance.now', /`clock`/, () => performance.now()],
  ['process.hrtime', /`clock`/, () => process.hrtime()],
  ['AbortSignal.timeout', /`clock`/, () => AbortSignal.timeout(1)],
  ['node:timers/promises setImmediate', /`clock`/, () => immediate()],
  ['fetch', /`transport`/, () => fetch('http://127.0.0.1:1')],
  [
    'crypto.getRandomValues',
    /`secrets`/,
    () => globalThis.crypto.getRandomValues(new Uint8Array(1)),
  ],
  ['crypto.randomUUID', /`secrets`/, () => globalThis.crypto.randomUUID()],
  ['crypto.subtle', /`secrets`/, () => globalThis.crypto.subtle],
  ['crypto.subtle', /`secrets`/, () => crypto.webcrypto.subtle],
  ['node:crypto randomBytes', /`secrets`/, () => crypto.randomBytes(1)],
  ['node:crypto randomUUID', /`secrets`/, () => crypto.randomUUID()],
  ['node:crypto randomInt', /`secrets`/, () => crypto.randomInt(2)],
])('tells who reaches for %s, and through which port it comes', (what, port, reach) => {
  const message = told(reach);

  expect(message).toContain(`reached for ${what}, `);
  expect(message).toMatch(port);
});

it('leaves alone what is a function of what it is given', async () => {
  const found = await guarded(async () => {
    await Promise.resolve();
    queueMicrotask(() => undefined);
    return [
      new Date(86_400_000).toISOString(),
      new Date(0) instanceof Date,
      Date.UTC(1970, 0, 2),
      crypto.createHash('sha256').update('').digest('hex').slice(0, 4),
      crypto.timingSafeEqual(Buffer.of(1), Buffer.of(1)),
    ];
  });

  expect(found).toEqual(['1970-01-02T00:00:00.000Z', true, 86_400_000, 'e3b0', true]);
});

it('puts everything back as it was, also when the run throws', async () => {
  const holders: [object, readonly string[]][] = [
    [globalThis, ['Date', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'WebSocket']],
    [Math, ['random']],
    [performance, ['now']],
    [globalThis.crypto, ['subtle', 'getRandomValues', 'randomUUID']],
    [process, ['hrtime']],
  ];
  const look = () =>
    holders.flatMap(([of, keys]) => keys.map((key) => Object.getOwnPropertyDescriptor(of, key)));
  const before = look();
  const { randomBytes } = crypto;

  const run = guarded(() => {
    throw new Error('it ends');
  });

  await expect(run).rejects.toThrow('it ends');
  expect(look()).toEqual(before);
  expect(crypto.randomBytes).toBe(randomBytes);
  expect(crypto.randomBytes(4)).toHaveLength(4);
});

it('lets charts run that have a clock, also two delayed events without a name', () => {
  const clock = new VirtualClock();
  const machine = createMachine({
    initial: 'a',
    states: {
      a: {
        entry: [raise({ type: 'one' }, { delay: 5 }), raise({ type: 'two' }, { delay: 6 })],
        on: { one: 'b' },
      },
      b: { on: { two: 'c' } },
      c: { after: { 10: 'd' } },
      d: {},
    },
  });

  uninstall = installLeakGuards();
  const actor = createActor(machine, { clock }).start();
  clock.advance(16);

  expect(actor.getSnapshot().value).toBe('d');
});

it('tells of a chart that has no clock, though the chart keeps the error to itself', () => {
  const machine = createMachine({ initial: 'a', states: { a: { after: { 10: 'b' } }, b: {} } });
  const leaks: string[] = [];
  uninstall = installLeakGuards((message) => leaks.push(message));

  const actor = createActor(machine);
  actor.subscribe({ error: () => undefined });
  actor.start();

  expect(leaks).toEqual([expect.stringContaining('reached for setTimeout, ')]);
});

it('finds nothing in a gateway that is given its ports', async () => {
  const leaks: string[] = [];
  const { integer } = seededRandom(1);
  const options = {
    random: seededRandom(2),
    secrets: { bytes: (count: number) => Uint8Array.from({ length: count }, () => integer(255)) },
  };

  const counts = await guarded(
    async () => {
      const world = new GatewayWorld(undefined, undefined, options);
      const { client, welcome, epoch } = await world.begun();
      client.audio(epoch);
      await world.clock.advanceAsync(1_000);
      client.lose();
      const { sid, resume } = welcome;
      await world.client().hello({ mode: 'resume', sid, resume, att: 2 });
      await world.clock.advanceAsync(300_000);
      const closing = world.gateway.close();
      await world.clock.advanceAsync(60_000);
      await closing;
      return [world.app.audio.length, world.clock.pending];
    },
    (leak) => leaks.push(leak),
  );

  expect(leaks).toEqual([]);
  expect(counts).toEqual([1, 0]);
});
