/** What nobody knows, at random, for as long as it is asked for: the same for every stand-in. */
import { ratio } from './parameters.ts';
import { rowsOf } from './table.ts';
import type { FaultRow } from './table.ts';

interface UnknownFields<Target> {
  /** What comes along, such as `fields, and messages of types, that nobody knows`. */
  readonly what: string;
  /** With what, in the plural. */
  readonly among: string;
  readonly set: (target: Target, ratio: number) => void;
}

export function unknownFields<Target>({
  what,
  among,
  set,
}: UnknownFields<Target>): FaultRow<Target> {
  return rowsOf<Target>()({
    name: 'unknown-fields',
    what: `${what}, at random; 0 ends it`,
    befalls: 'lasting',
    parameters: { ratio: ratio(`of all ${among}, how many`, 0.5) },
    told: (values) => `${values.ratio * 100}% of the ${among} have unknown company`,
    strike: (target, values) => {
      set(target, values.ratio);
      return 0;
    },
  });
}
