/** Errors in who may take a session up, and in how long it is kept. */
import type { Mutant } from './mutant.types.ts';
import { befall, TELLS_NO_LOST_SESSION } from './parts.ts';

const lease = 'machines/lease.machine.ts';
const expected = 'killed';
const world = 'gateways';

export const ATTACHING_MUTANTS: readonly Mutant[] = [
  {
    name: 'stale-welcome-accepted',
    says: 'The client believes a welcome that is older than the one that it had.',
    edits: [
      {
        file: 'src/providers/gateway/claim.ts',
        find: "if (epoch <= this.epoch) return 'stale';",
        replace: '',
      },
    ],
    expected: {
      equivalent:
        'a gateway raises the epoch above the one that its client tells it: this is the second lock of two',
    },
    by: [],
    world,
  },
  {
    name: 'stale-attempt-accepted',
    says: 'A dial that its client gave up takes the session back.',
    edits: [
      {
        file: 'src/gateway/judgement.ts',
        find: "if (inst === card.inst && att <= card.att) return plain(refuse('staleAttempt'));",
        replace: '',
      },
    ],
    expected: {
      equivalent:
        'the client that is there loses its socket once, comes again, and loses nothing else',
    },
    by: [],
    world,
  },
  {
    name: 'spent-token-opens',
    says: 'A resume token that was replaced opens the session all the same.',
    edits: [
      {
        file: 'src/gateway/tokens.ts',
        find: "if (isNewest || isFormer) return 'good';",
        replace: "if (isNewest || isFormer || isSpent) return 'good';",
      },
    ],
    expected,
    by: ['I13'],
    world,
    faults: ['formerToken'],
  },
  {
    name: 'former-token-lives',
    says: 'The token before the newest stays good when the newest has arrived.',
    edits: [
      {
        file: 'src/gateway/session-state.ts',
        find: 'if (formerTokens.length === 0) return false;',
        replace: 'if (formerTokens.length >= 0) return false;',
      },
    ],
    expected,
    by: ['I13'],
    world,
    faults: ['formerToken'],
  },
  {
    name: 'token-dies-at-once',
    says: 'A token is dead as soon as the next one is sent, and not when that has arrived.',
    edits: [
      {
        file: 'src/gateway/takeover.ts',
        find: 'return { ...card, inst, att, takenAtMs, token: digestOf(token), formerTokens, ...spent };',
        replace:
          'return { ...card, inst, att, takenAtMs, token: digestOf(token), formerTokens: [], ...spent };',
      },
    ],
    expected,
    by: ['I11', 'I10'],
    world,
    faults: ['welcomeLost'],
  },
  {
    name: 'lost-session-untold',
    says: 'A session is begun anew, and nobody is told.',
    from: 'livekit/agents, Mastra, Deepgram',
    edits: [TELLS_NO_LOST_SESSION],
    expected,
    by: ['I11'],
    world,
  },
  {
    name: 'lease-ends-while-attached',
    says: 'A session is ended by its grace though its client is there.',
    edits: [
      {
        file: lease,
        find: "actions: ['startRenewing', 'renew'],",
        replace: "target: '#lease.ending', actions: noteEnding('expired'),",
      },
    ],
    expected,
    by: ['I3', 'I11'],
    world,
  },
  {
    name: 'lease-not-renewed',
    says: 'The log does not show that the owner of a silent client lives: a successor takes its session for forsaken.',
    edits: [
      {
        file: lease,
        find: "actions: ['startRenewing', 'renew'],",
        replace: "actions: ['startRenewing'],",
      },
    ],
    expected,
    by: ['I11'],
    world,
    faults: [...befall('pause', 5_000, 157_000), { kind: 'crashAll', atMs: 160_000, forMs: 500 }],
  },
  {
    name: 'no-grace',
    says: 'A session ends with its socket.',
    from: 'most',
    edits: [
      {
        file: 'machines/lease.rules.ts',
        find: 'return atMs + graceMs; }',
        replace: 'return atMs + Math.min(graceMs, 1); }',
      },
    ],
    expected,
    by: ['I3', 'I11'],
    world,
  },
  {
    name: 'fin-of-client-ignored',
    says: 'A session that is begun anew tells finals that the client has.',
    edits: [
      {
        file: 'src/gateway/registry.ts',
        find: 'const standing = { ...NOTHING, epoch, fin: hello.fin };',
        replace: 'const standing = { ...NOTHING, epoch };',
      },
      {
        file: 'src/providers/gateway/stream.ts',
        find: 'if (event.endSample <= custody.fin)',
        replace: 'if (false)',
      },
    ],
    expected,
    by: ['I6'],
    world,
  },
  {
    name: 'set-aside-at-once',
    says: 'What an application failed on once is not handed to it again.',
    edits: [
      {
        file: 'machines/lease.rules.ts',
        find: 'const MAX_FAULTS = 3;',
        replace: 'const MAX_FAULTS = 1;',
      },
    ],
    expected,
    by: ['I5', 'I6'],
    world,
    faults: ['speechThrows'],
  },
  {
    name: 'leaves-without-writing',
    says: 'A gateway that goes lets go of what is not in its logs yet.',
    edits: [
      {
        file: 'src/gateway/session-end.ts',
        find: "voice.shut(); await log.settled(); lease.step({ type: 'log.settled' });",
        replace: "voice.shut(); lease.step({ type: 'log.settled' });",
      },
    ],
    expected: {
      equivalent:
        'nobody was told that it had been kept: clients send it again, and what came of it is made again',
    },
    by: [],
    world,
  },
  {
    name: 'ends-before-the-answer-arrived',
    says: 'A session is over for good as soon as its client is told so, whatever of it the client has.',
    edits: [
      {
        file: 'src/gateway/attachment.ts',
        find: 'if (this.#hasAnsweredFin && downAcked >= down)',
        replace: 'if (this.#hasAnsweredFin)',
      },
    ],
    expected,
    by: ['I5', 'I6'],
    world,
    faults: ['farewellLost'],
  },
  {
    name: 'concluded-without-the-answer',
    says: 'A client whose session is over is content, though it does not have all that was said there.',
    edits: [
      {
        file: 'src/providers/gateway/claim.ts',
        find: 'return up >= lastSent && lastSeq <= this.received;',
        replace: 'return up >= lastSent;',
      },
    ],
    expected,
    by: ['I6', 'I11'],
    world,
    faults: befall('leavesAfterFin', 20_000, 160_000),
  },
];
