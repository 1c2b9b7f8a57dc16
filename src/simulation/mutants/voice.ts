/** Errors of a voice agent: in what it thinks, what it says of it, and what it stops. */
import type { Mutant } from './mutant.types.ts';
import type { Fault } from '../simulation.types.ts';

const dialogue = 'src/voice/dialogue.ts';
const expected = 'killed';
const world = 'services';

/** Some of them fall on an answer of several sentences; wherever the model stands among the services. */
const BROKEN_ANSWERS: readonly Fault[] = [30_000, 60_000, 90_000, 120_000].flatMap((atMs) =>
  [1, 2, 3].map((on) => ({ kind: 'brokenAnswers', atMs, on, much: 4 })),
);

export const VOICE_MUTANTS: readonly Mutant[] = [
  {
    name: 'answer-begun-anew',
    says: 'An answer that broke off is said again from its beginning.',
    edits: [
      {
        file: 'src/voice/answer.ts',
        find: 'this.#repeated = 0;',
        replace: 'this.#repeated = null;',
      },
    ],
    expected,
    by: ['I5'],
    world,
    faults: BROKEN_ANSWERS,
  },
  {
    name: 'interrupted-sounds-on',
    says: 'What the user interrupts is said to its end.',
    edits: [
      {
        file: dialogue,
        find: 'const id = this.#utterances.soundingId; voice.stop();',
        replace: 'const id = this.#utterances.soundingId;',
      },
      {
        file: 'src/voice/utterances.ts',
        find: 'this.forget(); return cut;',
        replace: 'return cut;',
      },
    ],
    expected,
    by: ['I5'],
    world,
  },
  {
    name: 'answer-without-end',
    says: 'That an answer was stopped is told to nobody.',
    edits: [
      {
        file: dialogue,
        find: "tell({ type: 'reply.ended', status: 'interrupted' });",
        replace: '',
      },
    ],
    expected,
    by: ['I5'],
    world,
  },
];
