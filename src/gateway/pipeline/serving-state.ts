/**
 * Whether anybody hears, as a client is to be told it (P23.6): a function of facts and of their time, with each deadline in its state.
 * A service that lets in and hangs up is not one that hears: who was away is back once it shows it.
 */
import { HEALTHY_AFTER_MS } from '../../../machines/connection.rules.ts';
import type { DegradedMode, Faculty } from '../../../machines/orchestrator.types.ts';

/** A break that its first redial mends, 1 s later at the latest, is told to nobody: the audio of it is heard at once. */
const AWAY_AFTER_MS = 1_500;

export interface Served {
  readonly provider: string | null;
  readonly mode: DegradedMode | null;
  readonly missing: readonly Faculty[];
}

export interface ServingState {
  /** Who serves, or served last, and how. */
  readonly served: Served;
  /** `lost`: not for long enough to be told. `returns`: it lets in, and has shown nothing yet. */
  readonly reach: 'lost' | 'serves' | 'away' | 'returns';
  /** When time alone makes `lost` to `away`, or `returns` to `serves`. */
  readonly decidedAtMs: number | null;
}

export type ServingFact =
  /** A link to this one stands. */
  | { readonly type: 'reached'; readonly provider: string }
  /** A result, or another sign that the audio was heard. */
  | { readonly type: 'heard' }
  | { readonly type: 'lost' }
  /** Nobody will be there soon. */
  | { readonly type: 'gone' }
  | {
      readonly type: 'changed';
      readonly mode: DegradedMode | null;
      readonly missing: readonly Faculty[];
    }
  | { readonly type: 'ended' }
  /** Time passed. */
  | { readonly type: 'swept' };

export const NOBODY_YET: ServingState = {
  served: { provider: null, mode: null, missing: [] },
  reach: 'lost',
  decidedAtMs: null,
};

const RECORD_ONLY: Served = { provider: null, mode: 'recordOnly', missing: ['hearing'] };

export function afterFact(before: ServingState, fact: ServingFact, atMs: number): ServingState {
  const state = afterTime(before, atMs);
  const { served, reach, decidedAtMs } = state;
  switch (fact.type) {
    case 'reached':
      return afterReached(state, fact.provider, atMs);
    case 'heard':
      return reach === 'returns' ? { served, reach: 'serves', decidedAtMs: null } : state;
    case 'lost':
      if (reach === 'away' || (reach === 'lost' && decidedAtMs !== null)) return state;
      return reach === 'returns'
        ? away(served)
        : { served, reach: 'lost', decidedAtMs: atMs + AWAY_AFTER_MS };
    case 'gone':
      return away(served);
    case 'changed':
      return { ...state, served: { ...served, mode: fact.mode, missing: fact.missing } };
    case 'ended':
      return { ...state, decidedAtMs: null };
    case 'swept':
      return state;
  }
}

/** What a client is to know; null: what it knows stands. */
export function tellingOf({ served, reach }: ServingState): Served | null {
  if (reach === 'lost') return null;
  return reach === 'serves' ? served : RECORD_ONLY;
}

function afterReached(state: ServingState, provider: string, atMs: number): ServingState {
  const { reach } = state;
  const served = { ...state.served, provider };
  if (reach === 'lost' || reach === 'serves') return { served, reach: 'serves', decidedAtMs: null };
  if (reach === 'returns' && provider === state.served.provider) return state;
  return { served, reach: 'returns', decidedAtMs: atMs + HEALTHY_AFTER_MS };
}

function afterTime(state: ServingState, atMs: number): ServingState {
  const { served, reach, decidedAtMs } = state;
  if (decidedAtMs === null || atMs < decidedAtMs) return state;
  return reach === 'lost' ? away(served) : { served, reach: 'serves', decidedAtMs: null };
}

function away(served: Served): ServingState {
  return { served, reach: 'away', decidedAtMs: null };
}
