/** Errors in how a session's log is written, and in who may write it. */
import type { Mutant } from './mutant.types.ts';

const sessionLog = 'src/gateway/session-log.ts';
const takeover = 'src/gateway/takeover.ts';
const expected = 'killed';
const world = 'gateways';

export const LOG_MUTANTS: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    says: 'What came in is acknowledged before it is in the log.',
    edits: [
      {
        file: 'src/gateway/session.ts',
        find: 'return this.state.committed.up;',
        replace: 'return this.state.now.up;',
      },
    ],
    expected,
    by: ['I3'],
    world,
  },
  {
    name: 'no-cas',
    says: 'A record is appended behind whatever tail the log has by now.',
    edits: [
      {
        file: sessionLog,
        find: 'const append = () => store.append(id, record, options);',
        replace: `const append = async () =>
      store.append(id, record, { ...options, after: (await store.tail(id))?.position ?? 0 });`,
      },
    ],
    expected,
    by: ['I1', 'I3', 'I7'],
    world,
  },
  {
    name: 'retry-at-fresh-tail',
    says: 'An append that was not answered is tried again behind the tail that there is then.',
    edits: [
      {
        file: sessionLog,
        find: 'const append = () => store.append(id, record, options);',
        replace: `let isAgain = false;
    const append = async () => {
      if (!isAgain) {
        isAgain = true;
        return store.append(id, record, options);
      }
      const after = (await store.tail(id))?.position ?? 0;
      return store.append(id, record, { ...options, after, id: options.id + '+' + after });
    };`,
      },
    ],
    expected,
    by: ['I1', 'I7'],
    world,
    faults: ['storeAmbiguous'],
  },
  {
    name: 'conflict-retried',
    says: 'An owner that another has overtaken appends behind that one.',
    edits: [
      {
        file: sessionLog,
        find: 'if (this.#isOver) return; this.#isWriting = !isDecided(outcome);',
        replace: `if (this.#isOver) return;
    if (outcome.kind === 'conflict') {
      const after = (await store.tail(id))?.position ?? 0;
      outcome = await store.append(id, record, { ...options, after, id: options.id + '+' + after });
      if (this.#isOver) return;
    }
    this.#isWriting = !isDecided(outcome);`,
      },
    ],
    expected,
    by: ['I1', 'I7'],
    world,
  },
  {
    name: 'silence-for-yes',
    says: 'An append of which nobody knows what became is taken for one that is in the log.',
    edits: [
      {
        file: sessionLog,
        find: 'if (!isDecided(outcome) && !this.#isOver) {',
        replace: `if (outcome.kind === 'unknown') outcome = { kind: 'committed', position: this.#tail + 1 };
    if (!isDecided(outcome) && !this.#isOver) {`,
      },
    ],
    expected,
    by: ['I3'],
    world,
    faults: ['storeLossy'],
  },
  {
    name: 'fresh-id-on-retry',
    says: 'Each try of an append has an id of its own.',
    edits: [
      {
        file: sessionLog,
        find: 'const append = () => store.append(id, record, options);',
        replace: `let tries = 0;
    const append = () => store.append(id, record, { ...options, id: options.id + '+' + tries++ });`,
      },
    ],
    expected: {
      equivalent:
        'the tail that an append names is enough: who cannot tell its own record from another one lets go of the session, and it is taken up again',
    },
    by: [],
    world,
  },
  {
    name: 'fence-without-cas',
    says: 'A fence is appended behind whatever tail the log has by now.',
    edits: [
      {
        file: 'src/gateway/fencing.ts',
        find: 'return outcomeOf(() => store.append(sessionId, record, { after, id: `${writer}:${after}` }));',
        replace: `return outcomeOf(async () => {
      const tail = (await store.tail(sessionId))?.position ?? 0;
      return store.append(sessionId, record, { after: tail, id: writer + ':' + after });
    });`,
      },
    ],
    expected,
    by: ['I1', 'I3', 'I7'],
    world,
    faults: ['storeSlow', 'networkChanged', 'halfOpenIn'],
  },
  {
    name: 'welcome-before-fence',
    says: 'A client is welcomed before the fence that was written for it is in the log.',
    edits: [
      { file: 'src/gateway/session.ts', find: 'await fenced;', replace: 'void fenced;' },
      {
        file: 'src/gateway/session.ts',
        find: 'return this.lease.admits(epoch);',
        replace: 'return this.isKept;',
      },
    ],
    expected,
    by: ['I3', 'I7', 'I10'],
    world,
    faults: ['welcomeLost', 'flap'],
  },
  {
    name: 'takeover-from-memory',
    says: 'A gateway that has seen a session before believes what it saw then.',
    edits: [
      {
        file: takeover,
        find: 'return { position, standing: standingOf(record), card, log };',
        replace: `const seen = SEEN.get(store) ?? new Map();
    SEEN.set(store, seen);
    const standing = { ...(seen.get(sid) ?? standingOf(record)), epoch: record.epoch };
    seen.set(sid, standing);
    return { position, standing, card, log };`,
      },
      {
        file: takeover,
        find: 'export const NOTHING_RECALLED',
        replace: 'const SEEN = new WeakMap();\nexport const NOTHING_RECALLED',
      },
    ],
    expected,
    by: ['I1', 'I3'],
    world,
  },
  {
    name: 'epoch-not-raised',
    says: 'A new owner keeps the epoch of the one before it.',
    edits: [
      {
        file: takeover,
        find: 'return Math.max(epoch, hello.epoch) + 1;',
        replace: 'return Math.max(1, epoch, hello.epoch);',
      },
    ],
    expected,
    by: ['I7', 'I10'],
    world,
  },
  {
    name: 'epoch-of-client-ignored',
    says: 'A new epoch is above those of the log, but not above the one that the client had.',
    edits: [
      {
        file: takeover,
        find: 'return Math.max(epoch, hello.epoch) + 1;',
        replace: 'return epoch + 1;',
      },
    ],
    expected: {
      equivalent:
        'a client passes over a welcome that is no newer than what it has, and comes again: each try raises the epoch',
    },
    by: [],
    world,
    faults: ['storeTailLost'],
  },
];
