/** What a mutant is: an error, or another design, written into the code that ships, for a checker to find. */
import type { Fault, InvariantId, WorldKind } from '../simulation.types.ts';

/** One place of the compiled code. */
export interface MutantEdit {
  /** Its source: `src/gateway/intake.ts`. */
  readonly file: string;
  /** What stands there, exactly once, without types; one space stands for any white space. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** One sentence: what it does. */
  readonly says: string;
  /** Whose design it is: `socket.io`. Left out: nobody's, an error that is easily made. */
  readonly from?: string;
  readonly edits: readonly MutantEdit[];
  /** Equivalent: why no invariant can tell it from what it was made of. */
  readonly expected: 'killed' | { readonly equivalent: string };
  /** Those that should find it. */
  readonly by: readonly InvariantId[];
  /** Default: either. */
  readonly world?: WorldKind;
  /** What has to befall a world for anything of it to be seen: a few of each kind, where the seed has none; and these very ones. */
  readonly faults?: readonly (string | Fault)[];
}
