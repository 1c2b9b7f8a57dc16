/** Errors in what goes to the client, and in what an application is handed. */
import type { Mutant } from './mutant.types.ts';

const downStream = 'src/gateway/down-stream.ts';
const stream = 'src/providers/gateway/stream.ts';
const wire = 'src/resumable-websocket/gateway-wire.ts';
const claim = 'src/providers/gateway/claim.ts';
const takeover = 'src/gateway/takeover.ts';
const owning = 'src/gateway/owning.ts';
const expected = 'killed';
const world = 'gateways';

export const DOWN_MUTANTS: readonly Mutant[] = [
  {
    name: 'event-before-commit',
    says: 'What an application says is sent before it is in the log.',
    edits: [
      {
        file: downStream,
        find: 'this.#log.flushSoon(); this.#weigh();',
        replace:
          'this.#log.flushSoon(); if (this.#client !== null) this.#send(this.#client); this.#weigh();',
      },
      {
        file: downStream,
        find: 'this.#kept.sendThrough(committed.down, now.epoch,',
        replace: 'this.#kept.sendThrough(Math.max(committed.down, now.down), now.epoch,',
      },
    ],
    expected,
    by: ['I5', 'I6', 'I10'],
    world,
    faults: ['crashBeforeCommit'],
  },
  {
    name: 'down-forgotten-on-send',
    says: 'What a socket took for the client is let go of.',
    from: 'Phoenix channels',
    edits: [
      {
        file: downStream,
        find: 'client.send(frame); });',
        replace: `client.send(frame); });
    if (this.#kept.sentThrough > now.downAcked) {
      now.downAcked = this.#kept.sentThrough;
      this.#kept.acknowledge(now.downAcked);
      this.#log.touch();
    }`,
      },
    ],
    expected,
    by: ['I5', 'I6'],
    world,
  },
  {
    name: 'down-not-sent-again',
    says: 'Of a client that comes back what it was sent before is not sent again.',
    edits: [{ file: downStream, find: 'this.#kept.rewind(received);', replace: '' }],
    expected,
    by: ['I5', 'I6', 'I10'],
    world,
  },
  {
    name: 'down-sent-from-acknowledged',
    says: 'A client that comes back is sent what it has not acknowledged, whatever it says that it has.',
    edits: [
      {
        file: 'src/gateway/door.ts',
        find: 'const received = isResumed ? Math.max(hello.rcv, session.standing.downAcked) : 0;',
        replace:
          'const received = isResumed ? Math.min(hello.rcv, session.standing.downAcked) : 0;',
      },
      {
        file: 'src/gateway/session.ts',
        find: 'this.down.tookThrough(hello.rcv);',
        replace: '',
      },
    ],
    expected: { equivalent: 'what the client has it passes over' },
    by: [],
    world,
  },
  {
    name: 'no-down-dedupe',
    says: 'The client takes a frame that it has had.',
    edits: [
      {
        file: stream,
        find: 'if (epoch !== this.#epoch || seq <= custody.received)',
        replace: 'if (epoch !== this.#epoch)',
      },
      { file: wire, find: 'if (ahead === 1) {', replace: 'if (ahead <= 1) {' },
    ],
    expected,
    by: ['I5', 'I6'],
    world,
    faults: ['doubledAnswers'],
  },
  {
    name: 'down-holes-accepted',
    says: 'The client takes a frame though one before it is missing.',
    edits: [
      {
        file: stream,
        find: 'if (seq > Math.max(custody.received + 1, this.#downFrom))',
        replace: 'if (false)',
      },
      {
        file: stream,
        find: 'return epoch === this.#epoch && this.#isMissing(lastSent)',
        replace: 'return false',
      },
      {
        file: claim,
        find: 'if (ahead === 1) this.received = seq; return ahead;',
        replace: 'if (ahead >= 1) this.received = seq; return Math.min(1, ahead);',
      },
      {
        file: wire,
        find: 'frame.epoch === this.#epoch && frame.lastSent > this.#session.claim.received;',
        replace: 'false;',
      },
    ],
    expected,
    by: ['I5', 'I6'],
    world,
    faults: ['lostAnswers'],
  },
  {
    name: 'finals-not-deduped',
    says: 'A final is told again of audio of which one was told before.',
    edits: [
      { file: stream, find: 'if (event.endSample <= custody.fin)', replace: 'if (false)' },
      {
        file: 'src/audio/downlink.ts',
        find: 'if (to <= this.#toldThrough && (to > from || isBehind))',
        replace: "if (true) return { verdict: 'fresh', from }; if (false)",
      },
    ],
    expected,
    by: ['I6'],
    world: 'services',
    faults: [0, 1].map((on) => ({ kind: 'repeatedFinals', atMs: 10_000, forMs: 160_000, on })),
  },
  {
    name: 'nothing-recalled',
    says: 'Whoever takes a session over does not hand its application what the last owner left undone.',
    edits: [
      {
        file: owning,
        find: 'const recalled = isTakenOver ?',
        replace: 'const recalled = false ?',
      },
    ],
    expected,
    by: ['I5', 'I6', 'I10'],
    world,
  },
  {
    name: 'all-recalled',
    says: 'Whoever takes a session over hands its application also what was handled.',
    edits: [
      {
        file: takeover,
        find: 'const through = { up: done, down: downAcked };',
        replace: 'const through = { up: 0, down: downAcked };',
      },
    ],
    expected,
    by: ['I5'],
    world,
  },
  {
    name: 'final-beside-its-mark',
    says: 'That finals cover the audio through here stands in the log before the final does.',
    edits: [
      {
        file: 'src/gateway/app-voice.ts',
        find: "this.handled(up.finished(state.now.fin)); down.say('json', payload);",
        replace:
          "this.handled(up.finished(state.now.fin)); log.touch(); log.flush(); down.say('json', payload);",
      },
    ],
    expected,
    by: ['I6'],
    world,
    faults: ['crashAfterCommit'],
  },
  {
    name: 'handled-beside-its-answer',
    says: 'That a message was handled, and the answer to it, are two records.',
    edits: [
      {
        file: downStream,
        find: 'this.#log.flushSoon(); this.#weigh();',
        replace: 'this.#log.flush(); this.#weigh();',
      },
      {
        file: 'src/gateway/app-voice.ts',
        find: 'now.done = done; up.handled(done); log.touch();',
        replace: 'now.done = done; up.handled(done); log.touch(); log.flush();',
      },
    ],
    expected,
    by: ['I5', 'I10'],
    world,
    faults: ['crashAfterCommit'],
  },
  {
    name: 'numbers-used-twice',
    says: 'Where the store lost its newest records, their numbers are given anew.',
    edits: [
      {
        file: takeover,
        find: 'down: Math.max(standing.down, rcv),',
        replace: 'down: standing.down,',
      },
    ],
    expected,
    by: ['I5', 'I6', 'I10'],
    world,
    faults: ['storeTailLost'],
  },
  {
    name: 'goodbye-before-finals',
    says: 'That nothing follows is answered before all of it was handled.',
    edits: [
      {
        file: 'src/gateway/session-end.ts',
        find: 'await app.finish(); voice.shut();',
        replace: 'voice.shut();',
      },
    ],
    expected,
    by: ['I6', 'I10'],
    world,
  },
];
