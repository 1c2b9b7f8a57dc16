/** The connection chart's arithmetic where no path of the chart shows it alone. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { afterPromotion, mayHedge } from '../../machines/connection.hedging.ts';
import {
  afterChoice,
  faultOf,
  initialContext,
  isHealthyAt,
  socketName,
} from '../../machines/connection.rules.ts';
import type { ConnectionContext, ConnectionInput } from '../../machines/connection.types.ts';
import { failureOf } from './chart-world.ts';

const plain: ConnectionInput = { component: 'stt', policy: presets.production };

function linked(
  facts: Partial<ConnectionContext> = {},
  policy: Partial<ReconnectPolicy> = {},
): ConnectionContext {
  return {
    ...initialContext({ ...plain, policy: { ...presets.production, ...policy } }),
    hasBeenConnected: true,
    connectedAtMs: 0,
    answeredAtMs: 0,
    socketId: 3,
    ...facts,
  };
}

describe('a connection that is not told otherwise', () => {
  it('carries the first candidate, probes and hedges, and has lost and restored nothing', () => {
    expect(initialContext(plain)).toMatchObject({
      canProbe: true,
      hedges: true,
      limits: {},
      role: 'carrier',
      lane: 0,
      candidate: 0,
      outage: null,
      lostDial: false,
      restore: { resumed: false, toolCallsCarried: 0, atMs: 0 },
    });
  });

  it('takes what it is told', () => {
    const told = {
      canProbe: false,
      hedges: false,
      limits: { suspectAtLeastMs: 9_000 },
      role: 'standby',
      lane: 2,
      candidate: 1,
    } as const;

    expect(initialContext({ ...plain, ...told })).toMatchObject(told);
  });
});

describe('a second socket', () => {
  it('is not dialled where reconnection is off, though retention would cover more', () => {
    const context = linked({}, { maxAttempts: 0, persistMs: 118_000 });

    expect(mayHedge(context, 1_000)).toBe(false);
  });

  it.each([
    [117_999, true],
    [118_000, false],
  ])('is dialled beyond the count while retention covers it: after %d ms', (atMs, may) => {
    const facts = { attempts: 5, unhealthySinceMs: 0, answeredAtMs: null, connectedAtMs: null };

    expect(mayHedge(linked(facts, { persistMs: 118_000 }), atMs)).toBe(may);
  });

  it('that takes over ends a silence that is an outage now, with its cause', () => {
    const context = linked({ hedgeId: 4, silentSinceMs: 3_500, unhealthySinceMs: 500 });

    const after = afterPromotion(context, 5_000);

    expect(after).toMatchObject({ socketId: 4, dialReason: 'reconnect', unhealthySinceMs: 500 });
    expect(after.outage).toMatchObject({
      sinceMs: 3_500,
      cause: { code: 'halfOpen', detail: 'nothing came for 1500 ms' },
    });
  });
});

describe('a standby that is chosen', () => {
  const outage = { sinceMs: 1_000, downtimeMs: 0, cause: failureOf('transient'), attempts: 1 };

  it.each([
    ['ends the break where it stands', 0, 4_000],
    ['prolongs the break where it does not stand yet', null, 0],
  ])('%s', (_what, connectedAtMs, downtimeMs) => {
    const after = afterChoice(linked({ connectedAtMs }), { atMs: 5_000, outage });

    expect(after).toEqual({ role: 'carrier', outage: { ...outage, downtimeMs } });
  });
});

describe('a link', () => {
  it('that never stood is not healthy, however late it is', () => {
    expect(isHealthyAt(linked({ connectedAtMs: null }), 3_600_000)).toBe(false);
  });

  it.each([
    [9_999, false],
    [10_000, true],
  ])('was healthy or not until it fell silent: after %d ms', (silentSinceMs, isHealthy) => {
    expect(isHealthyAt(linked({ silentSinceMs }), 60_000)).toBe(isHealthy);
  });

  it('has a socket with a name, also where there is none', () => {
    expect([socketName(3), socketName(null)]).toEqual(['socket.3', 'socket.none']);
  });
});

describe('an actor that broke', () => {
  it('is quoted where it threw an error', () => {
    expect(faultOf({ type: 'xstate.error', error: new Error('broken inside') })).toEqual({
      kind: 'config',
      code: 'actor',
      detail: 'broken inside',
    });
  });

  it.each([[undefined], [null], ['text'], [{ type: 'xstate.error' }], [{ error: 'text' }]])(
    'is told of, whatever it left behind: %j',
    (event) => {
      expect(faultOf(event).detail).toBe('an actor of the chart failed');
    },
  );
});
