/** A store that loses what it had said to keep: the client has it still, and the log is whole again. */
import { afterEach, describe, expect, it } from 'vitest';

import { expectExactlyOnce, LinkWorld } from './link-world.ts';
import { keepOnly } from './lost-tail.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { Logger } from '../../src/ports/logger.ts';

let world: LinkWorld;

afterEach(() => world.close());

/** The newest records are gone, and the gateway dies: as on a machine whose disk did not keep its word. */
async function regress(records: number): Promise<void> {
  for (const sid of Array.from(world.gateway.sessions, ({ id }) => id)) {
    await keepOnly(world.store, sid, (all) => all.slice(0, -records));
  }
  world.crash();
}

describe('what a client captured', () => {
  it('P12.8: is sent again where the store has lost the newest of what was acknowledged', async () => {
    world = await new LinkWorld().connect();
    await world.speak(5_000);
    const acknowledged = world.session.ledger.delivered;

    await regress(8);
    await world.speak(3_000);
    await world.pass(3_000);

    expect(acknowledged).toBeGreaterThan(40);
    expectExactlyOnce(await world.logged(), 80);
    expect(world.of('gap')).toEqual([]);
    expect(world.finals).toEqual(Array.from({ length: 12 }, (_, at) => String(at * 10_000)));
  });

  it('P10.4: is missed by the operator too: only the client knows that it was acknowledged', async () => {
    const warned: (readonly [string, object | undefined])[] = [];
    const warn: Logger['warn'] = (message, fields) => warned.push([message, fields]);
    world = await new LinkWorld(1, {}, 10_000, {}, { logger: { ...silentLogger, warn } }).connect();
    await world.speak(3_000);
    world.network.memory.reset();
    await world.speak(2_000);
    const before = warned.length;

    await regress(8);
    await world.speak(1_000);

    expect(before).toBe(0);
    expect(warned).toEqual([
      [
        'A client was told of more than the log has: its store has lost it.',
        { session: expect.any(String), acked: expect.any(Number), committed: expect.any(Number) },
      ],
    ]);
  });

  it('P19.1: keeps its place and its time, however often it is sent again', async () => {
    world = await new LinkWorld().connect();

    for (let cut = 0; cut < 5; cut += 1) {
      await world.speak(1_300);
      world.network.memory.reset();
    }
    await world.speak(1_000);
    await world.pass(3_000);

    const logged = await world.logged();
    const places = logged.map((frame) =>
      frame.type === 'data' ? [frame.position / 16, frame.capturedAtMs] : [],
    );
    expect(places).toEqual(Array.from({ length: 75 }, (_, at) => [at * 100, at * 100]));
  });

  it('P19.1: has the time at which it was captured also where the first of it was lost before anybody was there', async () => {
    world = new LinkWorld(1, { retentionBytes: 96_000 });
    await world.speak(20_000);
    await world.connect();
    await world.speak(1_000);
    await world.pass(1_000);

    const [gap, ...rest] = await world.logged();
    const lost = gap?.type === 'gap' ? gap.samplesLost : 0;
    const times = rest.map((frame) => (frame.type === 'data' ? frame.capturedAtMs : null));
    expect(lost).toBeGreaterThan(16_000);
    expect(gap).toMatchObject({ fromMs: 0, toMs: 0 });
    // By its time since the first that is sent; a second went by before the last ten were captured.
    const places = rest.map(({ position }) => (position - lost) / 16);
    expect(times).toEqual(places.map((ms, at) => (at < rest.length - 10 ? ms : ms + 1_000)));
  });

  it('P12.8: is sent in another session, and at once, where what came of it is lost on both sides', async () => {
    world = await new LinkWorld(1, {}, 160_000).connect(); // a final every 10 s
    await world.speak(8_000);
    const [first] = Array.from(world.gateway.sessions, ({ id }) => id);

    // The first 30 were handled, so that the store was asked to let go of them; the final that told it is lost, here and there.
    await keepOnly(world.store, first!, (all) => all.filter((each) => isOfMiddle(each)));
    world.crash();
    await world.speak(2_000);
    await world.pass(1_000);

    const sessions = new Set(Array.from(world.gateway.sessions, ({ id }) => id));
    expect(world.of('gateway.sessionLost')).toHaveLength(1);
    expect(sessions.has(first!) && sessions.size === 1).toBe(false);
    expect(world.session.ledger).toMatchObject({ captured: 100, delivered: 100, gap: 0 });
    expect(world.finals).toEqual(['0']);
  });
});

/** Up to the 60th chunk, without the records of the first 30. */
function isOfMiddle(bytes: Uint8Array): boolean {
  const record = decodeRecord(bytes)!;
  const seqs = record.frames.map((frame) => {
    const decoded = decodeFrame(frame.bytes);
    return decoded.type === 'data' ? decoded.seq : 0;
  });
  return record.kind === 'fence' || (record.up <= 60 && seqs.every((seq) => seq > 30));
}
