import { createMachine } from 'xstate';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { chartModel } from '../../src/charts/model.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { changesBetween } from '../../visualizations/inspector/model/changes.ts';
import { activeIn, inferredBy, statePath } from '../../visualizations/inspector/model/lit.ts';
import { LogView } from '../../visualizations/inspector/model/log.ts';
import { paceOf } from '../../visualizations/inspector/model/pace.ts';
import { Timeline } from '../../visualizations/inspector/model/timeline.ts';

const model = chartModel(
  createMachine({
    id: 'm',
    initial: 'idle',
    states: {
      idle: {
        on: {
          go: [{ guard: 'isA', target: 'deciding' }, { target: 'both' }],
          stay: { actions: 'note' },
        },
      },
      deciding: { always: [{ guard: 'isX', target: 'over' }, { target: 'both.left.two' }] },
      both: {
        type: 'parallel',
        on: { end: 'over' },
        states: {
          left: { initial: 'one', states: { one: { on: { next: 'two' } }, two: {} } },
          right: { initial: 'up', states: { up: {} } },
        },
      },
      over: { type: 'final' },
    },
  }),
);
const BOTH = { both: { left: 'one', right: 'up' } };

describe('what is lit', () => {
  it('is every state that is active, nested and side by side', () => {
    expect([...activeIn(model, BOTH)]).toEqual([
      'm',
      'm.both',
      'm.both.left',
      'm.both.left.one',
      'm.both.right',
      'm.both.right.up',
    ]);
    expect(statePath(BOTH)).toBe('both.left.one, right.up');
    expect(activeIn(model, undefined).size).toBe(0);
  });

  it.each([
    ['the only one that leads there', 'go', 'idle', BOTH, ['m.both']],
    ['by way of what is decided at once', 'go', 'idle', 'over', ['m.deciding', 'm.over']],
    [
      'inside one region',
      'next',
      BOTH,
      { both: { left: 'two', right: 'up' } },
      ['m.both.left.two'],
    ],
    ['of a state above', 'end', BOTH, 'over', ['m.over']],
    ['none that is known', 'magic', 'idle', 'over', []],
  ])('is the transition: %s', (_, type, before, after, targets) => {
    const taken = inferredBy(model, type, { value: before }, { value: after });

    expect(taken.flatMap(({ targetIds }) => targetIds)).toEqual(targets);
  });

  it('is a stay where the state stayed', () => {
    const [taken] = inferredBy(model, 'stay', { value: 'idle' }, { value: 'idle' });

    expect(taken).toMatchObject({ eventType: 'stay', targetIds: [] });
  });
});

describe('the timeline', () => {
  it('knows what every actor was at any moment that is kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(9)), { maxLength: 80 }),
        (steps) => {
          const timeline = new Timeline(20);
          const all = [born('a'), born('b'), ...steps.map(([id, value]) => became(id, value))];

          for (const event of all) timeline.add(event);

          expect(timeline.length).toBeLessThanOrEqual(20);
          for (let seq = timeline.firstSeq; seq < timeline.endSeq; seq += 1) {
            for (const id of ['a', 'b']) {
              const then = all
                .slice(0, seq + 1)
                .filter((event) => event.sessionId === id)
                .at(-1);
              expect(timeline.snapshotOf(id, seq)).toEqual(
                then === undefined ? null : (then as { snapshot: object }).snapshot,
              );
            }
          }
        },
      ),
    );
  });

  it('binds an event to its outcome, and shows both as one line', () => {
    const timeline = new Timeline();
    const log = new LogView(timeline);
    timeline.add(born('a'));
    timeline.add(asked('a', 100));
    timeline.add({ ...became('a', 1), createdAt: '140' });
    timeline.add({ ...became('a', 2), event: { type: 'init' } });

    const seqs = log.seqs({ kind: 'all', actorId: null, text: '' });

    expect(seqs).toEqual([0, 1, 3]);
    expect(timeline.row(1)?.settledSeq).toBe(2);
    expect(paceOf(timeline, 'a', 10).map(({ settleMs }) => settleMs)).toEqual([0, 40, 0, 0]);
    expect(log.seqs({ kind: 'actors', actorId: null, text: '' })).toEqual([0]);
    expect(log.seqs({ kind: 'all', actorId: null, text: 'step' })).toEqual([1]);
  });

  it('takes 100,000 events and finds any of them', () => {
    const timeline = new Timeline();
    const log = new LogView(timeline);
    timeline.add(born('a'));
    for (let value = 0; value < 50_000; value += 1) {
      timeline.add(asked('a', value));
      timeline.add(became('a', value));
    }

    expect(log.seqs({ kind: 'all', actorId: null, text: '' })).toHaveLength(50_001);
    expect(timeline.snapshotOf('a', 2 * 777 + 2)).toMatchObject({ value: '777' });
  });
});

describe('changes of a context', () => {
  it('are told field by field', () => {
    const before = { a: 1, rtt: { srttMs: 10, samples: 1 }, gone: true, same: [1] };
    const after = { a: 2, rtt: { srttMs: 12, samples: 1 }, same: [1], new: 'x' };

    expect(changesBetween(before, after)).toEqual([
      { path: 'a', before: '1', after: '2' },
      { path: 'rtt.srttMs', before: '10', after: '12' },
      { path: 'gone', before: 'true', after: null },
      { path: 'new', before: null, after: '"x"' },
    ]);
  });
});

const base = { createdAt: '1', _version: '0.7.2' };

function born(sessionId: string): StatelyInspectionEvent {
  return {
    type: '@xstate.actor',
    sessionId,
    name: sessionId,
    ...base,
    snapshot: { status: 'active' },
  };
}

function asked(sessionId: string, atMs: number): StatelyInspectionEvent {
  return {
    type: '@xstate.event',
    sessionId,
    ...base,
    createdAt: String(atMs),
    event: { type: 'step' },
  };
}

function became(sessionId: string, value: number) {
  const snapshot = { status: 'active', value: String(value) };
  return {
    type: '@xstate.snapshot' as const,
    sessionId,
    ...base,
    event: { type: 'step' },
    snapshot,
  };
}
