/** What a client had captured is not lost with its process: through a gateway, once and in order, across lives. */
import { afterEach, describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';
import { expectExactlyOnce } from '../gateway/link-world.ts';

const opened: Lives[] = [];

function lives(): Lives {
  const made = new Lives();
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const { world } of opened.splice(0)) await world.close();
});

describe('a session whose process is killed', () => {
  it('is taken up again, and all of it arrives once and in order', async () => {
    const all = lives();
    const first = await (await all.begin()).connect();
    await first.speak(5_000);
    await first.spool.flush();
    first.kill();

    const second = await (await all.begin()).connect();
    await second.speak(5_000);
    await all.world.pass(1_000);
    const logged = await all.world.logged();
    const { ledger, spool, finished } = await second.close();

    expect(second.of('gateway.attached')[0]).toMatchObject({ resumed: true });
    expectExactlyOnce(logged, all.written);
    expect({ spool, finished }).toEqual({ spool: 'emptied', finished: true });
    expect(ledger).toMatchObject({
      capturedMs: 10_000,
      deliveredMs: 10_000,
      gapMs: 0,
      bufferedMs: 0,
    });
    expect([...first.finals, ...second.finals]).toEqual(
      Array.from({ length: 16 }, (_, at) => String(at * 10_000)),
    );
    expect(all.storage.head).toBeNull();
  });

  /** P12.10, P12.12 */
  it('goes on behind what the gateway has and the spool has not', async () => {
    const all = lives();
    const first = await (await all.begin({}, { flushEveryMs: 100_000 })).connect();
    await first.speak(2_000);
    await first.spool.flush();
    all.storage.failure = 'broken';
    await first.speak(700); // sent, and acknowledged
    first.kill();
    all.storage.failure = null;

    const second = await all.begin();
    second.write(); // captured before it is known where it belongs
    await second.connect();
    await second.speak(2_000);
    await all.world.pass(1_000);
    const logged = await all.world.logged();
    const { ledger } = await second.close();

    expect(second.of('gateway.attached')[0]).toMatchObject({ resumed: true });
    expectExactlyOnce(logged, all.written);
    expect(ledger).toMatchObject({ capturedMs: 4_800, deliveredMs: 4_800, gapMs: 0 });
    expect(second.of('gap')).toEqual([]);
  });

  it('sends what was captured while there was no network, and nothing of it twice', async () => {
    const all = lives();
    const first = await (await all.begin()).connect();
    await first.speak(1_000);
    const end = all.world.network.memory.stall();
    await first.speak(4_000);
    await first.spool.flush();
    first.kill();
    end();

    const second = await (await all.begin()).connect();
    await all.world.pass(3_000);
    const logged = await all.world.logged();
    const { ledger } = await second.close();

    expectExactlyOnce(logged, all.written);
    expect(ledger).toMatchObject({ capturedMs: 5_000, deliveredMs: 5_000, gapMs: 0 });
  });

  /** P12.10: the gateway says it as soon as it has let the new process in. */
  it('hears what came of its audio meanwhile, before it sends anything', async () => {
    const all = lives();
    const first = await (await all.begin()).connect();
    await first.speak(500);
    first.process.freeze();
    await first.speak(1_200); // it is sent, and two finals come of it that it never hears
    await first.spool.flush();
    first.kill();

    const second = await (await all.begin()).connect();
    await second.speak(200);
    await all.world.pass(1_000);
    await second.close();

    expect(first.finals).toEqual([]);
    expect(second.finals.slice(0, 2)).toEqual(['0', '10000']);
    expect(second.of('transcript').map(({ startMs }) => startMs)).toEqual([0, 625, 1_250]);
  });

  /** P4: `capturedAtMs` counts from the first audio on. */
  it('sends with each chunk when it was captured, whichever life that was', async () => {
    const all = lives();
    const cut = all.world.network.memory.stall();
    for (let life = 0; life < 3; life += 1) {
      const session = await (await all.begin()).connect();
      await session.speak(500);
      await session.spool.flush();
      session.kill();
      await all.world.pass(500);
    }
    cut();

    const last = await (await all.begin()).connect();
    await last.speak(500);
    await all.world.pass(1_000);
    const logged = await all.world.logged();
    await last.close();

    const times = logged.map((frame) => (frame.type === 'data' ? frame.capturedAtMs : -1));
    const ofLife = [0, 2_000, 4_000, 6_000].flatMap((from) =>
      [0, 100, 200, 300, 400].map((atMs) => from + atMs),
    );
    expect(times).toEqual(ofLife);
  });

  it('is told of gaps that nobody was told of when its process ended', async () => {
    const all = lives();
    const retention = { retentionMs: 2_000 };
    const first = await (await all.begin(retention)).connect();
    const cut = all.world.network.memory.refuse();
    all.world.network.memory.reset();
    await first.speak(12_400); // a ring has 100 chunks at the least: 2.4 s are given up, and told in pieces of a second
    await first.spool.flush();
    first.kill();
    cut();

    const second = await (await all.begin(retention)).connect();
    await all.world.pass(2_000);
    const { ledger } = await second.close();

    const toldMs = (life: Life): number =>
      life.of('gap').reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(toldMs(second)).toBeGreaterThan(0);
    expect(toldMs(first) + toldMs(second)).toBeCloseTo(ledger.gapMs, 6);
  });

  it('is told whole in a new session where the gateway waits for it no longer', async () => {
    const all = lives();
    const first = await (await all.begin()).connect();
    await first.speak(3_000);
    await first.spool.flush();
    first.kill();
    await all.world.pass(125_000);

    const second = await (await all.begin()).connect();
    await second.speak(2_000);
    const { ledger, finished } = await second.close();

    expect(second.of('gateway.attached')[0]).toMatchObject({ resumed: false });
    expect(ledger).toMatchObject({ capturedMs: 5_000, deliveredMs: 5_000, gapMs: 0 });
    expect(finished).toBe(true);
    expect([...first.finals, ...second.finals]).toEqual(
      Array.from({ length: 8 }, (_, at) => String(at * 10_000)),
    );
  });

  it('loses nothing over many lives, each of them killed', async () => {
    const all = lives();
    for (let life = 0; life < 6; life += 1) {
      const session = await (await all.begin()).connect();
      await session.speak(700 + life * 300);
      await session.spool.flush();
      session.kill();
    }

    const last = await (await all.begin()).connect();
    await all.world.pass(1_000);
    const logged = await all.world.logged();
    const { ledger } = await last.close();

    expectExactlyOnce(logged, all.written);
    expect(ledger.capturedMs).toBe(all.written * 100);
    expect(ledger.deliveredMs).toBe(all.written * 100);
  });
});
