import { describe, expect, it } from 'vitest';

import { watchedLadders } from './ladder-world.ts';

const { made, started } = watchedLadders();

describe('a known end', () => {
  const ENDING = { endsAfterMs: 120_000 };

  it('is met beforehand, in a pause of speech, with the next session ready', async () => {
    const ladder = await started([{ name: 'first', traits: ENDING }], { rotationLeadMs: 60_000 });
    await ladder.pass(59_000);
    await ladder.speak(2_000);
    const beside = ladder.live;
    const [old] = ladder.network(0).sockets;
    ladder.settle(old!);
    ladder.pause(old!);
    await ladder.pass(2_000);

    expect(beside).toEqual([2]);
    expect(old?.isLive).toBe(false);
    expect(ladder.live).toEqual([1]);
    expect(ladder.changes).toEqual([['first', 'first', 'rotation']]);
    expect(ladder.session.ledger).toMatchObject({
      captured: 20,
      delivered: 20,
      gap: 0,
      replayed: 0,
    });
    expect(ladder.of('connection.reconnecting')).toEqual([]);
  });

  it('is of no concern once the session closes: a successor that stands ready is let go', async () => {
    const ladder = await started([{ name: 'first', traits: ENDING }], { rotationLeadMs: 60_000 });
    await ladder.pass(59_000);
    await ladder.speak(2_000);
    const beside = ladder.live;

    const closed = ladder.session.close({ drainTimeoutMs: 4_000 });
    await ladder.pass(1);
    const during = [ladder.live, ladder.session.actor.getSnapshot().value];
    await ladder.pass(10_000);
    await closed;

    expect(beside).toEqual([2]);
    expect(during).toEqual([[1], { serving: 'finishing' }]);
    expect(ladder.changes).toEqual([]);
  });

  it('lets the old session go first where no second one is allowed', async () => {
    const traits = { ...ENDING, makesBeforeBreaks: false };
    const ladder = await started([{ name: 'first', traits }], { rotationLeadMs: 60_000 });
    await ladder.pass(61_000);

    const most = ladder.network(0).live.length;
    await ladder.pass(2_000);

    expect(most).toBe(1);
    expect(ladder.network(0).sockets).toHaveLength(2);
    expect(ladder.live).toEqual([1]);
    expect(ladder.session.status).toBe('active');
  });

  it('that the service announces is met in the same way', async () => {
    const traits = { announcesEnd: true };
    const ladder = await started([{ name: 'first', traits }], { rotationLeadMs: 60_000 });
    const [old] = ladder.network(0).sockets;

    ladder.tell(old!, { kind: 'endAnnounced', inMs: 10_000 });
    await ladder.pass(3_000);

    expect(old?.isLive).toBe(false);
    expect(ladder.live).toEqual([1]);
  });

  describe('on a second socket beside a silent one', () => {
    /** The first socket, which ends in 90 s, has fallen silent; the second one has said that it ends in 70 s. */
    async function hedged() {
      const traits = { announcesEnd: true, configures: true };
      const options = { rotationLeadMs: 60_000 };
      const ladder = made([{ name: 'first', traits }], options);
      const network = ladder.network(0);
      const connected = ladder.session.connect();
      await ladder.pass(20);
      const old = network.last;
      ladder.tell(old, { kind: 'endAnnounced', inMs: 90_000 });
      ladder.tell(old, { kind: 'configured' });
      await connected;
      await ladder.speak(1_000);
      old.halfOpen();
      while (network.sockets.length < 2) await ladder.speak(100);
      await ladder.speak(100);
      ladder.tell(network.last, { kind: 'endAnnounced', inMs: 70_000 });
      return { ladder, old, hedge: network.last };
    }

    it('changes nothing where the first one recovers', async () => {
      const { ladder, old, hedge } = await hedged();

      old.heal();
      await ladder.speak(100);
      const isLetGo = !hedge.isLive;
      await ladder.pass(15_000);

      expect([isLetGo, ladder.network(0).sockets.length]).toEqual([true, 2]);
    });

    it('counts where it takes over', async () => {
      const { ladder, old, hedge } = await hedged();

      ladder.tell(hedge, { kind: 'configured' });
      await ladder.speak(100);
      const isLetGo = !old.isLive;
      await ladder.pass(15_000);

      expect([isLetGo, ladder.network(0).sockets.length]).toEqual([true, 3]);
    });
  });
});

describe('a service that announces its end at once, each time anew', () => {
  it.each([true, false])(
    'makes no storm of dials (second session: %s)',
    async (makesBeforeBreaks) => {
      const traits = { announcesEnd: true, makesBeforeBreaks };
      const ladder = await started([{ name: 'first', traits }, { name: 'second' }]);

      for (let second = 0; second < 30; second += 1) {
        const { live } = ladder.network(0);
        for (const socket of live) ladder.tell(socket, { kind: 'endAnnounced', inMs: 1_000 });
        await ladder.pass(1_000);
      }

      expect(ladder.network(0).sockets.length).toBeLessThan(10);
    },
  );
});

describe('a close of a session that nobody serves', () => {
  it.each([
    ['was refused', 401, 'error'],
    ['is looked for', 503, 'reconnecting'],
  ] as const)('restores nothing where hearing %s', async (_, status, before) => {
    const ladder = await started([{ name: 'first' }, { name: 'second' }]);
    for (const network of [ladder.network(0), ladder.network(1)]) {
      network.outcome = () => ({ code: 1006, reason: '', status });
    }
    ladder.network(0).last.end(1006);
    await ladder.pass(90_000);
    const { status: found } = ladder.session;

    await ladder.close();

    expect(found).toBe(before);
    expect(ladder.of('session.restored')).toEqual([]);
    expect(ladder.session.status).toBe('disconnected');
  });
});
