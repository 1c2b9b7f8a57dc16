/** Errors in the charts and in what they run on: when to dial, when to wait, what to let go of. */
import type { Mutant } from './mutant.types.ts';
import { befall, HAS_NO_HEARTBEAT } from './parts.ts';

const rules = 'machines/connection.rules.ts';
const expected = 'killed';
const world = 'gateways';

export const LINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-heartbeat',
    says: 'A client that hears nothing waits for the platform to tell that the connection is dead.',
    from: 'openai, partysocket, pipecat, livekit/agents',
    edits: HAS_NO_HEARTBEAT,
    expected,
    by: ['I10'],
    faults: ['natRebind'],
  },
  {
    name: 'gateway-without-heartbeat',
    says: 'A gateway keeps the socket of a client that is gone.',
    edits: [
      {
        file: 'src/gateway/signs-of-life.ts',
        find: 'const isSilent = nowMs - this.#heardAtMs >= SERVER_DEAD_MS;',
        replace: 'const isSilent = false;',
      },
    ],
    expected,
    by: ['I19'],
    world,
    faults: [
      { kind: 'natRebind', atMs: 100_000, on: 0 },
      { kind: 'clientKill', atMs: 101_000, on: 0 },
    ],
  },
  {
    name: 'dead-too-soon',
    says: 'A connection is let go of after half a second of silence.',
    from: 'false keep-alive kills (FunASR)',
    edits: [
      {
        file: 'machines/liveness.rules.ts',
        find: 'export function deadAfterMs(context) {',
        replace: 'export function deadAfterMs(context) { return 500;',
      },
    ],
    expected: {
      equivalent:
        'a connection that is let go of too soon is taken up again: that costs dials, and nothing else',
    },
    by: [],
  },
  {
    name: 'attempts-never-reset',
    says: 'Attempts are counted over the life of a connection.',
    from: 'openai 7.55, vocode',
    edits: [
      {
        file: rules,
        find: 'return isHealthyAt(context, loss.aliveAtMs ?? loss.atMs) ? 0 : context.attempts;',
        replace: 'return context.attempts;',
      },
      {
        file: 'machines/connection.setup.ts',
        find: 'noteProgress: assign({ attempts: 0, unhealthySinceMs: null, credentialRefreshed: false }),',
        replace: 'noteProgress: assign({ unhealthySinceMs: null, credentialRefreshed: false }),',
      },
      { file: rules, find: 'if (!hasBeenConnected) return 0;', replace: 'return 0;' },
    ],
    expected,
    by: ['I12'],
    world: 'services',
    faults: [20, 40, 105, 170].flatMap((second) =>
      [0, 1, 2].map((on) => ({ kind: 'reset', atMs: second * 1_000, on })),
    ),
  },
  {
    name: 'dials-without-waiting',
    says: 'Nobody waits between two dials.',
    edits: [
      {
        file: 'machines/backoff.ts',
        find: "return policy.jitter === 'none' ? envelope : unit * envelope;",
        replace: 'return 0;',
      },
      {
        file: 'machines/backoff.ts',
        find: 'if (attempt === 1) return 0;',
        replace: 'return 0;',
      },
    ],
    expected,
    by: ['I10', 'I12'],
    faults: ['balancerShut'],
  },
  {
    name: 'budget-ignored',
    says: 'A client that fails again and again dials as often as it likes.',
    edits: [
      {
        file: 'machines/connection.loss.ts',
        find: 'return policy.isBudgeted ? (loss.holdMs ?? 0) : 0;',
        replace: 'return 0;',
      },
    ],
    expected: {
      equivalent:
        'it holds back the second and later dials of one connection, whose five attempts are spent before ten tokens are; then its user dials, or the next candidate does, by a connection of its own, whose first dial no budget holds back',
    },
    by: [],
    world: 'services',
  },
  {
    name: 'dials-after-refusal',
    says: 'A refusal that is final is tried again.',
    from: 'pipecat (its issue 4920)',
    edits: [
      {
        file: 'machines/failure.ts',
        find: "config: 'giveUp',",
        replace: "config: 'backOff',",
      },
    ],
    expected,
    by: ['I12'],
    faults: ['secondTab'],
  },
  {
    name: 'retry-hint-ignored',
    says: 'A service that says when to come back is dialled sooner.',
    edits: [
      {
        file: 'machines/failure.ts',
        find: "rateLimited: 'waitForRateLimit',",
        replace: "rateLimited: 'redial',",
      },
    ],
    expected,
    by: ['I12'],
    world: 'services',
  },
  {
    name: 'reconnected-untold',
    says: 'Of a reconnection that took more than one attempt nobody is told that it is over.',
    edits: [
      {
        file: 'machines/connection.machine.ts',
        find: 'if (context.outage === null) return;',
        replace: 'if (context.outage === null || context.outage.attempts > 1) return;',
      },
    ],
    expected,
    by: ['I17'],
  },
  {
    name: 'waits-for-a-network-that-is-back',
    says: 'Whoever waits for the network does not hear that it is back.',
    edits: [
      {
        file: 'machines/connection.machine.ts',
        find: "'network.restored': soon, 'session.connect': 'dialing',",
        replace: "'session.connect': 'dialing',",
      },
    ],
    expected,
    by: ['I10', 'I17', 'I18'],
    faults: ['offline'],
  },
  {
    name: 'greeting-waited-for',
    says: 'A socket that opens, and whose other end never says a word, is waited for.',
    edits: [
      {
        file: 'machines/connection.patience.ts',
        find: 'return isOverdue(look) || isSwallowed(look);',
        replace: 'return false;',
      },
    ],
    expected,
    by: ['I10', 'I17'],
    faults: [
      ...befall('greetingSwallowed', 40_000, 60_000),
      ...[42_000, 60_000, 80_000, 98_000].flatMap((atMs) => befall('reset', atMs)),
    ],
  },
];
