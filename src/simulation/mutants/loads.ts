/** Errors that show where much is said, between other things, by two at once, or to whom it does not fit. */
import type { Mutant } from './mutant.types.ts';

const expected = 'killed';
const world = 'gateways';

export const LOAD_MUTANTS: readonly Mutant[] = [
  {
    name: 'events-unnumbered',
    says: 'What an application says between finals goes to the client that is there, or nowhere.',
    edits: [
      {
        file: 'src/gateway/app-voice.ts',
        find: "if (!this.#isShut) this.#say('json', bytesOf(event));",
        replace: 'if (!this.#isShut) this.#parts.down.hint(event);',
      },
    ],
    expected,
    by: ['I5'],
    world,
  },
  {
    name: 'rivals-forgotten',
    says: 'How often clients take a session from each other is not written down: each gateway asked for it begins to count.',
    edits: [
      {
        file: 'src/gateway/takeover.ts',
        find: 'const takenAtMs = takenAtMsFor(card, inst, nowMs);',
        replace: 'const takenAtMs = [];',
      },
    ],
    expected,
    by: ['I12'],
    world,
    faults: ['secondTab'],
  },
  {
    name: 'refusal-untold',
    says: 'A message for which there is no room is not taken, and no loss is told.',
    edits: [
      {
        file: 'src/resumable-websocket/socket-core.ts',
        find: 'this.onLoss({ reason, messages: 1, bytes: message.bytes, isCertain: true });',
        replace: '',
      },
    ],
    expected,
    by: ['I3'],
    world,
    faults: ['offlineCut'],
  },
  {
    name: 'outbox-unbounded',
    says: 'Messages are taken as long as they come.',
    from: 'partysocket 1.3.0',
    edits: [
      {
        file: 'src/resumable-websocket/socket-core.ts',
        find: ' && outbox.bytes + bytes <= maxBufferedBytes;',
        replace: ';',
      },
    ],
    expected,
    by: ['I8'],
    world,
    faults: ['offlineCut'],
  },
];
