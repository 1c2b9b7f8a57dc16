/** Errors in how a client sends, and in what it makes of the answers. */
import type { Mutant } from './mutant.types.ts';

import { befall } from './parts.ts';

const uplink = 'src/audio/uplink.ts';
const stream = 'src/providers/gateway/stream.ts';
const wire = 'src/resumable-websocket/gateway-wire.ts';
const expected = 'killed';
const world = 'gateways';

export const SENDING_MUTANTS: readonly Mutant[] = [
  {
    name: 'renumbered-on-replay',
    says: 'What is sent again has a new number.',
    edits: [
      {
        file: 'src/providers/gateway/numbers.ts',
        find: 'if (sample >= this.endOf(this.last)) { this.#ends.push(sample + samples);',
        replace: 'if (true) { this.#ends.push(sample + samples);',
      },
    ],
    expected,
    by: ['I1', 'I2', 'I10'],
    world,
  },
  {
    name: 'captured-when-sent',
    says: 'The time at which audio was captured is the time at which it is sent.',
    edits: [
      {
        file: uplink,
        find: 'target.sendAudio(bytes, from, this.ring.capturedAtMsOf(this.#cursor.seq));',
        replace: 'target.sendAudio(bytes, from, this.#clock.nowMs());',
      },
    ],
    expected,
    by: ['I15'],
    world,
  },
  {
    name: 'positions-restart',
    says: 'Positions are counted from the beginning of each connection.',
    from: 'Azure Speech, livekit/agents (their issues)',
    edits: [
      {
        file: uplink,
        find: 'if (this.#timeline !== null) return this.#timeline.positionOf(sentAt);',
        replace: '',
      },
    ],
    expected,
    by: ['I6', 'I9'],
    world: 'services',
  },
  {
    name: 'silence-moves-the-clock',
    says: 'Silence that keeps a connection open is not taken out of the service’s times.',
    edits: [{ file: uplink, find: 'this.#timeline?.insert(bytes.length);', replace: '' }],
    expected,
    by: ['I6'],
    world: 'services',
  },
  {
    name: 'writing-throws-offline',
    says: 'Whoever brings audio while there is no connection is told so by an error.',
    from: 'openai-agents-js, @deepgram/sdk',
    edits: [
      {
        file: uplink,
        find: 'const neededSeq = this.#gate === null',
        replace: `if (this.#gate === null && this.#hasSent) throw new Error('not connected');
    const neededSeq = this.#gate === null`,
      },
    ],
    expected,
    by: ['I14', 'I19'],
  },
  {
    name: 'drained-when-sent',
    says: 'A session that is closed counts as delivered when all of it was sent.',
    edits: [
      {
        file: 'src/session/drain.ts',
        find: 'return this.#uplink.ledger.settledThrough >= position;',
        replace: 'return this.#uplink.cursorPosition >= position;',
      },
    ],
    expected,
    by: ['I3', 'I10'],
    world: 'services',
  },
  {
    name: 'messages-settled-on-send',
    says: 'A message that a socket took counts as arrived.',
    edits: [
      {
        file: wire,
        find: 'this.#session.sentThrough = Math.max(this.#session.sentThrough, this.#next);',
        replace: `this.#session.sentThrough = Math.max(this.#session.sentThrough, this.#next);
      outbox.settle(this.#next, false);`,
      },
    ],
    expected,
    by: ['I3', 'I5'],
    world,
  },
  {
    name: 'no-ack-in-pong',
    says: 'What PING and PONG acknowledge is passed over.',
    edits: [
      {
        file: stream,
        find: "[{ kind: 'pong' }, ...this.#acknowledged(frame)]",
        replace: "[{ kind: 'pong' }]",
      },
      {
        file: stream,
        find: "return [{ kind: 'send', frames: [pong] }, ...this.#acknowledged(frame)];",
        replace: "return [{ kind: 'send', frames: [pong] }];",
      },
      {
        file: wire,
        find: 'else this.#acknowledged(frame); }',
        replace: 'else this.pump(); }',
      },
    ],
    expected,
    by: ['I10'],
    world,
    faults: ['lostAcks'],
  },
  {
    name: 'no-tail-probe',
    says: 'Nobody compares what was sent last with what has arrived.',
    edits: [
      {
        file: stream,
        find: 'return epoch === this.#epoch && this.#isMissing(lastSent)',
        replace: 'return false',
      },
      {
        file: wire,
        find: 'frame.epoch === this.#epoch && frame.lastSent > this.#session.claim.received;',
        replace: 'false;',
      },
      {
        file: 'src/gateway/attachment.ts',
        find: 'if (frame.lastSent > session.standing.up && !session.isEnding)',
        replace: 'if (false)',
      },
    ],
    expected,
    by: ['I10'],
    world,
    faults: ['lostResults'],
  },
  {
    name: 'unsure-sent-twice',
    says: 'Messages of a session that is lost, of which nobody knows whether they arrived, are sent in the next one.',
    edits: [
      {
        file: 'src/resumable-websocket/message-session.ts',
        find: 'const unsure = outbox.settle(this.sentThrough, false);',
        replace: 'const unsure = outbox.settle(outbox.settled, false);',
      },
    ],
    expected,
    by: ['I1'],
    world,
    faults: [
      ...befall('reset', 16_000),
      ...befall('halfOpenIn', 17_200, 5_000),
      { kind: 'storeTailLost', atMs: 18_600, much: 12 },
      ...befall('reset', 18_800),
    ],
  },
  {
    name: 'standby-heard',
    says: 'What a connection tells that does not carry the audio is taken for true of it.',
    edits: [
      {
        file: 'src/session/carrier.ts',
        find: 'if (link !== this.#link) { if (!isToldOnce(link, event)) return;',
        replace: 'if (false) { if (!isToldOnce(link, event)) return;',
      },
    ],
    expected: {
      equivalent:
        'one that stands by was sent nothing and tells nothing, and one that carried is terminated as it is left: what a gateway still tells there is true of its session on any',
    },
    by: [],
    world: 'services',
  },
  {
    name: 'catches-up-at-once',
    says: 'A backlog goes to a service as fast as the socket takes it.',
    from: "Deepgram's example",
    edits: [
      {
        file: 'src/audio/pacing.ts',
        find: 'if (this.#bytesPerMs === Infinity) return 0;',
        replace: 'if (this.#bytesPerMs > 0) return 0;',
      },
    ],
    expected,
    by: ['I10'],
    world: 'services',
  },
];
