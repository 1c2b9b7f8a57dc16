import { describe, expect, it } from 'vitest';

import { openSession } from '../../src/session/whole-session.ts';
import {
  createAdmission,
  drawFaults,
  MemoryService,
  MemoryTransport,
  scriptedProvider,
  scriptedService,
  seededRandom,
  VirtualClock,
} from '../../src/testing.ts';

function sessionWith({ latencyMs = 20 } = {}) {
  const clock = new VirtualClock();
  const service = new MemoryService(scriptedService);
  const network = new MemoryTransport({ clock, latencyMs, onFrame: service.onFrame });
  const session = openSession({
    candidates: [scriptedProvider({ url: 'wss://service.test' })],
    transport: network,
    clock,
    random: seededRandom(1),
    admission: createAdmission(),
  });
  const speak = async (ms: number) => {
    for (let spokenMs = 0; spokenMs < ms; spokenMs += 20) {
      session.write(new Uint8Array(640).fill(1));
      await clock.advanceAsync(20);
    }
  };
  return { clock, service, network, session, speak };
}

describe('a service on a network in memory', () => {
  it('says what its script says of what it has heard, when the test asks', async () => {
    const { clock, service, network, session, speak } = sessionWith();
    void session.connect();
    await clock.advanceAsync(100);
    await speak(1_000);

    await clock.advanceAsync(20);
    service.at(network.last).settle();
    service.at(network.last).settle();
    await clock.advanceAsync(20);

    expect(service.at(network.last).said).toEqual([{ from: 0, to: 16_000, text: 'result 1' }]);
    expect(session.ledger).toMatchObject({ deliveredMs: 1_000, bufferedMs: 0 });
    await session.close({ drainTimeoutMs: 0 });
  });

  it('answers flushes and goodbyes, and then closes', async () => {
    const { clock, session, speak } = sessionWith();
    void session.connect();
    await clock.advanceAsync(100);
    await speak(1_000);

    const closing = session.close();
    await clock.advanceAsync(1_000);

    expect(await closing).toMatchObject({ drained: true, ledger: { deliveredMs: 1_000 } });
    expect(clock.pending).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6])('loses nothing to the faults of seed %i', async (seed) => {
    const { clock, service, network, session, speak } = sessionWith();
    const finals: [number, number][] = [];
    session.on('transcript', ({ startMs, endMs }) => finals.push([startMs, endMs]));
    void session.connect();
    await clock.advanceAsync(100);

    network.faults(drawFaults(seed, { lengthMs: 20_000, count: 6 }));
    for (let second = 0; second < 30; second += 1) {
      await speak(1_000);
      service.at(network.last).settle();
    }
    network.heal();
    if (session.status === 'error') void session.connect();
    await clock.advanceAsync(200_000);
    const drained = session.drain();
    await clock.advanceAsync(60_000);

    expect(await drained).toBe(true);
    expect(network.sockets.length).toBeGreaterThan(1);
    expect(session.ledger).toMatchObject({ capturedMs: 30_000, deliveredMs: 30_000, gap: 0 });
    let toldMs = 0;
    for (const [startMs, endMs] of finals) {
      expect(startMs).toBeCloseTo(toldMs, 6);
      toldMs = endMs;
    }
    const closing = session.close();
    await clock.advanceAsync(10_000);
    await closing;
    expect(network.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
