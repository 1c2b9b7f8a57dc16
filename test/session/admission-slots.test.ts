import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createAdmission, sharedAdmission } from '../../src/session/admission/admission.ts';
import { DialRefused, DialSlots } from '../../src/session/admission/dial-slots.ts';
import type { DialPermit } from '../../src/session/admission/dial-slots.ts';

const KEY = 'key';

function ask(slots: DialSlots, times: number): DialPermit[] {
  return Array.from({ length: times }, () => slots.ask(KEY));
}

function withStreams(streams: number): { slots: DialSlots; opened: DialPermit[] } {
  const slots = new DialSlots();
  const opened = Array.from({ length: streams }, () => {
    const permit = slots.ask(KEY);
    permit.opened();
    return permit;
  });
  return { slots, opened };
}

const granted = (permits: readonly DialPermit[]) => permits.map(({ isGranted }) => isGranted);

/** What became of a promise by now. */
async function fateOf(promise: Promise<void>): Promise<string> {
  let fate = 'pending';
  promise.then(
    () => (fate = 'granted'),
    (error: unknown) => (fate = String(error)),
  );
  await new Promise<void>((resolve) => setImmediate(resolve));
  return fate;
}

describe('dials to one service', () => {
  it.each([
    [0, 3],
    [15, 3],
    [19, 3],
    [20, 4],
    [1_000, 200],
  ])('with %d streams that stand: %d at once', (streams, limit) => {
    const { slots } = withStreams(streams);

    const permits = ask(slots, limit + 1);

    expect(granted(permits)).toEqual([...Array<boolean>(limit).fill(true), false]);
    expect(slots.countOf(KEY)).toEqual({ dials: limit, waiting: 1, streams });
  });

  it('do not count against another service', () => {
    const slots = new DialSlots();
    ask(slots, 4);

    expect(slots.ask('other').isGranted).toBe(true);
  });

  it('begin at once where there is room', async () => {
    const [permit] = ask(new DialSlots(), 1);

    expect(await fateOf(permit!.granted)).toBe('granted');
  });

  it.each<[string, (permit: DialPermit) => void]>([
    ['ends', (permit) => permit.end()],
    ['opens', (permit) => permit.opened()],
  ])('begin when another %s, one for one, in the order of their coming', async (_what, happen) => {
    const slots = new DialSlots();
    const [first, , , next, last] = ask(slots, 5);

    happen(first!);
    happen(first!);

    expect(granted([next!, last!])).toEqual([true, false]);
    expect(await fateOf(next!.granted)).toBe('granted');
    expect(await fateOf(last!.granted)).toBe('pending');
    expect(slots.countOf(KEY)).toMatchObject({ dials: 3, waiting: 1 });
  });

  it('never overtake one that waits', () => {
    const { slots, opened } = withStreams(20);
    const [first, second, , , waiting] = ask(slots, 5);
    opened[0]!.end(); // room for three, and four are under way
    first!.end();

    const newest = slots.ask(KEY);
    second!.end();

    expect(granted([waiting!, newest])).toEqual([true, false]);
  });

  it('are fewer where streams went: none begins above the limit', () => {
    const { slots, opened } = withStreams(20);
    const [first, second, , , waiting] = ask(slots, 5);
    opened[0]!.end();

    first!.end();
    const before = waiting!.isGranted;
    second!.end();

    expect([before, waiting!.isGranted]).toEqual([false, true]);
  });

  it('are more as streams come to stand', () => {
    const { slots } = withStreams(19);
    const [first, , , waiting, last] = ask(slots, 5);

    first!.opened();

    expect(granted([waiting!, last!])).toEqual([true, true]);
    expect(slots.countOf(KEY)).toEqual({ dials: 4, waiting: 0, streams: 20 });
  });
});

describe('a dial that waits', () => {
  it('leaves the line when it is ended, and is not kept waiting for that', async () => {
    const slots = new DialSlots();
    const [first, , , ended, next] = ask(slots, 5);

    ended!.end();
    first!.end();

    expect(await fateOf(ended!.granted)).toBe('granted');
    expect(granted([ended!, next!])).toEqual([false, true]);
    expect(slots.countOf(KEY)).toEqual({ dials: 3, waiting: 0, streams: 0 });
  });

  it('is no stream before it was granted, nor after it was ended', () => {
    const slots = new DialSlots();
    const [first, , , waiting] = ask(slots, 4);

    waiting!.opened();
    first!.end();
    first!.opened();

    expect(slots.countOf(KEY)).toEqual({ dials: 3, waiting: 0, streams: 0 });
  });

  it('is refused where 10,000 wait before it, with a failure that says when to come back', async () => {
    const slots = new DialSlots();
    const permits = ask(slots, 3 + 10_000);
    const { waiting: before } = slots.countOf(KEY);

    const refused = slots.ask(KEY);
    const error = await refused.granted.catch((reason: unknown) => reason);
    permits[0]!.end();
    const inLine = slots.ask(KEY);

    expect(before).toBe(10_000);
    expect(refused.isGranted).toBe(false);
    expect(error).toBeInstanceOf(DialRefused);
    expect((error as DialRefused).failure).toEqual({
      kind: 'rateLimited',
      code: 'dialQueue',
      detail: '10000 dials wait for this service',
      retryAfterMs: 30_000,
    });
    expect(await fateOf(inLine.granted)).toBe('pending');
  });

  it('harms nobody where it is refused, neither by its end nor by not being looked at', async () => {
    const slots = new DialSlots(1);
    const permits = ask(slots, 5);

    permits[4]!.end();
    permits[4]!.opened();
    await new Promise<void>((resolve) => setImmediate(resolve)); // an unhandled rejection would fail the run

    expect(slots.countOf(KEY)).toEqual({ dials: 3, waiting: 1, streams: 0 });
  });
});

describe('what is kept', () => {
  it('is nothing, once nothing is under way', () => {
    const { slots, opened } = withStreams(1);
    const permits = ask(slots, 5);
    for (const permit of permits) permit.end();
    const before = slots.size;

    opened[0]!.end();
    opened[0]!.end();

    expect(before).toBe(1);
    expect(slots.size).toBe(0);
    expect(slots.countOf(KEY)).toEqual({ dials: 0, waiting: 0, streams: 0 });
  });

  it('is counted right, and nobody waits while there is room, whatever happens', () => {
    const step = fc.record({
      what: fc.constantFrom('ask' as const, 'opened' as const, 'end' as const),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const slots = new DialSlots();
        const permits: DialPermit[] = [];
        for (const { what, which } of steps) {
          const permit = permits[which % Math.max(1, permits.length)];
          if (what === 'ask') permits.push(slots.ask(KEY));
          else permit?.[what]();

          const { dials, waiting, streams } = slots.countOf(KEY);
          expect(dials + streams).toBe(permits.filter(({ isGranted }) => isGranted).length);
          const limit = Math.max(3, Math.floor(streams / 5));
          if (waiting > 0) expect(dials).toBeGreaterThanOrEqual(limit);
        }
        for (const permit of permits) permit.end();
        expect(slots.size).toBe(0);
      }),
    );
  });
});

describe('admission', () => {
  it('is one for a process, and empty until something is dialled', () => {
    expect(sharedAdmission.breakers.size).toBe(0);
    expect(sharedAdmission.slots.size).toBe(0);
    expect(createAdmission()).not.toBe(sharedAdmission);
  });
});
