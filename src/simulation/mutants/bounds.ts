/** Errors in what is held, granted and given back. */
import type { Mutant } from './mutant.types.ts';
import { LONG_OUTAGE } from './parts.ts';

const expected = 'killed';
const world = 'gateways';

export const BOUND_MUTANTS: readonly Mutant[] = [
  {
    name: 'socket-left-open',
    says: 'A socket that is not used any more is not closed.',
    edits: [
      {
        file: 'src/session/link.ts',
        find: 'this.#stream.free(); this.#socket?.terminate();',
        replace: 'this.#stream.free();',
      },
    ],
    expected,
    by: ['I19'],
  },
  {
    name: 'timer-left-running',
    says: 'Who lets an attachment go leaves the timer of its acknowledgements running.',
    edits: [
      {
        file: 'src/gateway/acknowledging.ts',
        find: 'this.#isOver = true; if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);',
        replace: 'this.#isOver = true;',
      },
    ],
    expected: {
      equivalent: 'it fires within 170 ms, finds that all is over, and does nothing',
    },
    by: [],
    world,
  },
  {
    name: 'credit-ignored',
    says: 'The client sends on without credit.',
    edits: [
      {
        file: 'src/providers/gateway/stream.ts',
        find: 'return this.#sent < this.#maxSeq && this.#onTheWay.hasRoom;',
        replace: 'return true;',
      },
    ],
    expected,
    by: ['I8', 'I10'],
    world,
  },
  {
    name: 'credit-unlimited',
    says: 'Nobody keeps to the window: the client sends, and the gateway takes, whatever there is.',
    edits: [
      {
        file: 'src/providers/gateway/stream.ts',
        find: 'return this.#sent < this.#maxSeq && this.#onTheWay.hasRoom;',
        replace: 'return true;',
      },
      {
        file: 'src/gateway/attachment.ts',
        find: "const isBeyond = frame.type === 'data' && to > this.grantedSeq;",
        replace: 'const isBeyond = false;',
      },
      {
        file: 'src/gateway/session-log.ts',
        find: 'return this.#waitingUpBytes + upBytes <= HELD_WINDOWS * WINDOW_BYTES;',
        replace: 'return true;',
      },
    ],
    expected,
    by: ['I8'],
    world,
  },
  {
    name: 'credit-not-returned',
    says: 'What was granted once is all that there is.',
    edits: [
      {
        file: 'src/gateway/acknowledging.ts',
        find: 'this.#grantedSeq = this.#edge();',
        replace: 'if (this.#grantedSeq === 0) this.#grantedSeq = this.#edge();',
      },
    ],
    expected,
    by: ['I10'],
    world,
  },
  {
    name: 'window-not-freed',
    says: 'What was committed still counts as on its way.',
    edits: [
      {
        file: 'src/protocol/sent-window.ts',
        find: 'this.#bytes -= next.bytes;',
        replace: '',
      },
    ],
    expected,
    by: ['I10'],
    world,
  },
  {
    name: 'memory-not-given-back',
    says: 'What the client has acknowledged still counts as held for it.',
    edits: [
      {
        file: 'src/gateway/down-log.ts',
        find: 'this.#account.add(-frame.length); if (at < this.#sent)',
        replace: 'if (at < this.#sent)',
      },
    ],
    expected,
    by: ['I8', 'I10'],
    world,
  },
  {
    name: 'ring-without-end',
    says: 'What waits for its acknowledgement has no bound.',
    from: 'partysocket, socket.io, Mastra',
    edits: [
      {
        file: 'src/audio/ring-buffer.ts',
        find: 'while (this.#bytes + length > this.#capacityBytes && this.chunks >= this.#minChunks) {',
        replace: 'while (false) {',
      },
    ],
    expected,
    by: ['I8'],
    faults: LONG_OUTAGE,
  },
];
