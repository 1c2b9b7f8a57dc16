/** When silence means something: the arithmetic of the liveness chart. */
import { isRttKnown, learned, roundTripMs } from './liveness.rtt.ts';
import type {
  LinkMeasured,
  LivenessContext,
  LivenessInput,
  LivenessLimits,
  LivenessState,
} from './liveness.types.ts';

/** Silence before a probe goes out: short while audio flows, long while idle. */
const PROBE_WHEN_FLOWING_MS = 150;
const PROBE_WHEN_IDLE_MS = 5_000;

/**
 * The same, and silence before suspicion, of a peer that is known to answer at once and to speak every 170 ms while audio comes
 * in: before it is late, it is asked nothing.
 */
const PROBE_WHEN_PROMPT_MS = 190;
const SUSPECT_PROMPT_AT_LEAST_MS = 250;
/** Its event loop may be busy for so long, on top of the round trip. */
const BUSY_PROMPT_MS = 150;
/** It was late before it was asked. */
const PROMPT_PROBE_AGE_AT_LEAST_MS = 100;

/** A server that chatters is never quiet, and its round trip has to be known nevertheless: until it is, and then on. */
const LEARN_EVERY_MS = 400;
const LEARN_EVERY_WHEN_PROMPT_MS = 150;
const LEARN_AGAIN_EVERY_MS = 5_000;

/** While suspect, a further second socket is asked for this often. */
const HEDGE_AGAIN_MS = 1_000;

/** While audio flows there is a look this often, and at a prompt peer where it could find something. */
export const LOOK_FLOWING_MS = 100;
export const LOOK_PROMPT_MS = 50;

const SUSPECT_AT_LEAST_MS = 400;
const SUSPECT_AT_LEAST_IDLE_MS = 1_000;
const SUSPECT_AT_MOST_MS = 5_000;
const SUSPECT_AT_MOST_FLOWING_MS = 1_200;
const DEAD_AT_LEAST_MS = 6_000;
const DEAD_AT_MOST_MS = 15_000;

/** A probe that is younger was not given its time, however long it was quiet before. */
const PROBE_AGE_AT_LEAST_MS = 250;

/** So much of the quiet before a probe counts as silence: before that, nobody was asked to speak. */
const QUIET_COUNTED_MS = 250;

/**
 * A look that comes this late tells of us, not of the network. Where a service is given its time, a small part of that
 * is no excuse: on a busy machine its silence would begin anew every few seconds, and never be long enough.
 */
const BUSY_MS = 150;
const BUSY_RATIO = 0.1;

const BUSY_PEER_MS = 250;

export function initialContext(input: LivenessInput): LivenessContext {
  return {
    canProbe: input.canProbe,
    limits: input.limits ?? {},
    rtt: input.rtt ?? null,
    learnedAtMs: 0,
    aliveAtMs: 0,
    probedAtMs: 0,
    isChallenged: false,
    suspectedAtMs: 0,
    hedgedAtMs: 0,
  };
}

/** Probe time-out in the manner of RFC 9002, section 6.2.1, with 250 ms for a busy peer. */
function probeTimeoutMs({ rtt }: LivenessContext): number {
  return roundTripMs(rtt) + BUSY_PEER_MS;
}

/**
 * The same without the allowance, once a few round trips are known: a peer's stack answers a ping at once, and the RFC
 * allows for `max_ack_delay` only where acknowledgements are delayed. While idle the allowance stays, since radios that
 * slept are slow to wake.
 */
function promptTimeoutMs(context: LivenessContext): number {
  return isRttKnown(context) ? roundTripMs(context.rtt) : probeTimeoutMs(context);
}

/** Before its round trip is known it is given the time that everybody is. */
function isPromptPeer(context: LivenessContext): boolean {
  return context.limits.isPrompt === true && context.canProbe && isRttKnown(context);
}

/** The unanswered probe is old enough, and while audio flows the silence long enough, to try a second socket. */
export function isSuspicious(context: LivenessContext, look: LinkMeasured): boolean {
  if (isLate(look, context.limits)) return isSuspiciousThoughLate(context, look);
  // A late look before this one moved the last sign of life: the probe is given its time from there.
  const unansweredMs = look.atMs - Math.max(context.probedAtMs, context.aliveAtMs);
  const patienceMs = suspectAfterMs(context, look.isAudioFlowing);
  if (!context.canProbe || !look.isAudioFlowing) return unansweredMs >= patienceMs;

  const silentMs = look.atMs - Math.max(context.aliveAtMs, context.probedAtMs - QUIET_COUNTED_MS);
  return unansweredMs >= probeAgeMs(context) && silentMs >= patienceMs;
}

/**
 * Timers may be late for good, as those of a page in the background are, and then every look is excused. What came is heard
 * nevertheless: a link that was asked, looked at late, and still silent at the next late look has had its time.
 */
function isSuspiciousThoughLate(context: LivenessContext, look: LinkMeasured): boolean {
  const { isChallenged, probedAtMs, aliveAtMs } = context;
  const wasLookedAt = aliveAtMs > probedAtMs;
  return isChallenged && wasLookedAt && look.atMs - aliveAtMs >= suspectAfterMs(context, false);
}

/**
 * While audio flows, what is lost grows by the second: there suspicion comes within 2 s of the last sign of life
 * whatever the round-trip time was, since suspecting lets nothing go.
 */
export function suspectAfterMs(context: LivenessContext, isAudioFlowing: boolean): number {
  const { suspectAtLeastMs = 0 } = context.limits;
  if (!context.canProbe) return Math.max(suspectAtLeastMs, SUSPECT_AT_MOST_MS);
  if (isAudioFlowing && isPromptPeer(context)) {
    const promptMs = roundTripMs(context.rtt) + BUSY_PROMPT_MS;
    const atLeastMs = Math.max(suspectAtLeastMs, SUSPECT_PROMPT_AT_LEAST_MS);
    return clamp(promptMs, atLeastMs, Math.max(atLeastMs, SUSPECT_AT_MOST_FLOWING_MS));
  }
  const wantedMs = isAudioFlowing
    ? clamp(3 * promptTimeoutMs(context), SUSPECT_AT_LEAST_MS, SUSPECT_AT_MOST_FLOWING_MS)
    : clamp(3 * probeTimeoutMs(context), SUSPECT_AT_LEAST_IDLE_MS, SUSPECT_AT_MOST_MS);

  return Math.max(suspectAtLeastMs, wantedMs);
}

/** A far server is given one round trip at the least, or each of its answers would come too late. */
function probeAgeMs(context: LivenessContext): number {
  const atLeastMs = isPromptPeer(context) ? PROMPT_PROBE_AGE_AT_LEAST_MS : PROBE_AGE_AT_LEAST_MS;
  return clamp(promptTimeoutMs(context), atLeastMs, SUSPECT_AT_MOST_FLOWING_MS);
}

export function isDead(context: LivenessContext, look: LinkMeasured): boolean {
  return look.atMs - context.probedAtMs >= deadAfterMs(context);
}

/** Should the last second socket have failed. */
export function isTimeToHedgeAgain({ hedgedAtMs }: LivenessContext, look: LinkMeasured): boolean {
  return look.atMs - hedgedAtMs >= HEDGE_AGAIN_MS;
}

export function deadAfterMs(context: LivenessContext): number {
  const { deadAtLeastMs = 0 } = context.limits;
  const wantedMs = context.canProbe
    ? clamp(8 * probeTimeoutMs(context), DEAD_AT_LEAST_MS, DEAD_AT_MOST_MS)
    : DEAD_AT_MOST_MS;

  return Math.max(deadAtLeastMs, wantedMs);
}

export function afterLook(context: LivenessContext, look: LinkMeasured): Partial<LivenessContext> {
  const aliveAtMs = Math.max(context.aliveAtMs, look.lastInboundAtMs);
  const excusedAtMs = isLate(look, context.limits) ? look.atMs : aliveAtMs;

  return { ...learned(context, look), aliveAtMs: Math.max(aliveAtMs, excusedAtMs) };
}

/** Something came. At that very moment counts: it was quiet then, and clocks are coarse. */
export function hasSpoken(look: LinkMeasured, sinceMs: number): boolean {
  return look.lastInboundAtMs >= sinceMs;
}

/** We were asleep or busy, and could not have seen what came. */
export function isLate(
  { lateByMs }: LinkMeasured,
  { suspectAtLeastMs = 0 }: LivenessLimits,
): boolean {
  return lateByMs > Math.max(BUSY_MS, BUSY_RATIO * suspectAtLeastMs);
}

function isQuiet(
  { aliveAtMs, limits }: Pick<LivenessContext, 'aliveAtMs' | 'limits'>,
  look: LinkMeasured,
): boolean {
  const quietMs = look.atMs - Math.max(aliveAtMs, look.lastInboundAtMs);
  const whenFlowingMs = limits.isPrompt === true ? PROBE_WHEN_PROMPT_MS : PROBE_WHEN_FLOWING_MS;
  const limitMs = look.isAudioFlowing ? whenFlowingMs : PROBE_WHEN_IDLE_MS;

  return !isLate(look, limits) && quietMs >= limitMs;
}

/** The link is quiet, or it flows and its round trip was not measured lately. */
export function isToBeAsked(context: LivenessContext, look: LinkMeasured): boolean {
  if (isQuiet(context, look)) return true;
  if (!context.canProbe || !look.isAudioFlowing || isLate(look, context.limits)) return false;
  return look.atMs - context.probedAtMs >= learnEveryMs(context);
}

function learnEveryMs({ rtt, limits }: Pick<LivenessContext, 'rtt' | 'limits'>): number {
  if (isRttKnown({ rtt })) return LEARN_AGAIN_EVERY_MS;
  return limits.isPrompt === true ? LEARN_EVERY_WHEN_PROMPT_MS : LEARN_EVERY_MS;
}

/**
 * Whether such a look changes anything of a chart that stands so: otherwise it need not be told. What came while the chart is
 * `fresh` it learns from the next that does.
 */
export function isEventful(
  state: LivenessState,
  context: LivenessContext,
  look: LinkMeasured,
): boolean {
  if (state === 'dead') return false;
  if (isLate(look, context.limits)) return true;
  if (state === 'fresh') return !look.isAudioFlowing || isToBeAsked(context, look);
  if (look.lastInboundAtMs > context.aliveAtMs) return true;
  return state === 'probing'
    ? hasSpoken(look, context.probedAtMs) || isSuspicious(context, look)
    : hasSpoken(look, context.suspectedAtMs) ||
        isDead(context, look) ||
        isTimeToHedgeAgain(context, look);
}

/**
 * When to look again while audio flows: in time for silence to be noticed, and not for nothing.
 * @param askedAtMs since then a sign of life may be owed: before it is late, there is nothing to be seen.
 */
export function lookAgainInMs(
  { atMs, lastInboundAtMs }: Pick<LinkMeasured, 'atMs' | 'lastInboundAtMs'>,
  { isPrompt = false }: LivenessLimits = {},
  askedAtMs = 0,
): number {
  if (!isPrompt) return LOOK_FLOWING_MS;
  const overdueInMs = PROBE_WHEN_PROMPT_MS - (atMs - lastInboundAtMs);
  const lateInMs = askedAtMs + PROMPT_PROBE_AGE_AT_LEAST_MS - atMs;
  return Math.ceil(overdueInMs > 0 ? overdueInMs : Math.max(LOOK_PROMPT_MS, lateInMs));
}

/** Where nobody watches yet: whether to begin. */
export function isWorthWatching(look: LinkMeasured, limits: LivenessLimits = {}): boolean {
  const isToBeKnown = look.rttMs === null || limits.isPrompt === true; // its round trip says when it is late
  const isUnmeasured = look.isAudioFlowing && isToBeKnown && !isLate(look, limits);
  return isUnmeasured || isQuiet({ aliveAtMs: look.lastInboundAtMs, limits }, look);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
