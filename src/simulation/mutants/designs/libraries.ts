/** How sockets that reconnect by themselves do it, as their releases were read and measured. */
import type { Mutant } from '../mutant.types.ts';
import {
  BEGINS_ANEW,
  DISCARDS_WHILE_DOWN,
  gatewayPolicyOf,
  HAS_NO_HEARTBEAT,
  heartbeatOf,
  LOSES_IN_FLIGHT,
  NAMES_NO_GAP,
  TAKES_UP_WITH_HOLES,
  TELLS_NO_LOST_SESSION,
} from '../parts.ts';

const uplink = 'src/audio/uplink.ts';
const expected = 'killed';
const world = 'gateways';

/** There is no other end that would know what is missing. */
const NOBODY_COUNTS = [NAMES_NO_GAP, ...TAKES_UP_WITH_HOLES];

export const LIBRARIES: readonly Mutant[] = [
  {
    name: 'partysocket',
    says: 'A queue without a bound while it is down; what was written to a socket that has died in silence is not written again, and nobody notices that it has.',
    from: 'partysocket 1.3.0',
    edits: [
      ...LOSES_IN_FLIGHT,
      ...NOBODY_COUNTS,
      ...HAS_NO_HEARTBEAT,
      gatewayPolicyOf('maxAttempts: 10_000, baseMs: 3_000, capMs: 10_000'),
      {
        file: 'src/audio/retention.ts',
        find: 'capacityBytes: options.capacityBytes, retentionBytes: Math.ceil((retentionMs * options.bytesPerSecond) / 1_000),',
        replace: 'capacityBytes: Infinity, retentionBytes: Infinity,',
      },
      {
        file: 'src/audio/kept-retention.ts',
        find: 'keepsSettled = true;',
        replace: 'keepsSettled = false;',
      },
    ],
    expected,
    by: ['I1', 'I3', 'I8', 'I10'],
    world,
  },
  {
    name: 'socket.io',
    says: 'Notices silence after 45 s; what comes from the server is recovered, what went to it is not.',
    from: 'socket.io 4.8',
    edits: [...LOSES_IN_FLIGHT, ...NOBODY_COUNTS, ...heartbeatOf('45_000')],
    expected,
    by: ['I1', 'I3'],
    world,
  },
  {
    name: 'livekit-trim-by-buffered-amount',
    says: 'What has left the queue of the socket is let go of, as if it had arrived.',
    from: 'LiveKit (ReliableDataChannel)',
    edits: [
      {
        file: uplink,
        find: 'if (target.bufferedBytes > HIGH_WATER_BYTES || this.#spool?.isHolding === true) return false;',
        replace: `const trimmed = this.#cursor.position - target.bufferedBytes;
    if (trimmed > this.ledger.settledThrough) this.#retention.settle(trimmed, null);
    if (target.bufferedBytes > HIGH_WATER_BYTES || this.#spool?.isHolding === true) return false;`,
      },
      {
        file: uplink,
        find: 'else this.#retention.reopen(position);',
        replace: 'else { }',
      },
      ...NOBODY_COUNTS,
      ...heartbeatOf('15_000'),
    ],
    expected,
    by: ['I1', 'I3'],
    world,
  },
  {
    name: 'openai-sdk-recovery',
    says: 'Five attempts for the life of the connection, each to a new session, no heartbeat; while it is down what comes in is discarded.',
    from: 'openai 7.55',
    edits: [
      ...LOSES_IN_FLIGHT,
      DISCARDS_WHILE_DOWN,
      NAMES_NO_GAP,
      BEGINS_ANEW,
      TELLS_NO_LOST_SESSION,
      ...HAS_NO_HEARTBEAT,
      gatewayPolicyOf('maxAttempts: 5, baseMs: 500, capMs: 8_000, firstDelayMs: null'),
      {
        file: 'machines/connection.rules.ts',
        find: 'return isHealthyAt(context, loss.aliveAtMs ?? loss.atMs) ? 0 : context.attempts;',
        replace: 'return context.attempts;',
      },
      {
        file: 'machines/connection.setup.ts',
        find: 'noteProgress: assign({ attempts: 0, unhealthySinceMs: null, credentialRefreshed: false }),',
        replace: 'noteProgress: assign({ unhealthySinceMs: null, credentialRefreshed: false }),',
      },
    ],
    expected,
    by: ['I3', 'I10', 'I11'],
    world,
  },
  {
    name: 'deepgram-sdk',
    says: 'After one dial that failed it never tries again, and bringing audio throws.',
    from: '@deepgram/sdk 5.13.0',
    edits: [
      ...LOSES_IN_FLIGHT,
      ...HAS_NO_HEARTBEAT,
      {
        file: 'machines/connection.loss.ts',
        find: 'const remedy = remedyFor(loss.failure);',
        replace: `if (context.hasBeenConnected && context.connectedAtMs === null) return 'error';
    const remedy = remedyFor(loss.failure);`,
      },
      {
        file: uplink,
        find: 'const neededSeq = this.#gate === null',
        replace: `if (this.#gate === null && this.#hasSent) throw new Error('Socket is not open.');
    const neededSeq = this.#gate === null`,
      },
    ],
    expected,
    by: ['I10', 'I14', 'I19'],
    world,
  },
  {
    name: 'nats-core',
    says: 'What was buffered while it was down is thrown away at each dial.',
    from: 'nats.js core',
    edits: [
      ...LOSES_IN_FLIGHT,
      ...NOBODY_COUNTS,
      {
        file: uplink,
        find: 'this.#cursor.rewind();',
        replace: 'this.#retention.settle(this.ring.endPosition, null); this.#cursor.rewind();',
      },
    ],
    expected,
    by: ['I1', 'I3'],
    world,
  },
  {
    name: 'pipecat-websocket-service',
    says: 'Three attempts after 4 s each, and what is said until one succeeds is dropped.',
    from: 'pipecat',
    edits: [
      ...LOSES_IN_FLIGHT,
      DISCARDS_WHILE_DOWN,
      ...NOBODY_COUNTS,
      ...HAS_NO_HEARTBEAT,
      gatewayPolicyOf(
        "maxAttempts: 3, baseMs: 4_000, capMs: 4_000, firstDelayMs: null, jitter: 'none'",
      ),
    ],
    expected,
    by: ['I1', 'I3', 'I10'],
    world,
  },
  {
    name: 'centrifuge-publish',
    says: 'The stream from the server goes on from its offset; what was published to it is neither kept nor sent again.',
    from: 'centrifuge-js',
    edits: [...LOSES_IN_FLIGHT, DISCARDS_WHILE_DOWN, ...NOBODY_COUNTS, ...heartbeatOf('35_000')],
    expected,
    by: ['I1', 'I3'],
    world,
  },
];
