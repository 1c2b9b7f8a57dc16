/** However much is told, so much is kept and no more. */
import { describe, expect, it } from 'vitest';

import { WireHistory } from '../../src/observability/wire-history.ts';
import { WIRE_VERSION } from '../../src/observability/wire.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';

const DEFINITION = JSON.stringify({ id: 'light', about: 'x'.repeat(10_000) });

describe('a history of the wire', () => {
  it('keeps no more than so much text, however few the events are', () => {
    const history = new WireHistory({ capacity: 1_000, capacityChars: 20_000 });

    for (let at = 0; at < 100; at += 1) history.add(snapshotOf('x:0', 'y'.repeat(3_000)));

    expect(history.chars).toBeLessThanOrEqual(20_000);
    expect(history.end - history.first).toBe(6);
    expect(history.at(history.first - 1)).toBeUndefined();
    expect(history.at(history.end - 1)).toBeDefined();
    expect(history.at(history.end)).toBeUndefined();
  });

  it('keeps the newest event even where it alone is more than that', () => {
    const history = new WireHistory({ capacityChars: 100 });

    history.add(snapshotOf('x:0', 'small'));
    history.add(snapshotOf('x:0', 'y'.repeat(1_000)));

    expect(history.end - history.first).toBe(1);
  });

  it('keeps what many actors run once', () => {
    const history = new WireHistory();

    for (let at = 0; at < 200; at += 1) history.add(actorOf(`x:${at}`));

    expect(history.chars).toBeLessThan(2 * DEFINITION.length + 200 * 200);
    const definitions = new Set<unknown>();
    for (let at = 0; at < 200; at += 1)
      definitions.add((history.at(at) as { definition?: string }).definition);
    expect([...definitions]).toEqual([DEFINITION]);
  });

  it('lets go of what actors ran when the last of them is forgotten', () => {
    const history = new WireHistory({ capacity: 2, actorCapacity: 3 });

    for (let at = 0; at < 10; at += 1) history.add(actorOf(`x:${at}`));
    expect(history.before.map(({ sessionId }) => sessionId)).toEqual(['x:5', 'x:6', 'x:7']);
    for (const id of ['x:5', 'x:6', 'x:7', 'x:8', 'x:9']) history.add(snapshotOf(id, 1, 'done'));
    for (let at = 0; at < 2; at += 1) history.add(snapshotOf('another', 1));

    expect(history.before).toEqual([]);
    expect(history.chars).toBeLessThan(1_000);
  });

  it('gives actors that were made known before no more than half of the room', () => {
    const history = new WireHistory({ capacity: 1_000, capacityChars: 20_000 });

    for (let at = 0; at < 50; at += 1) history.add(actorOf(`x:${at}`, 'y'.repeat(1_000), '{}'));
    for (let at = 0; at < 50; at += 1) history.add(snapshotOf('x:49', 'y'.repeat(1_000)));

    const before = JSON.stringify(history.before).length;
    expect(before).toBeGreaterThan(8_000);
    expect(before).toBeLessThan(10_500);
    expect(history.chars).toBeLessThanOrEqual(20_000);
  });
});

function base(sessionId: string) {
  return { sessionId, createdAt: '1', _version: WIRE_VERSION };
}

function actorOf(
  sessionId: string,
  value: unknown = 'green',
  definition = JSON.parse(JSON.stringify(DEFINITION)) as string,
): StatelyInspectionEvent {
  const snapshot = { status: 'active', value };
  return { type: '@xstate.actor', ...base(sessionId), name: sessionId, definition, snapshot };
}

function snapshotOf(sessionId: string, value: unknown, status = 'active'): StatelyInspectionEvent {
  const event = { type: 'next' };
  return { type: '@xstate.snapshot', ...base(sessionId), event, snapshot: { status, value } };
}
