/** A session that lives long and meets much keeps nothing of what is over. */
import { describe, expect, it } from 'vitest';

import { LadderWorld } from './ladder-world.ts';
import { expectBalanced } from '../support/expect-quiet.ts';

/** What XState itself keeps: a timer for each delay that a state waits for. */
function scheduledIn({ session }: LadderWorld): number {
  const system = session.actor.system as unknown as {
    getSnapshot(): Readonly<Record<'_scheduledEvents', object>>;
  };
  return Object.keys(system.getSnapshot()._scheduledEvents).length;
}

describe('a session that failed over a hundred times', () => {
  it('holds one connection, and as many timers as at first', async () => {
    const world = await new LadderWorld([{ name: 'a' }, { name: 'b' }]).connect();
    await world.pass(1_000);
    const atFirst = { timers: world.clock.pending, scheduled: scheduledIn(world) };

    for (let times = 0; times < 100; times += 1) {
      const [from, to] = times % 2 === 0 ? [0, 1] : [1, 0];
      await world.speak(200);
      world.kill(from);
      await world.pass(4_000);
      world.revive(from);
      for (const socket of world.network(to).live) world.settle(socket);
      await world.pass(20_000);
    }

    const { actor, ledger } = world.session;
    expect(world.of('candidate.changed').length).toBeGreaterThanOrEqual(100);
    expect(Object.keys(actor.getSnapshot().children)).toHaveLength(1);
    expect(world.live.reduce((sum, sockets) => sum + sockets, 0)).toBe(1);
    expect({ timers: world.clock.pending, scheduled: scheduledIn(world) }).toEqual(atFirst);
    expect(ledger).toMatchObject({ captured: 200, gap: 0 });
    expectBalanced(world.session);
    await world.close();
    expect(world.clock.pending).toBe(0);
    expect(scheduledIn(world)).toBe(0);
    expect(world.admission.slots.size).toBe(0);
  });
});
