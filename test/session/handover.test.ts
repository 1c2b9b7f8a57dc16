/** A planned change of the connection: what the old one is asked for, and where the new one begins. */
import { afterEach, describe, expect, it } from 'vitest';

import { FLUSH } from '../support/fake-provider.ts';
import { expectBalanced } from '../support/expect-quiet.ts';
import { LadderWorld } from './ladder-world.ts';

/** The successor is dialled after 20 s, and takes over after 35 s at the latest. A backlog shrinks slowly. */
const ENDING = { endsAfterMs: 40_000, replayRateRatio: 1.05 };

let world: LadderWorld;

async function ladder(): Promise<LadderWorld> {
  world = new LadderWorld([{ name: 'first', traits: ENDING }]);
  return world.connect();
}

async function hush(ms: number): Promise<void> {
  for (let quietMs = 0; quietMs < ms; quietMs += 100) {
    world.session.write(new Uint8Array(3_200));
    await world.pass(100);
  }
}

/** A voice with 20 ms between its syllables, so that it is never taken for noise. */
async function speak(ms: number): Promise<void> {
  const chunk = Int16Array.from({ length: 1_600 }, (_, at) =>
    at < 320 ? 0 : 8_000 * Math.sin(at),
  );
  for (let spokenMs = 0; spokenMs < ms; spokenMs += 100) {
    world.session.write(chunk);
    await world.pass(100);
  }
}

afterEach(async () => {
  await world.close();

  expect(world.clock.pending).toBe(0);
  expectBalanced(world.session);
});

describe('a change of the connection', () => {
  it('waits in a pause for the final of what was said, and replays nothing of it', async () => {
    const { session, networks, of } = bound(await ladder());
    const [old] = networks[0]!.sockets;
    await speak(22_000);
    await hush(400);
    const stoodInPause = old?.isLive;

    world.settle(old!);
    await hush(500);

    const [, next] = networks[0]!.sockets;
    expect(stoodInPause).toBe(true);
    expect(old?.isLive).toBe(false);
    expect(old?.texts).not.toContain(FLUSH);
    expect(next?.isLive).toBe(true);
    expect(of('audio.flowing').at(-1)?.fromMs).toBeGreaterThanOrEqual(22_000);
    expect(session.ledger.replayedMs).toBeLessThanOrEqual(100);
  });

  it('waits no longer than a second: what no final covers goes out again', async () => {
    const { session, networks, of } = bound(await ladder());
    const [old] = networks[0]!.sockets;
    await speak(22_000);

    await hush(2_000);

    expect(old?.isLive).toBe(false);
    expect(networks[0]!.live).toHaveLength(1);
    expect(of('audio.flowing').at(-1)?.fromMs).toBe(0);
    expect(session.ledger.gap).toBe(0);
  });

  it('does not cut a word where nobody pauses in time: the new one begins at the last final', async () => {
    const { session, networks, of } = bound(await ladder());
    const [old] = networks[0]!.sockets;
    await speak(33_000);
    world.settle(old!);
    await speak(1_500);

    await speak(2_000);

    const [, next] = networks[0]!.sockets;
    expect(of('candidate.changed')).toMatchObject([{ reason: 'rotation' }]);
    expect(old?.isLive).toBe(false);
    expect(old?.texts).not.toContain(FLUSH);
    expect(session.ledger.replayedMs).toBeGreaterThan(1_000);
    expect(session.ledger.deliveredMs).toBe(33_000);
    expect(next?.isLive).toBe(true);
    expect(of('audio.flowing').at(-1)?.fromMs).toBe(33_000);
  });

  it('does not take a pause of the speaker for one of what is still replayed', async () => {
    const { session, networks } = await ladder();
    await speak(4_000);
    networks[0]!.reset(); // nothing is settled: all of it goes out again, hardly faster than it is spoken
    await speak(22_000);
    const backlogBefore = session.status;

    await hush(3_000);

    const sockets = networks[0]!.sockets;
    expect(backlogBefore).toBe('connected');
    expect(sockets).toHaveLength(3);
    expect(sockets[1]?.isLive).toBe(false);
    expect(sockets[1]?.texts).not.toContain(FLUSH);
    expect(sockets[2]?.isLive).toBe(true);
    expect(session.ledger.gap).toBe(0);
  });
});

function bound(found: LadderWorld) {
  const { session, networks } = found;
  return { session, networks, of: found.of.bind(found) };
}
