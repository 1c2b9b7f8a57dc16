/** What the gateway's chart computes: total functions, so that no guard or action can throw. */
import type { GatewayContext, GatewayDrain, GatewayInput } from './gateway.types.ts';

/** Clients are asked in this part of a drain's time, so that the last one has some left. */
const ASKING_RATIO = 2 / 3;

/** How long after a failure the store is tried again. */
export const STORE_RETRY_MS = 1_000;

/** A store that was asked has as long to answer. */
export const STORE_ANSWER_MS = 5_000;

/** No longer sessions have to leave: what they accepted gets into the log, and applications say goodbye. */
export const STOP_MS = 5_000;

/** Between two groups of clients that are asked to go. */
export const ASK_EVERY_MS = 1_000;

export function initialGateway({ askRatioPerS }: GatewayInput): GatewayContext {
  return { askRatioPerS, drainMs: 0, endsAtMs: 0, stopMs: STOP_MS, unasked: 0, perSecond: 0 };
}

/**
 * One client a second at the least; with little time more than the ratio allows, so that everybody has some of it. All at
 * once where they cannot arrive anywhere yet.
 */
export function afterDrain(
  { askRatioPerS }: GatewayContext,
  { atMs, deadlineMs, stopMs, clients, isHandover }: GatewayDrain,
): Partial<GatewayContext> {
  const seconds = Math.max(1, Math.floor((deadlineMs * ASKING_RATIO) / ASK_EVERY_MS));
  const ratio = isHandover ? 1 : Math.max(askRatioPerS, 1 / seconds);
  return {
    drainMs: deadlineMs,
    endsAtMs: atMs + deadlineMs,
    stopMs: Math.min(stopMs, STOP_MS),
    unasked: clients,
    perSecond: Math.ceil(clients * ratio),
  };
}

/** How many are asked now. */
export function askedNow({ unasked, perSecond }: GatewayContext): number {
  return Math.min(unasked, Math.max(1, perSecond));
}
