/** Secrets that anybody who knows the seed can foretell: a simulation has no others. */
import type { Random } from '../ports/random.ts';
import type { Secrets } from '../ports/secrets.ts';

export function secretsOf(random: Random): Secrets {
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random.unit() * 256)),
  };
}
