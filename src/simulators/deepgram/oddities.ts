/** What a service may add to its messages at any time: fields and types that no client has heard of. */
import { systemRandom } from '../../ports/random.ts';
import type { Random } from '../../ports/random.ts';

const NEW_FIELD = '"x_new_field":{"nested":[1,null,"…"]}';

export interface Oddities {
  readonly random?: Random;
  /** Of all messages, how many get an unknown field, and how many have an unknown one before them. */
  readonly ratio: number;
}

export function withNewField(message: string, oddities: Oddities | undefined): string {
  return isOddTime(oddities) ? `${message.slice(0, -1)},${NEW_FIELD}}` : message;
}

export function isOddTime(oddities: Oddities | undefined): boolean {
  if (oddities === undefined || oddities.ratio === 0) return false;
  return (oddities.random ?? systemRandom).unit() < oddities.ratio;
}

export const NEW_TYPE = 'XNewType';
