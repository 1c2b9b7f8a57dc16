import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { eventLine, headerLine, RecordingReader } from '../../src/observability/recording.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { WireHistory } from '../../src/observability/wire-history.ts';

const common = fc.record({
  sessionId: fc.string({ minLength: 1 }),
  createdAt: fc.nat().map(String),
  _version: fc.constant('0.7.2'),
});
const eventObject = fc.record({ type: fc.string(), more: fc.jsonValue() });
const snapshot = fc.record({
  status: fc.constantFrom('active', 'done', 'error'),
  value: fc.jsonValue(),
});
const events: fc.Arbitrary<StatelyInspectionEvent> = fc.oneof(
  fc
    .tuple(common, fc.string(), snapshot)
    .map(([base, name, now]) => ({ type: '@xstate.actor' as const, ...base, name, snapshot: now })),
  fc
    .tuple(common, eventObject)
    .map(([base, event]) => ({ type: '@xstate.event' as const, ...base, event })),
  fc.tuple(common, eventObject, snapshot).map(([base, event, now]) => ({
    type: '@xstate.snapshot' as const,
    ...base,
    event,
    snapshot: now,
  })),
);

describe('a flight recording', () => {
  it('gives back every event that was written, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(events), fc.string(), (written, title) => {
        const lines = [headerLine(title, 1_234.4), ...written.map(eventLine)];

        const reader = new RecordingReader();
        const read = lines.flatMap((line) => reader.read(line) ?? []);

        expect(read).toEqual(written.map((event) => JSON.parse(JSON.stringify(event))));
        expect(reader.header).toEqual({
          type: 'tenuto.recording',
          version: 1,
          startedAt: '1234',
          title,
        });
        expect(reader.badCount).toBe(0);
        expect(lines.every((line) => !line.includes('\n'))).toBe(true);
      }),
    );
  });

  it('tells bad lines by their numbers, and reads the others', () => {
    const reader = new RecordingReader({ lineChars: 200 });
    const good = eventLine({
      type: '@xstate.event',
      sessionId: 'x:0',
      createdAt: '1',
      _version: '0.7.2',
      event: { type: 'go' },
    });
    const lines = [
      headerLine('t', 0),
      good,
      '{"type":"@xstate.ev',
      '',
      '{"type":"other"}',
      `"${'a'.repeat(300)}"`,
      good,
    ];

    const read = lines.flatMap((line) => reader.read(line) ?? []);

    expect(read).toHaveLength(2);
    expect(reader.badLines).toEqual([
      { line: 3, why: 'is no JSON' },
      { line: 5, why: 'is no event of the wire format' },
      { line: 6, why: 'is too long' },
    ]);
  });

  it('is read up to its bound, and the rest is counted', () => {
    const reader = new RecordingReader({ events: 2 });
    const line = eventLine({
      type: '@xstate.event',
      sessionId: 'x:0',
      createdAt: '1',
      _version: '0.7.2',
      event: { type: 'go' },
    });
    reader.read(headerLine('', 0));

    for (let time = 0; time < 5; time += 1) reader.read(line);

    expect([reader.count, reader.leftOut]).toEqual([2, 3]);
  });

  it.each([
    ['', /no header/],
    ['RIFF....WAVE', /no header/],
    ['{"type":"@xstate.event"}', /no header/],
    ['{"type":"tenuto.recording","version":0}', /no header/],
    ['{"type":"tenuto.recording","version":2}', /version 2, and this tenuto reads version 1/],
  ])('is none that begins with %j', (line, message) => {
    expect(() => new RecordingReader().read(line)).toThrow(message);
  });
});

describe('the history of the wire', () => {
  it('keeps the newest, and what every actor was before them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)), { maxLength: 60 }),
        (steps) => {
          const history = new WireHistory({ capacity: 8 });
          const all: StatelyInspectionEvent[] = ['a', 'b', 'c'].map((id) => actorOf(id));
          all.push(...steps.map(([id, value]) => snapshotOf(id, value)));

          for (const event of all) history.add(event);

          const kept = all.slice(-8);
          expect([history.first, history.end]).toEqual([all.length - kept.length, all.length]);
          expect(kept.map((_, at) => history.at(history.first + at))).toEqual(kept);
          expect(latestOf([...history.before, ...kept])).toEqual(latestOf(all));
        },
      ),
    );
  });

  it('forgets an actor that ended before its oldest event', () => {
    const history = new WireHistory({ capacity: 1 });
    history.add(actorOf('a'));
    history.add({ ...snapshotOf('a', 1), snapshot: { status: 'done' } });
    expect(history.before.map(({ sessionId }) => sessionId)).toEqual(['a']);

    history.add(actorOf('b'));

    expect(history.before).toEqual([]);
  });
});

function actorOf(sessionId: string): StatelyInspectionEvent {
  return {
    type: '@xstate.actor',
    sessionId,
    name: sessionId,
    createdAt: '1',
    _version: '0.7.2',
    snapshot: { status: 'active' },
  };
}

function snapshotOf(sessionId: string, value: number) {
  const event = { type: 'go' };
  return {
    type: '@xstate.snapshot' as const,
    sessionId,
    createdAt: '1',
    _version: '0.7.2',
    event,
    snapshot: { status: 'active', value },
  };
}

/** What each actor is, after all of it. */
function latestOf(told: readonly StatelyInspectionEvent[]): Record<string, unknown> {
  return Object.fromEntries(
    told.flatMap((event) => ('snapshot' in event ? [[event.sessionId, event.snapshot]] : [])),
  );
}
