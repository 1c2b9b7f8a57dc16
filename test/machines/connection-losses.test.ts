/** Where a loss leads the connection chart, and what it remembers of it: the arithmetic, case by case. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import {
  afterFatalLoss,
  afterLoss,
  lossOf,
  routeAfterLoss,
} from '../../machines/connection.loss.ts';
import type { Loss } from '../../machines/connection.loss.ts';
import { initialContext } from '../../machines/connection.rules.ts';
import type { ConnectionContext } from '../../machines/connection.types.ts';
import { failureOf } from './chart-world.ts';

function contextOf(
  facts: Partial<ConnectionContext> = {},
  policy: Partial<ReconnectPolicy> = {},
): ConnectionContext {
  return {
    ...initialContext({ component: 'stt', policy: { ...presets.production, ...policy } }),
    ...facts,
  };
}

/** A link that stood and answered from the beginning of the clock. */
function linked(
  facts: Partial<ConnectionContext> = {},
  policy: Partial<ReconnectPolicy> = {},
): ConnectionContext {
  const stands = { hasBeenConnected: true, connectedAtMs: 0, answeredAtMs: 0, socketId: 3 };
  return contextOf({ ...stands, ...facts }, policy);
}

function lossAt(atMs: number, facts: Partial<Loss> = {}): Loss {
  return { atMs, failure: failureOf('transient'), unit: 0.5, ...facts };
}

describe('a loss', () => {
  it('by silence knows when the link last showed life', () => {
    const loss = lossOf(linked(), {
      type: 'link.died',
      atMs: 20_000,
      silentForMs: 6_000,
      bufferedChunks: 0,
      unit: 0.5,
    });

    expect(loss).toMatchObject({ atMs: 20_000, aliveAtMs: 14_000 });
    expect(loss?.failure).toMatchObject({ kind: 'transient', code: 'halfOpen' });
  });

  it('by rotation was planned', () => {
    const loss = lossOf(linked(), { type: 'session.rotate', atMs: 20_000 });

    expect(loss?.failure).toEqual({
      kind: 'planned',
      code: 'rotation',
      detail: 'a known end was near',
    });
  });

  it('is none of another socket, and none where nothing was lost', () => {
    const lost = { type: 'socket.lost', ...lossAt(5_000), bufferedChunks: 0 } as const;

    expect(lossOf(linked(), { ...lost, id: 2 })).toBeNull();
    expect(lossOf(linked(), { ...lost, id: 3 })).toMatchObject({ atMs: 5_000 });
    expect(lossOf(linked(), { type: 'session.close' })).toBeNull();
  });
});

describe('the way after a loss', () => {
  it.each(['transient', 'auth'] as const)(
    'ends where reconnection is off, though retention would cover more: %s',
    (kind) => {
      const context = linked({ refreshesCredential: true }, { maxAttempts: 0, persistMs: 118_000 });

      expect(routeAfterLoss(context, lossAt(5_000, { failure: failureOf(kind) }))).toBe('error');
    },
  );

  it.each([
    ['transient', 'error'],
    ['auth', 'dialing'],
  ] as const)(
    'from a first connection with a credential that can be refreshed: %s',
    (kind, route) => {
      const context = contextOf({ refreshesCredential: true });

      expect(routeAfterLoss(context, lossAt(5_000, { failure: failureOf(kind) }))).toBe(route);
    },
  );

  it('of a connection that never stood ends with its attempts, whatever retention would cover', () => {
    const policy = { persistMs: 118_000, retryInitialConnect: true };
    const routes = [4, 5].map((attempts) =>
      routeAfterLoss(contextOf({ attempts }, policy), lossAt(5_000)),
    );

    expect(routes).toEqual(['backingOff', 'error']);
  });

  it.each([
    ['again after a healthy spell', linked({ attempts: 3, failure: failureOf('planned') })],
    ['after a second socket took over', linked({ attempts: 1, connectedAtMs: null })],
  ])('of a planned end leads to a dial at once: %s', (_what, context) => {
    const loss = lossAt(60_000, { failure: failureOf('planned') });

    expect(routeAfterLoss(context, loss)).toBe('dialing');
  });
});

describe('after a loss', () => {
  const ends = [
    ['more dials follow', afterLoss],
    ['nothing follows', afterFatalLoss],
  ] as const;

  it('a hint of 0 s waits as long as any attempt would, healthy or not', () => {
    const failure = failureOf('rateLimited', { retryAfterMs: 0 });

    const after = afterLoss(linked(), lossAt(60_000, { failure }));

    expect(after.waitMs).toBe(500); // half of the first envelope, and not of 250 ms
  });

  it('a link was healthy for as long as it showed life, and no longer', () => {
    const context = linked({ unhealthySinceMs: -500 });

    const soon = afterLoss(context, lossAt(15_000, { aliveAtMs: 9_000 }));
    const late = afterLoss(context, lossAt(15_000, { aliveAtMs: 10_000 }));

    expect(soon.unhealthySinceMs).toBe(-500);
    expect(late.unhealthySinceMs).toBe(15_000);
  });

  it.each([
    ['remembered while no healthy spell came between', true, 5_000, 'transient', true],
    ['forgotten with a healthy spell', true, 60_000, 'transient', false],
    ['none where nothing was refused', false, 5_000, 'transient', false],
    ['noted where this loss asks for it', false, 60_000, 'auth', true],
  ] as const)('a refreshed credential is %s', (_what, credentialRefreshed, atMs, kind, noted) => {
    const context = linked({ credentialRefreshed });

    const after = afterLoss(context, lossAt(atMs, { failure: failureOf(kind) }));

    expect(after.credentialRefreshed).toBe(noted);
  });

  it.each(ends)('a lost dial is told from a lost link: %s', (_what, after) => {
    const lostDials = [linked({ connectedAtMs: null }), linked()].map(
      (context) => after(context, lossAt(5_000)).lostDial,
    );

    expect(lostDials).toEqual([true, false]);
  });

  it.each([afterLoss, afterFatalLoss])(
    'an outage began with the silence before it: %o',
    (after) => {
      const sinceMs = [linked({ silentSinceMs: 3_500 }), linked()].map(
        (context) => after(context, lossAt(5_000)).outage?.sinceMs,
      );

      expect(sinceMs).toEqual([3_500, 5_000]);
    },
  );
});
