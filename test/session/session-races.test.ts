import { describe, expect, it } from 'vitest';

import { expectBalanced, expectQuiet } from '../support/expect-quiet.ts';
import { FLUSH, sayFinal, transcriptFrame } from '../support/fake-provider.ts';
import { audio, heardMs, outcomeOf, samplesAt, TalkWorld } from './talk-world.ts';

/** After it every position was told by exactly one final, in order. */
function expectTiled(world: TalkWorld): void {
  let toldMs = 0;
  for (const { startMs, endMs } of world.finals) {
    expect(startMs).toBeCloseTo(toldMs, 3);
    toldMs = endMs;
  }
  expect(toldMs).toBeCloseTo(world.session.ledger.deliveredMs, 3);
}

async function drainedAndClosed(world: TalkWorld): Promise<boolean> {
  const drained = world.session.drain();
  await world.pass(60_000);
  const result = await drained;
  const closing = world.session.close();
  await world.pass(5_000);
  await closing;
  return result;
}

describe('a loss during the replay', () => {
  it('begins again from the last final, and loses nothing', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(6_000);
    sayFinal(world.last, { fromSample: 0, toSample: samplesAt(2_000), text: 'one' });
    world.last.end();
    await world.speak(2_000);
    const second = world.last;
    sayFinal(second, { fromSample: 0, toSample: samplesAt(500), text: 'two' });

    second.end();
    const statusAtLoss = world.session.status;
    await world.speak(4_000);
    const third = world.last;

    expect(statusAtLoss).toBe('reconnecting');
    expect(second.audio).toEqual(audio(2_000, 2_000 + heardMs(second)));
    expect(third.audio).toEqual(audio(2_500, 2_500 + heardMs(third)));
    expect(await drainedAndClosed(world)).toBe(true);
    expectTiled(world);
    expect(world.session.ledger).toMatchObject({ gap: 0, buffered: 0, capturedMs: 12_000 });
    expectQuiet(world);
  });

  it('is one outage, told once, with all that was replayed in it', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(6_000);
    world.last.end();
    await world.pass(2_000);
    const afterFirst = heardMs(world.last);
    world.last.end();
    await world.pass(20_000);

    expect(world.eventsOf('connection.reconnected')).toMatchObject([
      { attempts: 2, audioReplayedMs: afterFirst + 6_000, outcome: 'replayed', audioLostMs: 0 },
    ]);
  });
});

describe('what was lost in an outage', () => {
  it('is told as lost, and nothing that was lost before or after it', async () => {
    const world = await new TalkWorld({ session: { retentionMs: 3_000 } }).connected();
    await world.speak(2_000);
    sayFinal(world.last, { fromSample: samplesAt(1_000), toSample: samplesAt(2_000) });
    const skippedMs = world.session.ledger.gapMs;
    world.transport.outcome = (dial) => (dial < 4 ? { code: 1006, reason: '' } : 'opens');
    world.last.end();
    await world.speak(12_000);
    const lostMs = world.session.ledger.gapMs - skippedMs;
    await world.pass(10_000);

    expect(skippedMs).toBe(1_000);
    expect(lostMs).toBeGreaterThan(2_000);
    expect(world.eventsOf('connection.reconnected')).toMatchObject([{ audioLostMs: lostMs }]);
    expectBalanced(world.session);
  });
});

describe('a second socket beside a silent one', () => {
  async function suspected(): Promise<TalkWorld> {
    const world = await new TalkWorld().connected();
    await world.speak(3_000);
    world.transport.outcome = () => 'hangs';
    world.last.isHalfOpen = true;
    await world.speak(2_000);
    return world;
  }

  it('does not speak for the session before it takes over', async () => {
    const world = await suspected();
    const [first, second] = world.transport.sockets;

    second!.opensAfter(0);
    await world.pass(0);
    first!.isHalfOpen = false;
    sayFinal(first!, { fromSample: 0, toSample: samplesAt(1_000), text: 'late' });
    await world.pass(5_000);

    expect(first!.isLive).toBe(false);
    expect(world.finals).toEqual([]);
    expect(second!.audio).toEqual(audio(0, 5_000));
  });

  it('is let go when a final of the first arrives, which counts', async () => {
    const world = await suspected();
    const [first, second] = world.transport.sockets;

    first!.isHalfOpen = false;
    sayFinal(first!, { fromSample: 0, toSample: samplesAt(1_000), text: 'late' });
    await world.speak(400);

    expect(world.transport.live).toEqual([first]);
    expect(second!.isLive).toBe(false);
    expect(world.session.ledger.deliveredMs).toBe(1_000);
    expect(await drainedAndClosed(world)).toBe(true);
    expectTiled(world);
  });

  it('takes over in the middle of a drain, which goes on', async () => {
    const world = await suspected();
    const drained = world.session.drain();

    world.last.opensAfter(0);
    await world.pass(15_000);

    expect(await drained).toBe(true);
    expect(world.session.ledger).toMatchObject({ gap: 0, buffered: 0 });
    expectTiled(world);
  });

  it('is not asked to flush before its backlog is out', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(10_000);
    world.last.isHalfOpen = true;
    const drained = world.session.drain();
    await world.pass(60_000);
    await drained;

    const { last } = world;
    expect(world.transport.sockets).toHaveLength(2);
    expect(last.texts.filter((text) => text === FLUSH)).toHaveLength(1);
    expect(last.sent.findIndex(({ frame }) => frame === FLUSH)).toBe(10_000 / 20);
  });
});

describe('a loss during a drain', () => {
  it.each([0, 5, 10, 15])('%i ms after the question does not end it', async (ms) => {
    const world = await new TalkWorld().connected();
    await world.speak(1_000);
    const drained = world.session.drain();
    await world.pass(ms);

    world.last.end();
    await world.pass(20_000);

    expect(await drained).toBe(true);
    expect(world.session.ledger).toMatchObject({ deliveredMs: 1_000, gap: 0, buffered: 0 });
    expectTiled(world);
  });

  it('ends the close that asked for it: what is left is told', async () => {
    const world = await new TalkWorld({ onFrame: () => undefined }).connected();
    await world.speak(1_000);
    const closing = world.session.close();
    await world.pass(100);

    world.last.end();
    await world.pass(0);

    expect(await closing).toMatchObject({ drained: false, left: { chunks: 50, ms: 1_000 } });
    expectQuiet(world);
  });
});

describe('a drain', () => {
  it('is not given up while a service that answers no flush goes on settling', async () => {
    const world = await new TalkWorld({ onFrame: () => undefined }).connected();
    await world.speak(10_000);
    const drained = world.session.drain();

    for (let second = 0; second < 10; second += 1) {
      await world.pass(6_000);
      const fromSample = samplesAt(second * 1_000);
      sayFinal(world.last, { fromSample, toSample: fromSample + samplesAt(1_000) });
    }

    expect(await drained).toBe(true);
  });

  it('is given up where three questions get no answer, and nothing is settled', async () => {
    const world = await new TalkWorld({ onFrame: () => undefined }).connected();
    await world.speak(1_000);
    const drained = world.session.drain();

    await world.pass(14_999);
    const before = await outcomeOf(drained);
    await world.pass(1);

    expect(before).toBe('pending');
    expect(await drained).toBe(false);
    expect(world.session.status).toBe('active');
    expect(world.last.texts.filter((text) => text === FLUSH)).toHaveLength(3);
  });

  it('ends with its signal, and leaves no question behind', async () => {
    const world = await new TalkWorld({ onFrame: () => undefined }).connected();
    await world.speak(1_000);
    const controller = new AbortController();
    const drained = world.session.drain({ signal: controller.signal });

    controller.abort();
    await world.pass(20_000);

    expect(await drained).toBe(false);
    expect(world.last.texts.filter((text) => text === FLUSH)).toHaveLength(1);
  });
});

describe('a session closed through its actor', () => {
  it('ends what waits', async () => {
    const world = await new TalkWorld({ onFrame: () => undefined }).connected();
    await world.speak(1_000);
    const drained = world.session.drain();

    world.session.actor.send({ type: 'session.close' });
    await world.pass(10);

    expect(await drained).toBe(false);
    expect(world.session.status).toBe('disconnected');
    expect(await world.session.close()).toMatchObject({ left: { ms: 1_000 } });
    expectQuiet(world);
  });
});

describe('a second close', () => {
  it('is the first one', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(1_000);

    const [one, two] = [world.session.close(), world.session.close({ drainTimeoutMs: 0 })];
    await world.pass(5_000);

    expect(await one).toBe(await two);
    expect((await one).drained).toBe(true);
  });
});

describe('results that come late or twice', () => {
  it('of a frame that also ends the link count up to there, and no further', async () => {
    const world = await new TalkWorld({
      provider: {
        openStream: () => ({
          decode: (frame) =>
            typeof frame === 'string' && frame.startsWith('[') ? JSON.parse(frame) : [],
        }),
      },
    }).connected();
    await world.speak(1_000);
    const final = (fromSample: number, toSample: number): unknown =>
      JSON.parse(transcriptFrame({ fromSample, toSample }));
    const failed = { kind: 'failed', failure: { kind: 'transient', code: 'x', detail: '' } };

    world.last.say(JSON.stringify([final(0, 8_000), failed, final(8_000, 16_000)]));

    expect(world.finals).toHaveLength(1);
    expect(world.session.ledger.deliveredMs).toBe(500);
    expect(world.session.status).toBe('reconnecting');
  });

  it('that cover more than was sent settle only what was sent', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(1_000);

    sayFinal(world.last, { fromSample: 0, toSample: samplesAt(9_000) });

    expect(world.session.ledger).toMatchObject({ deliveredMs: 1_000, buffered: 0 });
    expectBalanced(world.session);
  });
});
