/** The designs that this project grew out of, as they describe themselves. */
import type { Mutant } from '../mutant.types.ts';
import {
  BEGINS_ANEW,
  DISCARDS_WHILE_DOWN,
  FLUSHES_EVERY_10_MS,
  gatewayPolicyOf,
  HAS_NO_HEARTBEAT,
  heartbeatOf,
  KEEPS_100_WHILE_DOWN,
  KEEPS_CURSOR,
  LOSES_IN_FLIGHT,
  NAMES_NO_GAP,
  TAKES_UP_WITH_HOLES,
  TELLS_NO_LOST_SESSION,
} from '../parts.ts';

const from = 'seed design';

/** 1, 2, 4, 8, 16 s, to the millisecond, and no sixth time. */
const FIVE_ATTEMPTS = gatewayPolicyOf(
  "maxAttempts: 5, capMs: 16_000, firstDelayMs: null, jitter: 'none'",
);

/** 1, 2, 4, 8, 16, 30, 30 … s, to the millisecond. */
const TEN_ATTEMPTS = gatewayPolicyOf("maxAttempts: 10, firstDelayMs: null, jitter: 'none'");

export const SEED_DESIGNS: readonly Mutant[] = [
  {
    name: 'seed-realtime-providers',
    says: 'Reconnects five times after 1, 2, 4, 8 and 16 s, each time to a new session with the old configuration; what is said meanwhile, and what was in flight, is lost.',
    from,
    edits: [
      ...LOSES_IN_FLIGHT,
      DISCARDS_WHILE_DOWN,
      NAMES_NO_GAP,
      BEGINS_ANEW,
      TELLS_NO_LOST_SESSION,
      FIVE_ATTEMPTS,
      ...HAS_NO_HEARTBEAT,
    ],
    expected: 'killed',
    by: ['I3', 'I10', 'I11'],
    world: 'gateways',
  },
  {
    name: 'seed-deepgram-100-chunks',
    says: 'The same, and the newest 100 chunks of what is said meanwhile are sent when it stands again: "no audio lost".',
    from,
    edits: [
      ...LOSES_IN_FLIGHT,
      KEEPS_100_WHILE_DOWN,
      NAMES_NO_GAP,
      BEGINS_ANEW,
      TELLS_NO_LOST_SESSION,
      FIVE_ATTEMPTS,
      ...HAS_NO_HEARTBEAT,
    ],
    expected: 'killed',
    by: ['I3', 'I10', 'I11'],
    world: 'gateways',
  },
  {
    name: 'seed-webrtc-fifo',
    says: 'A FIFO of 100 chunks while it reconnects, flushed at one in 10 ms without an acknowledgement; the chunk in flight "will always be lost".',
    from,
    edits: [
      ...LOSES_IN_FLIGHT,
      KEEPS_100_WHILE_DOWN,
      FLUSHES_EVERY_10_MS,
      NAMES_NO_GAP,
      ...TAKES_UP_WITH_HOLES,
      TEN_ATTEMPTS,
      ...heartbeatOf('10_000'),
    ],
    expected: 'killed',
    by: ['I1', 'I3'],
    world: 'gateways',
  },
  {
    name: 'seed-resilient-clients',
    says: 'Takes its session up again within 120 s and sends what it buffered meanwhile, but not what the dead socket had taken; a heartbeat every 30 s, ten attempts without jitter.',
    from,
    edits: [
      ...LOSES_IN_FLIGHT,
      NAMES_NO_GAP,
      ...TAKES_UP_WITH_HOLES,
      TEN_ATTEMPTS,
      ...heartbeatOf('40_000'),
    ],
    expected: 'killed',
    by: ['I1', 'I3'],
    world: 'gateways',
  },
  {
    name: 'seed-resume-from-sent',
    says: 'Goes on where it stood when the socket died, and the other end takes what comes.',
    from,
    edits: [KEEPS_CURSOR, NAMES_NO_GAP, ...TAKES_UP_WITH_HOLES],
    expected: 'killed',
    by: ['I1', 'I3'],
    world: 'gateways',
  },
  {
    name: 'seed-provider-loop',
    says: 'Of a service: a new connection goes on with what is said from then on; what the old one had not answered is not said again.',
    from,
    edits: [...LOSES_IN_FLIGHT, DISCARDS_WHILE_DOWN, ...HAS_NO_HEARTBEAT],
    expected: 'killed',
    by: ['I6', 'I10'],
    world: 'services',
  },
  {
    name: 'seed-provider-100-chunks',
    says: 'Of a service: the newest 100 chunks of an outage are sent to the next connection, and nothing of what the last one had.',
    from,
    edits: [...LOSES_IN_FLIGHT, KEEPS_100_WHILE_DOWN, ...HAS_NO_HEARTBEAT],
    expected: 'killed',
    by: ['I6', 'I10'],
    world: 'services',
  },
];
