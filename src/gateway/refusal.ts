/** Why a client is not let in: a code of the closed list, and nothing that it said. */
import type { RefusedFrame } from '../protocol/types.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';

type Facts = Partial<Omit<RefusedFrame, 'type' | 'code' | 'reason'>>;

export interface Refusal extends Omit<RefusedFrame, 'type'> {
  readonly kind: 'refused';
}

export function refuse(why: keyof typeof CLOSE, facts: Facts = {}): Refusal {
  const code = CLOSE[why];
  return { kind: 'refused', code, reason: reasonOf(code), ...facts };
}
