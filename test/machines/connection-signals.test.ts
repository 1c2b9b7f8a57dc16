/** What the connection chart tells: its owner of a candidate, and listeners of a failure that has no name. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { initialContext } from '../../machines/connection.rules.ts';
import { bufferedChunksIn, failedSignal, tell } from '../../machines/connection.signals.ts';
import type { ConnectionContext } from '../../machines/connection.types.ts';
import { ownerFact } from '../../machines/orchestrator.owned.ts';
import { failureOf } from './chart-world.ts';

const UNKNOWN = { kind: 'transient', code: 'unknown', detail: '' };

function contextOf(facts: Partial<ConnectionContext> = {}): ConnectionContext {
  return { ...initialContext({ component: 'stt', policy: presets.production, lane: 2 }), ...facts };
}

function told(name: keyof typeof tell, facts: Partial<ConnectionContext> = {}) {
  const { type, params } = tell[name];
  expect(type).toBe('tellOwner');
  return ownerFact(contextOf(facts), params.fact);
}

describe('the owner of a connection', () => {
  it('is told that a candidate stands, serves, and was confirmed, each with its moment', () => {
    const restore = { resumed: false, toolCallsCarried: 0, atMs: 1_200 };

    expect([
      told('ready', { connectedAtMs: 1_000 }),
      told('served', { restore }),
      told('confirmed', { answeredAtMs: 1_500 }),
    ]).toEqual([
      { type: 'candidate.ready', lane: 2, atMs: 1_000 },
      { type: 'candidate.served', lane: 2, atMs: 1_200 },
      { type: 'candidate.confirmed', lane: 2, atMs: 1_500 },
    ]);
  });

  it('is told of a loss with all that it needs to move on', () => {
    const failure = failureOf('transient');
    const outage = { sinceMs: 900, downtimeMs: 0, cause: failure, attempts: 1 };
    const facts = { lostAtMs: 1_000, failure, waitMs: 500, lostDial: true, outage };

    expect(told('lost', facts)).toEqual({
      type: 'candidate.lost',
      lane: 2,
      atMs: 1_000,
      failure,
      waitMs: 500,
      wasDial: true,
      outage,
    });
    expect(told('failed', facts)).toEqual({
      type: 'candidate.failed',
      lane: 2,
      atMs: 1_000,
      failure,
      outage,
    });
  });

  it.each(['lost', 'failed'] as const)('is told of a failure without a name: %s', (name) => {
    expect(told(name)).toMatchObject({ failure: UNKNOWN });
  });
});

describe('a failed connection', () => {
  it.each([
    [failureOf('config', { code: '1008', detail: 'no such model' }), '1008: no such model'],
    [failureOf('config', { code: '1008' }), '1008'],
    [null, 'unknown'],
  ])('gives its reason in words: %j', (failure, reason) => {
    expect(failedSignal(contextOf({ failure }))).toEqual({
      type: 'connection.failed',
      attempts: 0,
      reason,
      component: 'stt',
      failure: failure ?? UNKNOWN,
    });
  });
});

describe('the chunks that wait', () => {
  it('are counted where an event tells of them', () => {
    expect(bufferedChunksIn({ type: 'session.connect' })).toBe(0);
    expect(
      bufferedChunksIn({
        type: 'link.died',
        atMs: 0,
        silentForMs: 0,
        bufferedChunks: 7,
        unit: 0,
      }),
    ).toBe(7);
  });
});
