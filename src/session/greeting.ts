/**
 * How long the answer to a greeting is waited for. The service may take long over it, but its stack answers a ping at once:
 * where not even that comes, the path has swallowed both, and another socket is worth more than patience (PROTOCOL.md, P2.4).
 */

const LEAST_MS = 1_000;
/** Of several dials beside each other none has had more. */
const LONGEST_RACED_MS = 2_000;

export interface Greeting {
  readonly madeAtMs: number;
  readonly openedAtMs: number;
  /** It was dialled several times over: how long the one that opened took is not known. */
  readonly isRaced: boolean;
}

/** A dial took two round trips or more, an answered ping takes one. @returns when no answer to the ping says enough. */
export function swallowedAtMs({ madeAtMs, openedAtMs, isRaced }: Greeting): number {
  const dialMs = openedAtMs - madeAtMs;
  return openedAtMs + Math.max(LEAST_MS, isRaced ? Math.min(dialMs, LONGEST_RACED_MS) : dialMs);
}
