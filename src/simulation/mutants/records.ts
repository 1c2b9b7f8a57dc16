/** Errors in what gets into a log, and in what is let go of. */
import type { Mutant } from './mutant.types.ts';
import { TAKES_UP_WITH_HOLES } from './parts.ts';

const expected = 'killed';
const world = 'gateways';

export const RECORD_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-up-dedupe',
    says: 'What is in the log already is taken once more.',
    edits: [
      {
        file: 'src/gateway/intake.ts',
        find: 'if (to <= up || session.isEnding || !session.isKept)',
        replace: 'if (session.isEnding || !session.isKept)',
      },
      {
        file: 'src/gateway/intake.ts',
        find: 'state.now.up = to;',
        replace: 'state.now.up = Math.max(up, to);',
      },
    ],
    expected,
    by: ['I1', 'I2'],
    world,
  },
  {
    name: 'up-holes-accepted',
    says: 'The gateway takes a frame though one before it is missing.',
    edits: TAKES_UP_WITH_HOLES,
    expected,
    by: ['I1'],
    world,
    faults: ['lostFrames'],
  },
  {
    name: 'checksum-ignored',
    says: 'A frame is believed whose checksum is wrong.',
    edits: [
      {
        file: 'src/protocol/data-frame.ts',
        find: 'if (crc32cAround(bytes, DATA_CRC_AT, bytes.length) !== u32At(bytes, DATA_CRC_AT)) {',
        replace: 'if (false) {',
      },
    ],
    expected,
    by: ['I2', 'I5'],
    world,
    faults: ['flippedBits'],
  },
  {
    name: 'purged-beyond-handled',
    says: 'Records are let go of that no application has handled.',
    edits: [
      {
        file: 'src/gateway/written-records.ts',
        find: 'up > done || down > downAcked',
        replace: 'down > downAcked',
      },
    ],
    expected,
    by: ['I6', 'I10'],
    world,
  },
  {
    name: 'purged-beyond-acknowledged',
    says: 'Records are let go of that the client may not have.',
    edits: [
      {
        file: 'src/gateway/written-records.ts',
        find: 'up > done || down > downAcked',
        replace: 'up > done',
      },
    ],
    expected,
    by: ['I5', 'I10'],
    world,
    faults: ['offlineCut', 'crashAll'],
  },
  {
    name: 'damaged-is-empty',
    says: 'A log whose newest record cannot be read is taken for one in which nothing stands.',
    edits: [
      {
        file: 'src/gateway/fencing.ts',
        find: 'if (record === null) throw unreadable(whyUnreadable(tail.bytes));',
        replace: 'if (record === null) return null;',
      },
    ],
    expected,
    by: ['I11'],
    world,
    faults: ['storeDamaged', 'crashAll'],
  },
];
