/** That a session is there is not heard in how long its refusal takes: number 14 of the security list (SECURITY.md). */
import { afterEach, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, settled } from '../gateway-world.ts';
import type { RawClient } from '../gateway-world.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import type { HelloFrame } from '../../../src/protocol/types.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const TRIES = 1_500;
const EVERYTHING = {
  ...{ sessionsPerPrincipal: Infinity, hellosPerMinute: Infinity, hellosAtOnce: Infinity },
  ...{ hellosPerAddressPerMinute: Infinity, sessions: Infinity, unauthenticated: Infinity },
  unauthenticatedPerNetwork: Infinity,
};
/** Of the Kolmogorov-Smirnov test for two samples, at p = 0.01. */
const CRITICAL = 1.628 * Math.sqrt(2 / TRIES);

let world: GatewayWorld;

afterEach(() => world.gateway.close());

/** A tail is read in 20 to 90 ms: before, and after, the moment at which a refusal may be told. */
function slowStore(clock: VirtualClock): LogStore & { isSlow: boolean } {
  const store = createMemoryStore();
  const random = seededRandom(14);
  const slow = {
    ...store,
    isSlow: false,
    append: (...given: Parameters<LogStore['append']>) => store.append(...given),
    tail: async (sid: string) => {
      const ms = 20 + 70 * random.unit() ** 2;
      if (slow.isSlow) await new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
      return store.tail(sid);
    },
  };
  return slow;
}

async function sessionsOf(gateway: GatewayWorld): Promise<readonly Partial<HelloFrame>[]> {
  const clients = Array.from({ length: TRIES }, (_none, at) => {
    const client = gateway.client();
    client.send({ type: 'hello', ...helloFacts(), inst: `i${at}` });
    return client;
  });
  await settled();
  return clients.map((client) => {
    const { sid, resume, epoch } = client.of('welcome')[0]!;
    client.lose();
    return { mode: 'resume', sid, resume, epoch, att: 2 };
  });
}

/** Of no session. */
function nameOf(at: number): string {
  const digits = Array.from(at.toString(26).padStart(26, '0'), (digit) => parseInt(digit, 26));
  return digits.map((digit) => 'abcdefghijklmnopqrstuvwxyz'[digit]).join('');
}

/** When each is refused, in ms; all ask at once, each for another session. */
async function momentsOf(asked: readonly Partial<HelloFrame>[]): Promise<readonly number[]> {
  const { clock } = world;
  const startedAtMs = clock.nowMs();
  const waiting = new Set<RawClient>();
  const moments: number[] = [];
  for (const [at, facts] of asked.entries()) {
    const thief = world.client(`192.0.2.${at & 255}`);
    thief.send({ type: 'hello', ...helloFacts(), ...facts, auth: 'bob', inst: `t${at}` });
    waiting.add(thief);
  }
  while (waiting.size > 0) {
    await clock.advanceAsync(1);
    for (const thief of waiting) {
      if (thief.closed === null) continue;
      waiting.delete(thief);
      expect(thief.closed.code).toBe(4403);
      moments.push(clock.nowMs() - startedAtMs);
    }
  }
  return moments;
}

/** How far the distributions of two samples are apart, at the most. */
function apart(one: readonly number[], other: readonly number[]): number {
  const share = (of: readonly number[], ms: number) =>
    of.filter((each) => each <= ms).length / of.length;
  return Math.max(
    ...[...new Set([...one, ...other])].map((ms) => Math.abs(share(one, ms) - share(other, ms))),
  );
}

it('#14 4,500 refusals: those of sessions that live here, of ones in a log, and of none come alike', async () => {
  const clock = new VirtualClock();
  const store = slowStore(clock);
  world = new GatewayWorld(store, clock, { limits: EVERYTHING });
  const away = new GatewayWorld(store, clock, { limits: EVERYTHING });
  const here = await sessionsOf(world);
  const inLog = await sessionsOf(away);
  await away.gateway.close();
  const [known = {}] = here;
  const nowhere = here.map((_one, at) => ({ ...known, sid: nameOf(at) }));
  store.isSlow = true;

  const [live, left, none] = [
    await momentsOf(here),
    await momentsOf(inLog),
    await momentsOf(nowhere),
  ];

  expect(Math.min(...live, ...left, ...none)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...none)).toBeGreaterThan(80); // the store is slower than that
  expect(apart(live, none)).toBeLessThan(CRITICAL);
  expect(apart(left, none)).toBeLessThan(CRITICAL);
});
