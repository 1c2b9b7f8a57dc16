/** All mutants: the designs of others first. */
import { ATTACHING_MUTANTS } from './attaching.ts';
import { AUDIO_MUTANTS } from './audio.ts';
import { BOUND_MUTANTS } from './bounds.ts';
import { LIBRARIES } from './designs/libraries.ts';
import { SEED_DESIGNS } from './designs/seeds.ts';
import { DOWN_MUTANTS } from './down.ts';
import { LIFE_MUTANTS } from './lives.ts';
import { LINK_MUTANTS } from './links.ts';
import { LOAD_MUTANTS } from './loads.ts';
import { LOG_MUTANTS } from './log.ts';
import { RECORD_MUTANTS } from './records.ts';
import { SENDING_MUTANTS } from './sending.ts';
import { VOICE_MUTANTS } from './voice.ts';
import type { Mutant } from './mutant.types.ts';

export const MUTANTS: readonly Mutant[] = [
  ...SEED_DESIGNS,
  ...LIBRARIES,
  ...LOG_MUTANTS,
  ...RECORD_MUTANTS,
  ...ATTACHING_MUTANTS,
  ...DOWN_MUTANTS,
  ...AUDIO_MUTANTS,
  ...SENDING_MUTANTS,
  ...LINK_MUTANTS,
  ...BOUND_MUTANTS,
  ...LOAD_MUTANTS,
  ...LIFE_MUTANTS,
  ...VOICE_MUTANTS,
];

/** @throws Error where there is none of that name. */
export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant "${name}".`);
  return mutant;
}
