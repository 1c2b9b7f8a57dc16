import { createActor, createMachine } from 'xstate';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { seededRandom, settle, VirtualClock } from '../../src/testing.ts';

afterEach(() => vi.useRealTimers());

describe('the virtual clock', () => {
  it('runs timers in the order in which they fall due, each at its own moment', () => {
    const clock = new VirtualClock(100);
    const ran: [string, number][] = [];
    const note = (name: string) => () => ran.push([name, clock.nowMs()]);
    clock.setTimeout(note('late'), 30);
    clock.setTimeout(note('early'), 10);
    clock.setTimeout(note('early too'), 10);
    clock.setTimeout(note('never'), 31);

    clock.advance(30);

    expect(ran).toEqual([
      ['early', 110],
      ['early too', 110],
      ['late', 130],
    ]);
    expect(clock.pending).toBe(1);
  });

  it('runs a timer at its moment exactly, not a millisecond before', () => {
    const clock = new VirtualClock();
    const ran = vi.fn();
    clock.setTimeout(ran, 1_000);

    clock.advance(999);
    const before = ran.mock.calls.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(ran).toHaveBeenCalledTimes(1);
  });

  it('runs timers that timers set, where they fall due in time', () => {
    const clock = new VirtualClock();
    const ranAtMs: number[] = [];
    const again = () => {
      ranAtMs.push(clock.nowMs());
      clock.setTimeout(again, 100 * 2 ** ranAtMs.length);
    };
    clock.setTimeout(again, 100);

    clock.advance(1_000);

    expect(ranAtMs).toEqual([100, 300, 700]);
    expect(clock.nowMs()).toBe(1_000);
  });

  it('forgets a timer that is cleared', () => {
    const clock = new VirtualClock();
    const ran = vi.fn();

    clock.clearTimeout(clock.setTimeout(ran, 1));
    clock.advance(1);

    expect(ran).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it('lets what was promised happen between two timers', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => ran.push('promised')), 1);
    clock.setTimeout(() => ran.push('next timer'), 2);

    await clock.advanceAsync(2);

    expect(ran).toEqual(['promised', 'next timer']);
  });

  it('sleeps: what fell due meanwhile runs late, at the end', () => {
    const clock = new VirtualClock();
    const ranAtMs: number[] = [];
    clock.setTimeout(() => ranAtMs.push(clock.nowMs()), 10);
    clock.setTimeout(() => ranAtMs.push(clock.nowMs()), 20);

    clock.sleep(1_000);

    expect(ranAtMs).toEqual([1_000, 1_000]);
  });

  it('steps from timer to timer, and no further than it is told', () => {
    const clock = new VirtualClock();
    const ranAtMs: number[] = [];
    const note = () => void ranAtMs.push(clock.nowMs());
    clock.setTimeout(note, 20);
    clock.setTimeout(note, 10);
    clock.setTimeout(note, 30);

    const steps = [clock.step(), clock.step(29), clock.step(29)];
    const stoodAtMs = clock.nowMs();

    expect(steps).toEqual([true, true, false]);
    expect(ranAtMs).toEqual([10, 20]);
    expect(stoodAtMs).toBe(20);
    expect([clock.step(30), clock.step()]).toEqual([true, false]);
  });

  it('keeps the order through thousands that are set and cleared, and counts those that are left', () => {
    const clock = new VirtualClock();
    const { unit } = seededRandom(7);
    const wanted: { dueAtMs: number; set: number; handle: number }[] = [];
    const ran: number[] = [];
    for (let set = 0; set < 5_000; set += 1) {
      const delayMs = Math.floor(unit() * 100);
      const handle = clock.setTimeout(() => void ran.push(set), delayMs);
      wanted.push({ dueAtMs: delayMs, set, handle });
      if (unit() < 0.9)
        clock.clearTimeout(wanted.splice(Math.floor(unit() * wanted.length), 1)[0]?.handle);
    }
    const { pending } = clock;

    clock.advance(100);

    const order = wanted.sort((a, b) => a.dueAtMs - b.dueAtMs || a.set - b.set);
    expect(pending).toBe(wanted.length);
    expect(ran).toEqual(order.map(({ set }) => set));
    expect(clock.pending).toBe(0);
  });

  it('clears one that has run, or that it never set, without harm', () => {
    const clock = new VirtualClock();
    const ran = vi.fn();
    const first = clock.setTimeout(ran, 1);
    clock.setTimeout(ran, 2);
    clock.advance(1);

    for (const handle of [first, first, undefined, 99]) clock.clearTimeout(handle);
    clock.advance(1);

    expect(ran).toHaveBeenCalledTimes(2);
  });

  it('drives the delays of a chart', () => {
    const clock = new VirtualClock();
    const machine = createMachine({
      initial: 'a',
      states: { a: { after: { 100: 'b' } }, b: { after: { 50: 'c' } }, c: {} },
    });
    const actor = createActor(machine, { clock }).start();

    clock.advance(149);
    const before = actor.getSnapshot().value;
    clock.advance(1);

    expect([before, actor.getSnapshot().value]).toEqual(['b', 'c']);
  });
});

describe('the virtual clock, given a time that is none', () => {
  const invalid = (message: string) => expect.objectContaining({ code: 'OPTION_INVALID', message });

  it.each([NaN, -1, Infinity, undefined as never])('refuses a delay of %s', (delayMs) => {
    const clock = new VirtualClock();

    expect(() => clock.setTimeout(() => undefined, delayMs)).toThrow(
      invalid(`The virtual clock: setTimeout was given a delay of ${String(delayMs)} ms.`),
    );
    expect(clock.pending).toBe(0);
  });

  it.each([NaN, -1, Infinity])('does not go on by %s', async (ms) => {
    const clock = new VirtualClock(100);

    expect(() => clock.advance(ms)).toThrow(/advance was told to go on by/);
    expect(() => clock.sleep(ms)).toThrow(/sleep was told to last/);
    await expect(clock.advanceAsync(ms)).rejects.toThrow(/advanceAsync was told/);

    expect(clock.nowMs()).toBe(100);
  });

  it('takes 0, which is due at once', () => {
    const clock = new VirtualClock();
    const ran = vi.fn();
    clock.setTimeout(ran, 0);

    clock.advance(0);

    expect(ran).toHaveBeenCalledTimes(1);
  });

  it('starts at no such time', () => {
    expect(() => new VirtualClock(NaN)).toThrow(/start at NaN ms/);
  });
});

describe('settle', () => {
  it('returns when no promise is left that could settle', async () => {
    let done = 0;
    const chain = async () => {
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      done += 1;
    };
    void chain();
    void chain();

    await settle();

    expect(done).toBe(2);
  });

  it('returns in order, also where many wait', async () => {
    const order: number[] = [];

    await Promise.all([1, 2, 3].map((turn) => settle().then(() => order.push(turn))));

    expect(order).toEqual([1, 2, 3]);
  });

  it('goes on under fake timers', async () => {
    vi.useFakeTimers();

    await expect(settle()).resolves.toBeUndefined();
  });
});
