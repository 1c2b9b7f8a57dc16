import { describe, expect, it } from 'vitest';

import { expectBalanced, expectQuiet } from '../support/expect-quiet.ts';
import { sayFinal, transcriptFrame } from '../support/fake-provider.ts';
import { settle } from '../support/virtual-clock.ts';
import { SessionWorld } from './session-world.ts';

const SAMPLES_PER_CHUNK = 1_600;
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function end(world: SessionWorld): Promise<void> {
  const closed = world.session.close({ drainTimeoutMs: 0 });
  await world.clock.advanceAsync(100);
  await closed;
  expectQuiet(world);
}

describe('a session that loses its socket', () => {
  it('sends the next socket exactly what no final covered, in order, and goes on live', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(2_000);
    const first = world.transport.last;
    sayFinal(first, { fromSample: 0, toSample: 12 * SAMPLES_PER_CHUNK, text: 'one two' });

    first.end();
    await world.speak(12_000);

    const second = world.transport.last;
    expect(world.heardBy(first)).toEqual(numbers(1, 20));
    expect(world.heardBy(second)[0]).toBe(13);
    expect(world.heardBy(second)).toEqual(numbers(13, 12 + world.heardBy(second).length));
    expect(world.session.ledger).toMatchObject({ delivered: 12, gap: 0, replayed: 8 });
    expectBalanced(world.session);
    await end(world);
  });

  it('replays from the sample at which the last final ended, inside a chunk too', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(1_000);
    const first = world.transport.last;
    sayFinal(first, { fromSample: 0, toSample: 5 * SAMPLES_PER_CHUNK + 400 });

    first.end();
    await world.clock.advanceAsync(2_000);

    const { audio } = world.transport.last;
    expect(audio.length).toBe(5 * 3_200 - 800);
    expect([audio[0], audio[2_399], audio[2_400]]).toEqual([6, 6, 7]);
    await end(world);
  });

  it('lets a backlog out at 1.2 times real time', async () => {
    const world = new SessionWorld();
    for (let chunk = 0; chunk < 100; chunk += 1) world.write();
    await world.connect();
    const atMs = world.clock.nowMs();
    const sentBefore = world.transport.last.audio.length;

    await world.clock.advanceAsync(5_000);

    const sentMs = (world.transport.last.audio.length - sentBefore) / 32;
    expect(sentMs / (world.clock.nowMs() - atMs)).toBeGreaterThan(1.15);
    expect(sentMs / (world.clock.nowMs() - atMs)).toBeLessThanOrEqual(1.2 + 0.05);
    await end(world);
  });

  it('keeps the session’s clock running through the reconnection', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(2_000);
    sayFinal(world.transport.last, { fromSample: 0, toSample: 16_000, text: 'before' });
    world.transport.last.end();
    await world.speak(6_000);

    sayFinal(world.transport.last, { fromSample: 0, toSample: 8_000, text: 'after' });

    expect(
      world.of('transcript').map(({ text, startMs, endMs }) => [text, startMs, endMs]),
    ).toEqual([
      ['before', 0, 1_000],
      ['after', 1_000, 1_500],
    ]);
    await end(world);
  });

  it('drops the interim of the lost socket, and tells no word twice', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(2_000);
    const first = world.transport.last;
    first.say(transcriptFrame({ fromSample: 0, toSample: 16_000, text: 'hal', isFinal: false }));
    first.end();
    await world.speak(4_000);
    const second = world.transport.last;
    sayFinal(second, { fromSample: 0, toSample: 16_000, text: 'hello' });
    second.say(transcriptFrame({ fromSample: 0, toSample: 16_000, text: 'hello' }));

    const finals = world.of('transcript').filter(({ isFinal }) => isFinal);
    expect(finals.map(({ text }) => text)).toEqual(['hello']);
    expect(world.session.ledger.duplicatesSuppressed).toBe(1);
    await end(world);
  });

  it('reports what the ring could not hold as one gap a second, and balances the books', async () => {
    const world = await new SessionWorld({
      retentionMs: 10_000,
      reconnect: { persistMs: 120_000 },
    }).connect();
    world.transport.outcome = () => ({ code: 1006, reason: '' });
    world.transport.last.end();

    await world.speak(25_000);

    const gaps = world.of('gap');
    expect(gaps.length).toBeGreaterThan(5);
    expect(gaps.length).toBeLessThan(25);
    expect(gaps.every(({ reason }) => reason === 'ringOverflow')).toBe(true);
    for (const [index, gap] of gaps.entries()) expect(gap.fromMs).toBe(gaps[index - 1]?.toMs ?? 0);
    expect(world.session.ledger.gap).toBe(150);
    expect(world.write()).toBe('evicting');
    expectBalanced(world.session);
    await end(world);
  });

  it('does not throw for being offline, and copies what it is given', async () => {
    const world = new SessionWorld();
    const chunk = new Uint8Array(3_200).fill(9);

    expect(world.session.write(chunk)).toBe('buffered');
    chunk.fill(0);
    await world.connect();
    await world.clock.advanceAsync(500);

    expect(world.heardBy(world.transport.last)).toEqual([9]);
    expect(world.session.write(chunk)).toBe('sent');
    await end(world);
  });
});

describe('a link that goes silent', () => {
  it('is noticed within 2 s while audio flows, and another takes over without loss', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(3_000);
    const first = world.transport.last;
    const silentAtMs = world.clock.nowMs();
    let suspectedAtMs = 0;
    world.session.on('connection.suspected', () => (suspectedAtMs ||= world.clock.nowMs()));

    first.isHalfOpen = true;
    await world.speak(8_000);

    const second = world.transport.last;
    expect(suspectedAtMs - silentAtMs).toBeGreaterThan(0);
    expect(suspectedAtMs - silentAtMs).toBeLessThanOrEqual(2_000);
    expect(second).not.toBe(first);
    expect(first.isLive).toBe(false);
    expect(world.heardBy(second)).toEqual(numbers(1, world.heardBy(second).length));
    expect(world.session.ledger.gap).toBe(0);
    await end(world);
  });

  it('is kept where it speaks again before another answers', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(3_000);
    const first = world.transport.last;
    world.transport.outcome = () => 'hangs';

    first.isHalfOpen = true;
    await world.speak(2_000);
    first.isHalfOpen = false;
    first.say(transcriptFrame({ fromSample: 0, toSample: 100, isFinal: false }));
    await world.speak(1_000);

    expect(world.of('connection.suspected')).toHaveLength(1);
    expect(world.of('connection.recovered')).toHaveLength(1);
    expect(world.transport.live).toEqual([first]);
    expect(world.session.status).toBe('active');
    await end(world);
  });
});

describe('draining', () => {
  it('waits through a reconnection until everything is delivered', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(2_000);
    const drained = world.session.drain();
    world.transport.last.isHalfOpen = true;
    world.transport.last.end();

    await world.clock.advanceAsync(20_000);

    expect(await drained).toBe(true);
    expect(world.session.ledger).toMatchObject({ captured: 20, delivered: 20, buffered: 0 });
    await end(world);
  });

  it('ends without success where the connection is given up', async () => {
    const world = await new SessionWorld({ reconnect: { maxAttempts: 1 } }).connect();
    await world.speak(1_000);
    const drained = world.session.drain();
    world.transport.outcome = () => ({ code: 1006, reason: '' });
    world.transport.last.end();

    await world.clock.advanceAsync(20_000);

    expect(await drained).toBe(false);
    expect(world.session.ledger.buffered).toBe(10);
    await end(world);
  });
});

describe('keeping a quiet connection open', () => {
  it('sends a keep-alive after 4 s without a frame, and audio before the service asks for it', async () => {
    const world = await new SessionWorld().connect();
    await settle();

    await world.clock.advanceAsync(9_500);

    const { texts, audio, sent } = world.transport.last;
    expect(texts.length).toBeGreaterThanOrEqual(1);
    expect(audio.length).toBe(3_200);
    expect(audio.every((byte) => byte === 0)).toBe(true);
    expect(sent.find(({ frame }) => typeof frame !== 'string')?.atMs).toBeLessThan(11_000);
    expect(world.session.ledger.captured).toBe(0);
    await end(world);
  });
});
