/** The store of simulated gateways: without faults it keeps the contract of every store, and each fault is the one that it is called. */
import { describe, expect, it } from 'vitest';

import type { AppendOutcome, LogRecord } from '../../../src/ports/log-store.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { SimulatedLog } from '../../../src/simulation/store/simulated-log.ts';
import type { SimulatedLogOptions } from '../../../src/simulation/store/simulated-log.ts';
import { StoreView } from '../../../src/simulation/store/store-view.ts';
import { logStoreConformance } from '../../../src/testing/conformance/log-store-conformance.ts';
import { settle, VirtualClock } from '../../../src/testing/virtual-clock.ts';

/** Time goes on until it has an end. */
async function through<T>(clock: VirtualClock, running: Promise<T>): Promise<T> {
  const end = { hasCome: false };
  const over = running.finally(() => (end.hasCome = true));
  over.catch(() => undefined);
  for (await settle(); !end.hasCome; await settle()) {
    if (!clock.step()) throw new Error('nobody goes on, and it has no end');
  }
  return over;
}

class World {
  readonly clock = new VirtualClock();
  readonly committed: string[] = [];
  readonly log: SimulatedLog;
  readonly store: StoreView;
  /** Of another gateway. */
  readonly other: StoreView;
  isFrozen = false;
  readonly #held: (() => void)[] = [];

  constructor(options: SimulatedLogOptions = {}) {
    this.log = new SimulatedLog({
      onAppended: (sessionId, bytes, position, by) =>
        this.committed.push(`${by}: ${sessionId} ${position} ${textOf({ position, bytes })}`),
      ...options,
    });
    [this.store, this.other] = [this.#view('a'), this.#view('b')];
  }

  append(text: string, after = 0, store = this.store): Promise<AppendOutcome> {
    return store.append('sid', new TextEncoder().encode(text), { after, id: text });
  }

  async appended(...texts: readonly string[]): Promise<number> {
    for (const text of texts) {
      await this.done(this.append(text, this.log.tail('sid')?.position ?? 0));
    }
    return this.log.tail('sid')?.position ?? 0;
  }

  async read(store = this.store): Promise<readonly string[]> {
    const texts: string[] = [];
    for await (const record of store.read('sid', 0)) texts.push(textOf(record));
    return texts;
  }

  done<T>(running: Promise<T>): Promise<T> {
    return through(this.clock, running);
  }

  /** What it has come to after so long; `open` where it has come to nothing. */
  async after<T>(ms: number, running: Promise<T>): Promise<T | 'open' | 'rejected'> {
    let found: T | 'open' | 'rejected' = 'open';
    running.then(
      (value) => (found = value),
      () => (found = 'rejected'),
    );
    await this.clock.advanceAsync(ms);
    return found;
  }

  thaw(): void {
    this.isFrozen = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  #view(by: string): StoreView {
    const deliver = (answer: () => void): void => {
      if (this.isFrozen) this.#held.push(answer);
      else answer();
    };
    const { log, clock } = this;
    return new StoreView({ log, by, clock, deliver, random: seededRandom(1).fork(by) });
  }
}

function textOf({ bytes }: LogRecord): string {
  return new TextDecoder().decode(bytes);
}

describe('the simulated store', () => {
  let place = new World();
  const { cases } = logStoreConformance<World>({
    makePlace: () => (place = new World()),
    open: ({ log, clock }) => {
      const deliver = (answer: () => void): void => answer();
      return new StoreView({ log, clock, deliver, by: 'a', random: seededRandom(1) });
    },
  });

  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    const running = run(); // which makes its place before it waits for anything

    await place.done(running);
  });

  it('tells of each commit when it happens, and who it was', async () => {
    const world = new World();

    const first = await world.done(world.append('one'));
    await world.done(world.append('two', 1, world.other));

    expect(first).toEqual({ kind: 'committed', position: 1 });
    expect(world.committed).toEqual(['a: sid 1 one', 'b: sid 2 two']);
  });

  it('does the same for the same seed', async () => {
    const runOnce = async (): Promise<readonly unknown[]> => {
      const world = new World();
      world.store.ambiguous(0.5);
      const outcomes = [];
      for (let at = 0; at < 20; at += 1) {
        const after = world.log.tail('sid')?.position ?? 0;
        outcomes.push(await world.after(100, world.append(String(at), after)));
      }
      return [...outcomes, world.clock.nowMs(), await world.after(100, world.read())];
    };

    expect(await runOnce()).toEqual(await runOnce());
  });

  it('knows an id also when its record was purged, and takes yielded bytes as they are', async () => {
    const world = new World();
    const bytes = new TextEncoder().encode('one');
    const yielded = { after: 0, id: 'one', isYielded: true };
    await world.done(world.store.append('sid', bytes, yielded));
    const kept = world.log.tail('sid');
    await world.appended('two', 'three');
    await world.done(world.store.purge('sid', 2));

    const again = await world.done(world.store.append('sid', bytes, yielded));

    expect(again).toEqual({ kind: 'committed', position: 1 });
    expect(kept?.bytes).toBe(bytes);
    expect(await world.done(world.read())).toEqual(['three']);
  });

  it('keeps what was let go of for who checks, if it is to', async () => {
    const world = new World({ keepsAll: true });
    const tail = await world.appended('one', 'two', 'three');
    await world.done(world.store.purge('sid', tail));
    const purged = world.log.everyOf('sid').map(textOf);
    await world.done(world.store.drop('sid'));
    await world.appended('four');

    expect(purged).toEqual(['one', 'two', 'three']);
    expect(world.log.everyOf('sid').map(textOf)).toEqual(['one', 'two', 'three', 'four']);
    expect(await world.done(world.read())).toEqual(['four']);
  });

  it('answers a process that stands still when it goes on, and does what it asked for meanwhile', async () => {
    const world = new World();
    world.isFrozen = true;
    const outcome = world.append('one');

    const before = await world.after(60_000, outcome);
    const committed = world.committed.length;
    world.thaw();

    expect([before, committed]).toEqual(['open', 1]);
    expect(await outcome).toEqual({ kind: 'committed', position: 1 });
  });
});

describe('a fault of the simulated store', () => {
  it('outage, refusing: nothing is written, and who asks is told after 2 s', async () => {
    const world = new World();
    world.store.outage('refuses');

    const early = await world.after(1_999, world.append('one'));
    const outcome = await world.done(world.append('two'));

    expect(early).toBe('open');
    expect(outcome).toMatchObject({ kind: 'unavailable' });
    await expect(world.done(world.store.tail('sid'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await expect(world.done(world.read())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(world.committed).toEqual([]);
    world.store.outage(null);
    expect(await world.done(world.append('three'))).toMatchObject({ kind: 'committed' });
  });

  it('outage, hanging: what is asked for is done when it is over', async () => {
    const world = new World();
    world.store.outage('hangs');

    const appended = world.append('one');
    const during = await world.after(60_000, appended);
    world.store.outage(null);

    expect([during, world.committed]).toEqual(['open', ['a: sid 1 one']]);
    expect(await world.done(appended)).toEqual({ kind: 'committed', position: 1 });
  });

  it('outage that begins under way: what was written is not known to be', async () => {
    const world = new World();
    const appended = world.append('one');
    while (world.committed.length === 0) world.clock.step();
    world.store.outage('refuses');

    expect(await world.done(appended)).toMatchObject({ kind: 'unknown' });
    expect(await world.done(world.append('one', 0, world.other))).toMatchObject({ position: 1 });
  });

  it('ambiguous: it is written once, and the answer is unknown or none', async () => {
    const world = new World();
    world.store.ambiguous(1);
    const answers = new Set<unknown>();
    for (let at = 0; at < 20; at += 1) {
      const answer = await world.after(60_000, world.append(String(at), at));
      answers.add(typeof answer === 'string' ? answer : answer.kind);
    }
    world.store.ambiguous(0);

    expect(answers).toEqual(new Set(['open', 'unknown']));
    expect(world.committed).toHaveLength(20);
    expect(await world.done(world.append('7', 7))).toEqual({ kind: 'committed', position: 8 });
    expect(world.store.unanswered).toBeGreaterThan(0);
    await world.done(world.store.close());
    expect(world.store.unanswered).toBe(0);
  });

  it('slow: all takes longer, in order', async () => {
    const world = new World();
    world.store.slow(500);
    const [first, second] = [world.append('one'), world.append('two', 1)];
    world.store.slow(0);
    const third = world.append('three', 2);

    expect(await world.after(499, first)).toBe('open');
    expect((await world.done(Promise.all([first, second, third]))).map(({ kind }) => kind)).toEqual(
      ['committed', 'committed', 'committed'],
    );
  });

  it('stale: what is read is old, purges and all, and who believes it writes nothing', async () => {
    const world = new World({ keepsAll: true });
    await world.appended('one', 'two');
    world.other.stale(true);
    const tail = await world.appended('three', 'four');
    await world.done(world.store.purge('sid', tail));

    const seen = await world.done(world.other.tail('sid'));
    const read = await world.done(world.read(world.other));
    const outcome = await world.done(world.append('five', seen?.position, world.other));

    expect([seen?.position, read]).toEqual([2, ['one', 'two']]);
    expect(outcome).toEqual({ kind: 'conflict', tail: 4 });
    world.other.stale(false);
    expect(await world.done(world.read(world.other))).toEqual(['four']);
  });

  it('full: nothing more is written, and what was is known', async () => {
    const world = new World();
    await world.appended('one');
    world.store.full(true);

    const outcomes = [
      await world.done(world.append('two', 1)),
      await world.done(world.append('one')),
    ];

    expect(outcomes).toEqual([
      { kind: 'unavailable', reason: 'stream full' },
      { kind: 'committed', position: 1 },
    ]);
    world.store.heal();
    expect(await world.done(world.append('two', 1))).toMatchObject({ kind: 'committed' });
  });

  it('corrupt: one byte of what is read is wrong, and not in the log', async () => {
    const world = new World();
    await world.appended('one', 'two');
    world.store.corrupt('sid');

    const tail = await world.done(world.store.tail('sid'));
    const read = await world.done(world.read());

    expect(textOf(tail!)).not.toBe('two');
    expect(read.filter((text) => text !== 'one' && text !== 'two')).toHaveLength(1);
    expect(await world.done(world.read(world.other))).toEqual(['one', 'two']);
    world.store.corrupt('sid', false);
    expect(await world.done(world.read())).toEqual(['one', 'two']);
  });

  it.each([
    ['and their positions are used again', true, 2],
    ['and positions go on', false, 4],
  ])('loseTail: the newest are gone and forgotten, %s', async (_what, reuses, next) => {
    const world = new World({ keepsAll: true });
    await world.appended('one', 'two', 'three');

    const lost = world.log.loseTail(2, reuses);

    expect(lost.map(({ sessionId, records }) => [sessionId, ...records.map(textOf)])).toEqual([
      ['sid', 'two', 'three'],
    ]);
    expect(await world.done(world.append('three', 3))).toEqual({ kind: 'conflict', tail: 1 });
    expect(await world.done(world.append('two', 1))).toEqual({ kind: 'committed', position: next });
    expect(world.log.everyOf('sid').map(textOf)).toEqual(['one', 'two']);
  });

  it('loseTail of more than there is leaves an empty log', async () => {
    const world = new World({ keepsAll: true });
    const tail = await world.appended('one', 'two');
    await world.done(world.store.purge('sid', tail));

    world.log.loseTail(5, true);

    expect(await world.done(world.store.tail('sid'))).toBe(null);
    expect(await world.done(world.append('new'))).toEqual({ kind: 'committed', position: 2 });
  });
});
