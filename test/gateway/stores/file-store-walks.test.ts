/** Drawn walks: appends, letting go, full disks, failing syncs and crashes, against what was promised. */
import { describe, expect, it } from 'vitest';

import { textsOf, worldOf } from './file-store-world.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { disksAreQuiet } from './file-store-world.ts';

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed + 1);
const STEPS = 80;
const SESSIONS = ['a', 'b', 'c', 'd', 'e'];

/** What somebody was promised of a log. */
interface Promised {
  texts: string[];
  positions: number[];
  /** Written or not: an append that nobody knows the fate of. */
  open: { text: string; after: number } | null;
  /** Dropped or not. */
  mayBeGone: boolean;
  /** Through here it may have been purged. */
  purged: number;
}

describe('logs in files keep every promise', () => {
  it.each(SEEDS)('through walk %i', async (seed) => {
    const random = seededRandom(seed);
    const draw = (below: number) => Math.floor(random.unit() * below);
    const { disk, open } = worldOf();
    const options = { segmentBytes: 1_024 + draw(3_000), maxAgeMs: 1e9 };
    let store: LogStore = await open(options);
    const logs = new Map<string, Promised>(
      SESSIONS.map((sid) => [
        sid,
        { texts: [], positions: [], open: null, mayBeGone: false, purged: 0 },
      ]),
    );

    const append = async (sid: string, text: string): Promise<void> => {
      const log = logs.get(sid)!;
      const after = log.positions.at(-1) ?? 0;
      if (log.open !== null || log.mayBeGone) return;
      const outcome = await store.append(sid, Buffer.from(text), { after, id: text });
      if (outcome.kind === 'committed') {
        log.texts.push(text);
        log.positions.push(outcome.position);
      } else if (outcome.kind === 'unknown') {
        log.open = { text, after };
      } else expect(outcome.kind).toBe('unavailable');
    };
    const purge = async (sid: string): Promise<void> => {
      const log = logs.get(sid)!;
      const through = log.positions[draw(log.positions.length)] ?? 0;
      log.purged = Math.max(log.purged, through);
      await store.purge(sid, through).catch(() => {});
    };
    const drop = async (sid: string): Promise<void> => {
      const log = logs.get(sid)!;
      const isDropped = await store.drop(sid).then(
        () => true,
        () => false,
      );
      if (isDropped && log.open === null)
        Object.assign(log, { texts: [], positions: [], purged: 0 });
      else log.mayBeGone = true;
    };
    const reopen = async (): Promise<void> => {
      disk.heal();
      store = await open(options);
      for (const [sid, log] of logs) await settleAfter(store, sid, log);
    };

    for (let step = 0; step < STEPS; step += 1) {
      const sid = SESSIONS[draw(SESSIONS.length)]!;
      const kind = draw(100);
      const text = (at: number) => `${seed}.${step}.${at} ${'x'.repeat(draw(400))}`;
      if (kind < 60)
        await Promise.all(SESSIONS.slice(0, 1 + draw(5)).map((s, at) => append(s, text(at))));
      else if (kind < 75) await purge(sid);
      else if (kind < 80) await drop(sid);
      else if (kind < 84) disk.capacityBytes = disk.usedBytes + draw(800);
      else if (kind < 88) disk.capacityBytes = Infinity;
      else if (kind < 90)
        disk.failNext((['sync', 'write', 'truncate', 'remove', 'syncNames'] as const)[draw(5)]!);
      else if (kind < 92) disk.mostBytesAWrite = 1 + draw(500);
      else if (kind < 95) {
        disk.heal();
        await store.close();
        await reopen();
      } else {
        const inFlight = SESSIONS.filter(() => draw(2) === 0).map((s, at) => {
          const log = logs.get(s)!;
          if (log.open !== null || log.mayBeGone) return;
          log.open = { text: text(at), after: log.positions.at(-1) ?? 0 };
          const { after } = log.open;
          void store.append(s, Buffer.from(log.open.text), { after, id: log.open.text });
        });
        for (let turn = draw(8 * Math.max(1, inFlight.length)); turn > 0; turn -= 1)
          await Promise.resolve();
        disk.crash((synced, written) => {
          const keep = synced.length + draw(Math.max(1, written.length - synced.length + 1));
          const found = Buffer.from(
            written.length < synced.length ? synced : written.subarray(0, keep),
          );
          if (draw(2) === 0 && found.length > synced.length)
            found[synced.length + draw(found.length - synced.length)] = draw(256);
          return found;
        });
        await reopen();
      }
      if (draw(10) === 0) await disksAreQuiet();
    }
    disk.heal();
    await store.close();
    await reopen();
    await store.close();
    expect(disk.openFiles).toBe(0);
  });
});

/** Holds what is found against what was promised, and asks again for what nobody knows. */
async function settleAfter(store: LogStore, sid: string, log: Promised): Promise<void> {
  if (log.open !== null && !log.mayBeGone) {
    const { text, after } = log.open;
    const outcome = await store.append(sid, Buffer.from(text), { after, id: text });
    expect(outcome.kind).toBe('committed');
    log.texts.push(text);
    log.positions.push(outcome.kind === 'committed' ? outcome.position : 0);
    log.open = null;
  }
  const found = await textsOf(store, sid);
  if (log.mayBeGone) {
    const positions: number[] = [];
    for await (const { position } of store.read(sid, 0)) positions.push(position);
    Object.assign(log, { texts: [...found], positions, open: null, mayBeGone: false, purged: 0 });
    return;
  }
  const kept = log.positions.findIndex((position) => position > log.purged);
  const certain = kept === -1 ? log.texts.slice(-1) : log.texts.slice(kept);
  expect(found.slice(found.length - certain.length)).toEqual(certain); // purged ones may still be there
  expect(log.texts.slice(log.texts.length - found.length)).toEqual(found);
}
