/**
 * How long to wait before an attempt, and when to stop. Pure arithmetic: chance comes in as `unit`.
 *
 * Full jitter means `unit × min(cap, base × 2^exponent)` and nothing else
 * (Exponential Backoff And Jitter, AWS Architecture Blog).
 */
/** A platform's timer that is set for longer fires at once (2^31 ms, 24.8 days). */
export const LONGEST_TIMER_MS = 2_147_483_647;

export interface ReconnectPolicy {
  /** Dials in one outage before giving up. 0 turns reconnection off. */
  readonly maxAttempts: number;
  /** The first envelope; each further one is twice the last, up to `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
  /** `none` waits the whole envelope, so that a test can name the delay. */
  readonly jitter: 'full' | 'none';
  /**
   * Envelope of the first dial after a healthy spell. `null`: 250 ms under full jitter, because a healthy link
   * deserves an immediate try; the ordinary envelope without jitter.
   */
  readonly firstDelayMs: number | null;
  /** Once connected, go on beyond `maxAttempts` for at least this long: as long as retention can cover. */
  readonly persistMs: number;
  /** Whether a connection that never stood is tried again. One that is sent elsewhere is dialled once more in any case. */
  readonly retryInitialConnect: boolean;
  /**
   * For so long after the loss of a link that stood, waits do not grow: none before the first dial, then `pressEveryMs` at the
   * most, and half of it at the least. Only for services that keep the session and hold dials off by themselves. 0: never.
   */
  readonly pressForMs: number;
  readonly pressEveryMs: number;
  /** Whether the client's retry budget, ten failed dials, holds its dials back. It protects services that many share. */
  readonly isBudgeted: boolean;
  /** A time that the service names is spread by this much, up and down, so that those who were told the same do not come at once. */
  readonly hintSpreadRatio: number;
}

/** What only the connection chart asks for, beyond what a session can be given. */
export interface LinkPolicy extends ReconnectPolicy {
  /** Each envelope is so many times the last. Default 2. */
  readonly growthRatio?: number;
  /** A link that stood for so long was healthy, whether the server spoke or not. Default: the chart's own reckoning. */
  readonly healthyAfterMs?: number;
}

/** A provider's link: 1, 2, 4, 8, 16 s; five attempts, 31 s at the most. */
export const providerLinkPolicy: ReconnectPolicy = {
  maxAttempts: 5,
  baseMs: 1_000,
  capMs: 16_000,
  jitter: 'full',
  firstDelayMs: null,
  persistMs: 0,
  retryInitialConnect: false,
  pressForMs: 0,
  pressEveryMs: 500,
  isBudgeted: true,
  hintSpreadRatio: 0,
};

/**
 * Our gateway's or a peer's link. A session is kept there for 120 s after the gateway has missed its client, which takes it up
 * to 20 s, so it is tried for longer than both: every half second for 15 s, then 1, 2, 4, 8, 16, 30, 30 … s. No budget: the
 * gateway itself says when to come back (PROTOCOL.md, P16.4, P18.2).
 */
export const gatewayLinkPolicy: ReconnectPolicy = {
  ...providerLinkPolicy,
  maxAttempts: 10,
  capMs: 30_000,
  firstDelayMs: 0,
  persistMs: 150_000,
  pressForMs: 15_000,
  isBudgeted: false,
  hintSpreadRatio: 0.2,
};

export type PresetName = 'development' | 'production' | 'test';

export const presets = /* @__PURE__ */ presetsOf(providerLinkPolicy);

/** The same for links to who keeps the session. */
export const gatewayPresets = /* @__PURE__ */ presetsOf(gatewayLinkPolicy);

function presetsOf(policy: ReconnectPolicy): Readonly<Record<PresetName, ReconnectPolicy>> {
  return {
    /** Fails fast while you write code. */
    development: { ...policy, maxAttempts: 2, baseMs: 500, persistMs: 0 },
    production: policy,
    /** Fails at the first loss, so that a test sees it. */
    test: { ...policy, maxAttempts: 0 },
  };
}

const HEALTHY_FIRST_DELAY_MS = 250;

/** The longest wait before attempt number `attempt`, counted from 1. */
export function envelopeMs(attempt: number, policy: LinkPolicy): number {
  return Math.min(policy.capMs, policy.baseMs * (policy.growthRatio ?? 2) ** (attempt - 1));
}

/** The wait before attempt number `attempt`, counted from 1. `unit` is chance, in [0, 1). */
export function backoffDelayMs(
  attempt: number,
  policy: LinkPolicy,
  unit: number,
  wasHealthy: boolean,
): number {
  const envelope =
    attempt === 1 && wasHealthy ? firstEnvelopeMs(policy) : envelopeMs(attempt, policy);

  return policy.jitter === 'none' ? envelope : unit * envelope;
}

/** The wait before attempt number `attempt`, counted from 1, while nothing grows. */
export function pressDelayMs(attempt: number, policy: ReconnectPolicy, unit: number): number {
  if (attempt === 1) return 0;
  return policy.jitter === 'none' ? policy.pressEveryMs : (policy.pressEveryMs * (1 + unit)) / 2;
}

function firstEnvelopeMs(policy: LinkPolicy): number {
  if (policy.firstDelayMs !== null) return policy.firstDelayMs;

  return policy.jitter === 'full'
    ? Math.min(HEALTHY_FIRST_DELAY_MS, envelopeMs(1, policy))
    : envelopeMs(1, policy);
}
