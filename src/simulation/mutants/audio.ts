/** Errors in what a client keeps, sends again, and tells of its audio and its messages. */
import type { Mutant } from './mutant.types.ts';
import {
  KEEPS_CURSOR,
  LONG_OUTAGE,
  LOSES_IN_FLIGHT,
  NAMES_NO_GAP,
  NEVER_GOES_BACK,
} from './parts.ts';

const retention = 'src/audio/retention.ts';
const keptRetention = 'src/audio/kept-retention.ts';
const messages = 'src/resumable-websocket/message-session.ts';
const expected = 'killed';
const world = 'gateways';

export const AUDIO_MUTANTS: readonly Mutant[] = [
  {
    name: 'removed-on-send',
    says: 'What was written to a socket is taken out of the ring.',
    from: 'Deepgram, OpenAI, reconnecting-websocket',
    edits: LOSES_IN_FLIGHT,
    expected,
    by: ['I3', 'I6', 'I10'],
  },
  {
    name: 'resumed-from-sent',
    says: 'A new connection goes on where the last one stood; the gateway is told that the rest is a gap.',
    edits: [KEEPS_CURSOR],
    expected,
    by: ['I3', 'I4'],
    world,
  },
  {
    name: 'provider-from-sent',
    says: 'A new connection to a service goes on where the last one stood.',
    edits: [KEEPS_CURSOR],
    expected,
    by: ['I6', 'I10'],
    world: 'services',
  },
  {
    name: 'no-refill',
    says: 'What was acknowledged once is not sent again, though the store has lost it.',
    edits: [
      NEVER_GOES_BACK,
      {
        file: messages,
        find: 'const next = outbox.reopen(through);',
        replace: 'const next = outbox.settled;',
      },
    ],
    expected,
    by: ['I3', 'I5'],
    world,
    faults: ['storeTailLost'],
  },
  {
    name: 'acknowledged-let-go',
    says: 'What was acknowledged is let go of at once; if the store loses it, it is a gap.',
    edits: [
      {
        file: keptRetention,
        find: 'keepsSettled = true;',
        replace: 'keepsSettled = false;',
      },
    ],
    expected,
    by: ['I3'],
    world,
    faults: ['storeTailLost'],
  },
  {
    name: 'silent-overflow',
    says: 'Audio that a full ring gave up is told to nobody.',
    edits: [
      {
        file: retention,
        find: 'this.gaps.add({ from, to, chunks, reason });',
        replace: '',
      },
    ],
    expected,
    by: ['I3', 'I9'],
    faults: LONG_OUTAGE,
  },
  {
    name: 'overflow-delivered',
    says: 'Audio that a full ring gave up counts as delivered.',
    edits: [
      {
        file: retention,
        find: "this.#book(head.through, 1, isLost ? 'ringOverflow' : gapReason);",
        replace: 'this.#book(head.through, 1, isLost ? null : gapReason);',
      },
      {
        file: retention,
        find: "this.#book(through, 1, 'ringOverflow');",
        replace: 'this.#book(through, 1, null);',
      },
    ],
    expected,
    by: ['I6'],
    world: 'services',
  },
  {
    name: 'gap-not-named',
    says: 'The gateway is not told of audio that will never come.',
    edits: [NAMES_NO_GAP],
    expected,
    by: ['I2', 'I4', 'I6'],
    world,
    faults: LONG_OUTAGE,
  },
  {
    name: 'gap-comes-back',
    says: 'Audio that was reported as a gap is sent all the same.',
    edits: [
      {
        file: keptRetention,
        find: 'this.#told.at(-1)?.to ?? 0);',
        replace: '0);',
      },
      {
        file: keptRetention,
        find: 'for (const gap of this.#told) {',
        replace: 'for (const gap of []) {',
      },
    ],
    expected,
    by: ['I4', 'I9'],
    world,
    faults: [
      ...LONG_OUTAGE,
      { kind: 'storeTailLost', atMs: 132_000, much: 12 },
      { kind: 'storeTailLost', atMs: 133_000, much: 12 },
    ],
  },
  {
    name: 'taken-back-twice-counted',
    says: 'What the store has lost, and is sent again, counts as delivered twice.',
    edits: [
      {
        file: 'src/audio/ledger.ts',
        find: 'this.#delivered -= this.#settledThrough - position;',
        replace: '',
      },
    ],
    expected,
    by: ['I9'],
    world,
    faults: ['storeTailLost'],
  },
  {
    name: 'replay-counted',
    says: 'What is sent again counts as delivered once more.',
    edits: [
      {
        file: 'src/audio/ledger.ts',
        find: 'capture(bytes, chunks = 1) {',
        replace: 'again(bytes) { this.#delivered += bytes; } capture(bytes, chunks = 1) {',
      },
      {
        file: 'src/audio/cursor.ts',
        find: 'this.#ledger.replayedBytes += bytes;',
        replace: 'this.#ledger.replayedBytes += bytes; this.#ledger.again(bytes);',
      },
    ],
    expected,
    by: ['I9'],
  },
];
