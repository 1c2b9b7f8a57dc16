/** Edits that several mutants have in common. */
import type { MutantEdit } from './mutant.types.ts';
import type { Fault } from '../simulation.types.ts';

const MOST_CLIENTS = 4;

/** All clients at once. */
export function befall(kind: string, atMs: number, forMs?: number): readonly Fault[] {
  return Array.from({ length: MOST_CLIENTS }, (_, on) => ({
    ...{ kind, atMs, on },
    ...(forMs === undefined ? {} : { forMs }),
  }));
}

/** Longer than a short ring lasts, and not than any grace. */
export const LONG_OUTAGE = befall('offlineCut', 20_000, 110_000);

const uplink = 'src/audio/uplink.ts';

/** What a socket took counts as delivered. */
const SETTLES_ON_SEND: MutantEdit = {
  file: uplink,
  find: 'this.#cursor.advance(bytes.length);',
  replace:
    'this.#cursor.advance(bytes.length); this.#retention.settle(this.#cursor.position, null);',
};

/** What the other end says that it has not is not sent again. */
export const NEVER_GOES_BACK: MutantEdit = {
  file: uplink,
  find: 'else this.#retention.reopen(position);',
  replace: 'else { }',
};

/** A new connection goes on where the one before it stood. */
export const KEEPS_CURSOR: MutantEdit = {
  file: uplink,
  find: 'this.#cursor.rewind();',
  replace: 'this.#cursor.passEvicted();',
};

/** What was sent to a socket that died is lost, and nobody knows. */
export const LOSES_IN_FLIGHT: readonly MutantEdit[] = [SETTLES_ON_SEND, NEVER_GOES_BACK];

/** What comes in while there is no connection is thrown away. */
export const DISCARDS_WHILE_DOWN: MutantEdit = {
  file: uplink,
  find: 'const isEvicting = this.ring.firstSeq > neededSeq;',
  replace: `if (this.#gate === null) this.#retention.settle(this.ring.endPosition, null);
    const isEvicting = this.ring.firstSeq > neededSeq;`,
};

/** Of what comes in while there is no connection the newest 100 chunks are kept. */
export const KEEPS_100_WHILE_DOWN: MutantEdit = {
  file: uplink,
  find: 'const isEvicting = this.ring.firstSeq > neededSeq;',
  replace: `while (this.#gate === null && this.bufferedChunks > 100) {
      const oldest = this.#retention.unsettledSeq;
      this.#retention.settle(this.ring.positionOf(oldest) + this.ring.lengthOf(oldest), null);
    }
    const isEvicting = this.ring.firstSeq > neededSeq;`,
};

/** A backlog goes out by one chunk every 10 ms. */
export const FLUSHES_EVERY_10_MS: MutantEdit = {
  file: uplink,
  find: 'while (this.#gate !== null && !this.#cursor.isAtWriter) {',
  replace: `let flushed = 0;
    while (this.#gate !== null && !this.#cursor.isAtWriter) {
      if (flushed++ > 0) { this.#schedule(10); return; }`,
};

/** The other end is not told what will never come. */
export const NAMES_NO_GAP: MutantEdit = {
  file: 'src/providers/gateway/stream.ts',
  find: 'const lost = this.#custody.numbers.lose(this.#sent, sample);',
  replace: 'const lost = null;',
};

/** The gateway takes what comes, whatever is missing before it. */
export const TAKES_UP_WITH_HOLES: readonly MutantEdit[] = [
  {
    file: 'src/gateway/intake.ts',
    find: 'if (from > up + 1 || session.isNearItsEnd)',
    replace: 'if (session.isNearItsEnd)',
  },
  {
    file: 'src/gateway/attachment.ts',
    find: 'if (frame.lastSent > session.standing.up && !session.isEnding)',
    replace: 'if (false)',
  },
];

/** Each connection is another session, with the same configuration. */
export const BEGINS_ANEW: MutantEdit = {
  file: 'src/providers/gateway/claim.ts',
  find: "const isResuming = 'sid' in identity;",
  replace: 'const isResuming = false;',
};

/** That a session was lost is told to nobody. */
export const TELLS_NO_LOST_SESSION: MutantEdit = {
  file: 'src/providers/gateway/stream.ts',
  find: 'if (resumed || custody.epoch === 0 || epoch <= custody.epoch) return [];',
  replace: 'return [];',
};

/** The client asks for no sign of life, and misses none. */
export const HAS_NO_HEARTBEAT: readonly MutantEdit[] = heartbeatOf('Infinity');

/** A connection counts as dead after so long a silence, and is not suspected before. */
export function heartbeatOf(deadAfterMs: string): readonly MutantEdit[] {
  const file = 'machines/liveness.rules.ts';
  return [
    {
      file,
      find: 'export function isSuspicious(context, look) {',
      replace: 'export function isSuspicious(context, look) { return false;',
    },
    {
      file,
      find: 'export function deadAfterMs(context) {',
      replace: `export function deadAfterMs(context) { return ${deadAfterMs};`,
    },
  ];
}

/** @param fields of `gatewayLinkPolicy`, instead of ours. */
export function gatewayPolicyOf(fields: string): MutantEdit {
  return {
    file: 'machines/backoff.ts',
    find: 'persistMs: 150_000, pressForMs: 15_000, isBudgeted: false,',
    replace: `persistMs: 0, pressForMs: 0, isBudgeted: false, ${fields},`,
  };
}
