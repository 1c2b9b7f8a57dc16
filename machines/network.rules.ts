/** What to believe of the network: total functions of context and fact, so that no guard or action can throw. */
import type {
  NetworkContext,
  NetworkFact,
  NetworkJudgement,
  NetworkSignalled,
} from './network.types.ts';

/** How long one source's `offline` has to stand without a byte until it is believed. */
export const OFFLINE_HYSTERESIS_MS = 2_000;

/** How long nothing that is said against a network that just came back is believed: so long it may flap. */
export const RETURN_HYSTERESIS_MS = 2_000;

/** A single source that says offline for this long may be wrong: a dial is the best test. */
export const TRIAL_INTERVAL_MS = 30_000;

/** Attempts count anew at most this often. */
export const RESET_INTERVAL_MS = 5_000;

/** A byte that comes this soon after an `offline` was on its way before it, and proves nothing. */
const STRAGGLER_MS = 500;

export const initialContext: NetworkContext = {
  offlineSources: [],
  saidAtMs: 0,
  dueAtMs: 0,
  resetAtMs: null,
};

/** A fact has its own moment; what a timer brings about happens when the timer was due. */
export function momentOf(context: NetworkContext, event: Partial<Pick<NetworkFact, 'atMs'>>) {
  return event.atMs ?? context.dueAtMs;
}

/** With this word, two sources say offline. */
export function isAgreed({ offlineSources }: NetworkContext, fact: NetworkFact): boolean {
  if (fact.type !== 'network.signalled' || fact.says !== 'offline') return false;
  return offlineSources.some((source) => source !== fact.source);
}

/** Everybody who said offline says online now. */
export function isTakenBack({ offlineSources }: NetworkContext, fact: NetworkFact): boolean {
  if (fact.type !== 'network.signalled' || fact.says !== 'online') return false;
  return offlineSources.every((source) => source === fact.source);
}

export function isProof({ saidAtMs }: NetworkContext, fact: NetworkFact): boolean {
  return fact.type === 'traffic.seen' && fact.atMs - saidAtMs >= STRAGGLER_MS;
}

export function says(fact: NetworkFact, word: NetworkSignalled['says']): boolean {
  return fact.type === 'network.signalled' && fact.says === word;
}

export function afterWord(context: NetworkContext, fact: NetworkFact): Partial<NetworkContext> {
  if (fact.type !== 'network.signalled') return {};
  const others = context.offlineSources.filter((source) => source !== fact.source);
  if (fact.says === 'online') return { offlineSources: others };

  return { offlineSources: [...others, fact.source], saidAtMs: fact.atMs };
}

export function restoredJudgement(
  { resetAtMs }: NetworkContext,
  atMs: number,
): Extract<NetworkJudgement, { type: 'network.restored' }> {
  const resetsAttempts = resetAtMs === null || atMs - resetAtMs >= RESET_INTERVAL_MS;
  return { type: 'network.restored', atMs, resetsAttempts };
}
