/** Errors that show when a client is killed and comes back with its spool. */
import type { Mutant } from './mutant.types.ts';

const expected = 'killed';
const world = 'gateways';

export const LIFE_MUTANTS: readonly Mutant[] = [
  {
    name: 'spool-trimmed-on-send',
    says: 'A spool lets go of what was sent, delivered or not.',
    edits: [
      {
        file: 'src/audio/keeping.ts',
        find: 'return Math.max(isOver, ring.startPosition);',
        replace: 'return Math.max(isOver, this.#cursor.furthest, ring.startPosition);',
      },
    ],
    expected,
    by: ['I3', 'I21'],
    world,
    faults: ['clientRestart', 'offline'],
  },
  {
    name: 'lease-not-stored',
    says: 'A spool has the audio, and not what opens the session at its gateway.',
    edits: [
      {
        file: 'src/spool/shared-facts.ts',
        find: 'return Object.fromEntries([...this.#saved, ...kept]);',
        replace: 'return Object.fromEntries([...this.#saved, ...kept].slice(0, 0));',
      },
    ],
    expected,
    by: ['I3', 'I11'],
    world,
    faults: ['clientRestart'],
  },
];
