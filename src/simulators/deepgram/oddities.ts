/** What a service may add to its messages at any time: fields and types that no client has heard of. */
import type { Random } from '../../ports/random.ts';

const NEW_FIELD = '"x_new_field":{"nested":[1,null,"…"]}';

export interface Oddities {
  readonly random: Random;
  /** Of all messages, how many get an unknown field, and how many have an unknown one before them. */
  readonly ratio: number;
}

export function withNewField(message: string, oddities: Oddities | undefined): string {
  if (oddities === undefined || oddities.random.unit() >= oddities.ratio) return message;
  return `${message.slice(0, -1)},${NEW_FIELD}}`;
}

export function isOddTime(oddities: Oddities | undefined): boolean {
  return oddities !== undefined && oddities.random.unit() < oddities.ratio;
}

export const NEW_TYPE = 'XNewType';
