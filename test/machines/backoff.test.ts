import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  backoffDelayMs,
  envelopeMs,
  gatewayLinkPolicy,
  gatewayPresets,
  pressDelayMs,
  presets,
  providerLinkPolicy,
} from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';

const plain: ReconnectPolicy = { ...providerLinkPolicy, jitter: 'none' };
const anyUnit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyAttempt = fc.integer({ min: 1, max: 2_000 });

function delays(policy: ReconnectPolicy, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) =>
    backoffDelayMs(index + 1, policy, 0.99, false),
  );
}

describe('backoff without jitter', () => {
  it('waits exactly 1, 2, 4, 8 and 16 s on a provider link', () => {
    expect(delays(plain, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it('waits exactly 1, 2, 4, 8, 16, 30, 30 s on a gateway link', () => {
    const policy: ReconnectPolicy = { ...gatewayLinkPolicy, jitter: 'none' };

    expect(delays(policy, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('waits the ordinary first envelope after a healthy spell, so that tests can name it', () => {
    expect(backoffDelayMs(1, plain, 0.1, true)).toBe(1_000);
  });

  it('is the same whatever chance says', () => {
    fc.assert(
      fc.property(anyAttempt, anyUnit, fc.boolean(), (attempt, unit, wasHealthy) => {
        expect(backoffDelayMs(attempt, plain, unit, wasHealthy)).toBe(envelopeMs(attempt, plain));
      }),
    );
  });
});

describe('backoff with full jitter', () => {
  it('is unit times envelope, inside [0, envelope)', () => {
    fc.assert(
      fc.property(anyAttempt, anyUnit, (attempt, unit) => {
        const envelope = envelopeMs(attempt, providerLinkPolicy);
        const delay = backoffDelayMs(attempt, providerLinkPolicy, unit, false);

        expect(delay).toBe(unit * envelope);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(envelope);
      }),
    );
  });

  it('dials within 250 ms after a healthy spell, the first time only', () => {
    const first = backoffDelayMs(1, providerLinkPolicy, 0.999, true);
    const second = backoffDelayMs(2, providerLinkPolicy, 0.999, true);

    expect(first).toBeCloseTo(249.75);
    expect(second).toBeCloseTo(1_998);
  });

  it('never makes the first wait longer than its envelope', () => {
    const quick: ReconnectPolicy = { ...providerLinkPolicy, baseMs: 100 };

    expect(backoffDelayMs(1, quick, 0.5, true)).toBe(50);
  });
});

describe('firstDelayMs', () => {
  it.each(['full', 'none'] as const)(
    'is the first envelope after a healthy spell (%s)',
    (jitter) => {
      const policy: ReconnectPolicy = { ...providerLinkPolicy, jitter, firstDelayMs: 400 };

      expect(backoffDelayMs(1, policy, 0.5, true)).toBe(jitter === 'none' ? 400 : 200);
      expect(backoffDelayMs(1, policy, 0.5, false)).toBe(jitter === 'none' ? 1_000 : 500);
    },
  );

  it('may be zero', () => {
    expect(backoffDelayMs(1, { ...plain, firstDelayMs: 0 }, 0.5, true)).toBe(0);
  });
});

describe('envelopes', () => {
  it('double up to the cap and stay there, however many attempts there were', () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const envelope = envelopeMs(attempt, providerLinkPolicy);

        expect(envelope).toBe(Math.min(16_000, 1_000 * 2 ** (attempt - 1)));
        expect(Number.isFinite(envelope)).toBe(true);
      }),
    );
  });
});

describe('presets', () => {
  it('give up after 2 attempts in development, from half a second on', () => {
    expect(presets.development).toMatchObject({ maxAttempts: 2, baseMs: 500 });
  });

  it('take 5 attempts and at most 31 s in production', () => {
    const total = delays({ ...presets.production, jitter: 'none' }, presets.production.maxAttempts);

    expect(presets.production.maxAttempts).toBe(5);
    expect(total.reduce((sum, delay) => sum + delay, 0)).toBe(31_000);
    expect(presets.production.jitter).toBe('full');
  });

  it('do not reconnect in a test', () => {
    expect(presets.test.maxAttempts).toBe(0);
  });

  it('never retry a connection that never stood, unless told to', () => {
    for (const policy of Object.values(presets)) expect(policy.retryInitialConnect).toBe(false);
  });

  it('try a gateway at least ten times, and until its grace of 120 s is over for certain', () => {
    const noticedWithinMs = 20_000; // PROTOCOL.md, P15.5

    expect(gatewayLinkPolicy.maxAttempts).toBe(10);
    expect(gatewayLinkPolicy.persistMs).toBeGreaterThan(120_000 + noticedWithinMs);
  });

  it('press who keeps the session: at once, and then every half second at the most', () => {
    expect(pressDelayMs(1, gatewayLinkPolicy, 0.99)).toBe(0);
    expect(pressDelayMs(2, gatewayLinkPolicy, 0)).toBe(250);
    expect(pressDelayMs(9, gatewayLinkPolicy, 0.5)).toBe(375);
    expect(pressDelayMs(9, { ...gatewayLinkPolicy, jitter: 'none' }, 0.5)).toBe(500);
    expect(providerLinkPolicy.pressForMs).toBe(0);
  });

  it('leave it to the gateway to hold its clients off', () => {
    expect(gatewayLinkPolicy.isBudgeted).toBe(false);
    expect(Object.values(gatewayPresets).map(({ maxAttempts }) => maxAttempts)).toEqual([2, 10, 0]);
    expect(Object.values(presets).map(({ isBudgeted }) => isBudgeted)).toEqual([true, true, true]);
  });
});
