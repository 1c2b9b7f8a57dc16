import { describe, expect, it } from 'vitest';

import { ManualNetwork } from '../../src/network/manual-signals.ts';
import { watchedLadders } from './ladder-world.ts';

const PAIR = [{ name: 'first' }, { name: 'second' }] as const;

const TOLD_OF_BREAKS: ReadonlySet<string> = new Set([
  'connection.reconnecting',
  'candidate.changed',
  'audio.flowing',
  'connection.reconnected',
]);

const { made, started } = watchedLadders();

describe('a session with two candidates', () => {
  it('begins with the first, and dials nobody else', async () => {
    const { live, session } = await started(PAIR);

    expect(live).toEqual([1, 0]);
    expect(session.status).toBe('active');
  });

  it('goes to the second when the first does not answer its first dial', async () => {
    const world = made(PAIR);
    world.kill(0);

    await world.connect();

    expect(world.live).toEqual([0, 1]);
    expect(world.of('stateChange').map(({ current }) => current)).toEqual([
      'connecting',
      'connected',
      'active',
    ]);
  });

  it('fails over within 3 s of a death in mid-sentence: no chunk is lost, no word told twice', async () => {
    const ladder = await started(PAIR);
    await ladder.speak(2_000);
    ladder.settle(ladder.network(0).last, 'one two');
    await ladder.speak(500);

    ladder.kill(0);
    await ladder.speak(3_000);
    await ladder.pass(20_000);
    ladder.settle(ladder.network(1).last, 'three four');
    await ladder.pass(20);

    expect(ladder.changes).toEqual([['first', 'second', 'failover']]);
    expect(ladder.heardBy(ladder.network(1).last)).toEqual(
      Array.from({ length: 35 }, (_, at) => 21 + at),
    );
    expect(ladder.session.ledger).toMatchObject({
      captured: 55,
      delivered: 55,
      gap: 0,
      buffered: 0,
    });
    expect(ladder.of('transcript').map(({ text, provider }) => [text, provider])).toEqual([
      ['one two', 'first'],
      ['three four', 'second'],
    ]);
  });

  it('tells one outage, from the loss on the first to the audio on the second', async () => {
    const ladder = await started(PAIR);
    await ladder.speak(1_000);

    ladder.kill(0);
    await ladder.speak(3_000);
    await ladder.pass(20_000);

    const [reconnected, ...others] = ladder.of('connection.reconnected');
    const [change] = ladder.of('candidate.changed');
    expect(others).toEqual([]);
    expect(reconnected).toMatchObject({ outcome: 'replayed', cause: { code: '1006' } });
    expect(reconnected?.downtimeMs).toBeLessThan(3_100); // waits of 1 s and 2 s, and two dials
    expect(change?.takeoverMs).toBeLessThan(3_100); // waits of 1 s and 2 s, and two dials
    expect(ladder.of('connection.failed')).toEqual([]);
    expect(ladder.session.status).toBe('active');
  });

  it('ends in error, once, when nobody takes the first dial', async () => {
    const world = made(PAIR);
    world.kill(0);
    world.kill(1);

    const connected = world.session.connect();
    const refused = expect(connected).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await world.pass(100);
    await refused;

    expect(world.session.status).toBe('error');
    expect(world.of('connection.failed')).toHaveLength(1);
    expect(world.of('error')).toHaveLength(1);
  });

  it('goes on recording when nobody serves, says so, and delivers when one is back', async () => {
    const ladder = await started(PAIR);
    await ladder.speak(500);
    ladder.kill(0);
    ladder.kill(1);

    await ladder.speak(10_000);
    const whileNobodyServed = ladder.session.status;
    ladder.revive(1);
    await ladder.pass(60_000);
    ladder.settle(ladder.network(1).last);
    await ladder.pass(20);

    expect(ladder.of('session.degraded')).toMatchObject([
      { mode: 'recordOnly', missing: ['hearing'] },
    ]);
    expect(whileNobodyServed).toBe('reconnecting');
    expect(ladder.of('session.restored')).toMatchObject([{ mode: 'recordOnly' }]);
    expect(ladder.session.ledger).toMatchObject({ captured: 105, delivered: 105, gap: 0 });
  });

  it('is suspended when nobody served for as long as audio is kept, and starts over on connect', async () => {
    const ladder = await started(PAIR, { recordOnlyMs: 20_000 });
    ladder.kill(0);
    ladder.kill(1);

    await ladder.pass(120_000);
    const suspended = ladder.session.status;
    ladder.revive(0);
    const connected = ladder.session.connect();
    await ladder.pass(100);
    await connected;

    expect(suspended).toBe('error');
    expect(ladder.of('connection.failed')).toHaveLength(1);
    expect(ladder.session.status).toBe('active');
  });

  it('leaves the first at once where its key is refused, and does not ask it again', async () => {
    const ladder = await started(PAIR);
    ladder.network(0).outcome = () => ({ code: 1006, reason: '', status: 401 });

    ladder.network(0).reset();
    await ladder.pass(300_000);

    expect(ladder.live).toEqual([0, 1]);
    expect(ladder.network(0).sockets).toHaveLength(2);
  });

  it('tells the break of a link that was lost for good before it tells its end', async () => {
    const ladder = await started(PAIR);
    await ladder.speak(500);

    ladder.network(0).last.end(1008, 'config');
    await ladder.speak(3_000);
    await ladder.pass(5_000);

    const lostAt = ladder.events.findIndex(({ type }) => type === 'connection.reconnecting');
    const told = ladder.events
      .slice(Math.max(0, lostAt))
      .map(({ type }) => type)
      .filter((type) => TOLD_OF_BREAKS.has(type));
    expect(told).toEqual([
      'connection.reconnecting',
      'candidate.changed',
      'audio.flowing',
      'connection.reconnected',
    ]);
    expect(ladder.of('connection.reconnecting')).toMatchObject([
      { attempt: 1, bufferedAudioChunks: 5, cause: { kind: 'config' } },
    ]);
  });

  it('tells of a second link that is lost for good, though what waited for the first is not out yet', async () => {
    const ladder = await started([...PAIR, { name: 'third' }]);
    await ladder.speak(6_000);
    ladder.network(0).last.end(1008, 'config');
    await ladder.speak(2_000);
    const before = ladder.of('connection.reconnecting').length;

    ladder.network(1).last.end(1008, 'config');
    await ladder.speak(2_000);

    expect(before).toBe(1);
    expect(ladder.of('connection.reconnecting')).toHaveLength(2);
    expect(ladder.of('connection.reconnecting')[1]).toMatchObject({ attempt: 1 });
  });

  it('tells once of a link that is lost and then refused for good', async () => {
    const ladder = await started(PAIR);
    await ladder.speak(500);
    ladder.network(0).outcome = () => ({ code: 1006, reason: '', status: 401 });

    ladder.network(0).reset();
    await ladder.speak(3_000);

    expect(ladder.live).toEqual([0, 1]);
    expect(ladder.of('connection.reconnecting')).toHaveLength(1);
  });

  it('tells the break of a move that comes to nothing before it tells its end', async () => {
    let streams = 0;
    const openStream = () => {
      const isFirst = streams === 0;
      streams += 1;
      return { encodeRestore: () => (isFirst ? null : ['a question that nobody answers']) };
    };
    const ladder = await started([
      { name: 'first', component: 'realtime', openStream },
      { name: 'second' },
    ]);
    ladder.kill(0);
    await ladder.pass(5_000);
    ladder.revive(0);
    await ladder.pass(60_000);
    await ladder.speak(1_000);
    const before = ladder.events.length;

    ladder.pause(ladder.network(1).last);
    await ladder.pass(3_000);
    await ladder.speak(1_000);
    await ladder.pass(8_000);

    const told = ladder.events.slice(before).map(({ type }) => type);
    expect(told.filter((type) => TOLD_OF_BREAKS.has(type))).toEqual([
      'connection.reconnecting',
      'audio.flowing',
      'connection.reconnected',
    ]);
    expect(ladder.live).toEqual([0, 1]);
  });

  it('comes back to the first when it works again, after a minute, in a pause of speech', async () => {
    const ladder = await started(PAIR);
    ladder.kill(0);
    await ladder.pass(5_000);
    ladder.revive(0);

    await ladder.speak(2_000);
    ladder.pause(ladder.network(1).last);
    await ladder.pass(1_000);
    const early = ladder.live;
    await ladder.pass(60_000);
    await ladder.speak(1_000);
    ladder.pause(ladder.network(1).last);
    await ladder.pass(3_000);

    expect(early).toEqual([0, 1]);
    expect(ladder.live).toEqual([1, 0]);
    expect(ladder.changes).toEqual([
      ['first', 'second', 'failover'],
      ['second', 'first', 'return'],
    ]);
    expect(ladder.session.ledger.gap).toBe(0);
  });
});

describe('a standby', () => {
  const WITH_STANDBY = [{ name: 'first', standby: 1 }] as const;

  it('stands ready beside the carrier, and is kept alive', async () => {
    const ladder = await started(WITH_STANDBY);

    await ladder.pass(60_000);

    const [carrier, standby] = ladder.network(0).sockets;
    expect(ladder.live).toEqual([2]);
    expect(standby?.texts.length).toBeGreaterThan(10);
    expect(standby?.audio.length).toBe(3_200); // the service's patience for the first audio ends after 10 s
    expect(carrier?.isLive).toBe(true);
  });

  it('takes over without a dial, and is replaced', async () => {
    const ladder = await started(WITH_STANDBY);
    await ladder.pass(30_000);
    await ladder.speak(1_000);

    ladder.network(0).sockets[0]?.end();
    const dialsAtLoss = ladder.network(0).sockets.length;
    await ladder.pass(1);
    await ladder.speak(1_000);
    await ladder.pass(8_000);
    ladder.settle(ladder.network(0).sockets[1]!);
    await ladder.pass(20);

    const [change] = ladder.of('candidate.changed');
    expect(dialsAtLoss).toBe(2);
    expect(change).toMatchObject({ reason: 'standby', takeoverMs: 0 });
    expect(ladder.live).toEqual([2]);
    expect(ladder.session.ledger).toMatchObject({ captured: 20, delivered: 20, gap: 0 });
  });

  it('counts the silence that kept it alive as nothing captured', async () => {
    const ladder = await started(WITH_STANDBY);
    await ladder.pass(30_000);
    ladder.network(0).sockets[0]?.end();
    await ladder.pass(1);
    await ladder.speak(500);
    const socket = ladder.network(0).sockets[1]!;

    ladder.settle(socket);
    await ladder.pass(20);

    expect(ladder.of('transcript')).toMatchObject([{ startMs: 0, endMs: 500 }]);
  });

  it('that dies is dialled again while the carrier goes on', async () => {
    const ladder = await started(WITH_STANDBY);
    await ladder.pass(1_000);

    ladder.network(0).sockets[1]?.end();
    await ladder.pass(5_000);

    expect(ladder.network(0).sockets).toHaveLength(3);
    expect(ladder.live).toEqual([2]);
    expect(ladder.of('connection.reconnecting')).toEqual([]);
    expect(ladder.session.status).toBe('active');
  });
});

describe('sessions that share a service', () => {
  it('share its breaker: where one has found it dead, the other does not ask', async () => {
    const ladder = await started(PAIR);
    const key = JSON.stringify(['first', '', 'default']);
    for (let failure = 0; failure < 5; failure += 1) {
      ladder.admission.breakers.tell(key, {
        type: 'dial.failed',
        atMs: ladder.clock.nowMs(),
        failure: { kind: 'transient', code: '1006', detail: '' },
        isLast: false,
      });
    }
    await ladder.pass(50);

    expect(ladder.live).toEqual([0, 1]);
    expect(ladder.changes).toEqual([['first', 'second', 'failover']]);
  });
});

describe('a break in which nobody can be gone to', () => {
  it('is told as recording only after 10 s, also while there is no network, and its end as well', async () => {
    const signals = new ManualNetwork(['one', 'two']);
    const ladder = await started(PAIR, {}, signals);
    signals.offline();
    ladder.network(0).reset();

    await ladder.pass(9_900);
    const before = ladder.of('session.degraded').length;
    await ladder.pass(200);
    const after = ladder.of('session.degraded');
    signals.online();
    await ladder.pass(500);

    expect(before).toBe(0);
    expect(after).toMatchObject([{ mode: 'recordOnly', missing: ['hearing'] }]);
    expect(ladder.of('session.restored')).toMatchObject([{ mode: 'recordOnly' }]);
    expect(ladder.session.status).toBe('active');
  });
});
