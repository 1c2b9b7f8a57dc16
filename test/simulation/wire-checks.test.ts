/** What gateways say that is not so is told, and who is let in that should not be. */
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { ProtocolFrame, WelcomeFrame } from '../../src/protocol/types.ts';
import { LogChecks } from '../../src/simulation/checks/log-checks.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import { SentContents } from '../../src/simulation/checks/sent-contents.ts';
import { WireChecks } from '../../src/simulation/checks/wire-checks.ts';
import type { Harbour } from '../../src/simulation/world/harbour.ts';
import { intrude } from '../../src/simulation/world/intruder.ts';
import type { ServerEnd } from '../../src/simulation/world/server-end.ts';
import type { MemorySocket } from '../../src/testing/memory-socket.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { data, record, SESSION_ID, text, toldIn } from './histories.ts';

const CAN_CARRY = new TextEncoder().encode('0:0');

function welcome(given: Partial<WelcomeFrame> = {}): WelcomeFrame {
  return {
    type: 'welcome',
    v: 1,
    sid: SESSION_ID,
    epoch: 1,
    lin: 'a',
    resumed: false,
    up: 0,
    downFrom: 1,
    maxSeq: 100,
    resume: 'first',
    graceMs: 120_000,
    retainMs: 120_000,
    maxFrame: 65_536,
    durability: 'fsync',
    ping: { idleMs: 15_000, deadMs: 10_000 },
    caps: [],
    now: 0,
    ...given,
  };
}

const standing = {
  nonce: 1,
  epoch: 1,
  lastSent: 0,
  received: 2,
  maxSeq: 100,
  sentAtMs: 0,
};

/** A line between a client and a gateway in whose log two messages are. */
class Line {
  readonly clock = new VirtualClock();
  readonly report = new Report(this.clock, false);
  readonly wire: WireChecks;
  readonly log: LogChecks;
  readonly end = {
    sessionId: '',
    epoch: 0,
    client: 'client 1',
    clientIndex: 0,
    house: { name: 'gateway 1', process: { isDead: false } },
    grantedSeq: 0,
    hasThrough: 0,
    asked: null,
    hello: null,
  } as unknown as ServerEnd;

  constructor() {
    const contents = new SentContents(this.report);
    const frames = [text(1, '0:0'), text(2, '0:1')];
    for (const frame of frames) contents.sent(SESSION_ID, frame);
    this.log = new LogChecks(this.report, contents);
    this.log.appended(SESSION_ID, record({ up: 2, ups: frames }), 1, 'gateway 1/1');
    this.wire = new WireChecks(this.report, this.log);
    this.down(welcome());
  }

  down(frame: ProtocolFrame): this {
    this.wire.down(this.end, encodeFrame(frame));
    return this;
  }

  up(frame: ProtocolFrame): this {
    this.wire.up(this.end, encodeFrame(frame));
    return this;
  }

  get told() {
    return toldIn(this.report);
  }
}

describe('what a gateway acknowledges', () => {
  const says: [string, (committed: number) => ProtocolFrame][] = [
    [
      'ack',
      (committed) => ({
        type: 'ack',
        epoch: 1,
        committed,
        maxSeq: 100,
        ackDelayMs: 0,
        ranges: [],
      }),
    ],
    ['ping', (committed) => ({ type: 'ping', ...standing, committed })],
    ['pong', (committed) => ({ type: 'pong', ...standing, committed, echoMs: 0 })],
    ['welcome', (up) => welcome({ up, resumed: true, epoch: 2 })],
  ];

  it.each(says)('may be in the log, in %s', (_type, frame) => {
    expect(new Line().down(frame(2)).told).toEqual([]);
  });

  it.each(says)('I3: is not more than that, in %s', (_type, frame) => {
    expect(new Line().down(frame(3)).told).toEqual(['I3']);
  });

  it('may be what the store has lost, from who does not know it yet', () => {
    const line = new Line();
    line.log.lost(SESSION_ID, 0);

    expect(line.down(says[0]![1](2)).told).toEqual([]);
  });

  it('I3: is not what the store has lost, from who has taken up what is left', () => {
    const line = new Line();
    line.log.lost(SESSION_ID, 0);
    line.log.appended(SESSION_ID, record({ kind: 'fence', epoch: 2 }), 1, 'gateway 2/1');
    line.down(welcome({ epoch: 2, resumed: true }));

    expect(line.told).toEqual([]);
    expect(line.down(says[0]![1](1)).told).toEqual(['I3']);
  });
});

describe('a resume token', () => {
  /** A gateway that lets everybody in. */
  function shown(line: Line, lets: 'in' | 'not in') {
    const { clock, report, wire } = line;
    const answer: ProtocolFrame =
      lets === 'in' ? welcome({ epoch: 3 }) : { type: 'refused', code: 4403, reason: '' };
    const harbour = {
      onDial: (socket: MemorySocket) => socket.accept(),
      onPing: () => undefined,
      onGone: () => undefined,
      onFrame: (socket: MemorySocket) => socket.answer(encodeFrame(answer)),
    } as unknown as Harbour;
    const isShown = intrude(
      { clock, harbour, wire, report },
      { client: 0, token: 'former' },
      seededRandom(1),
    );
    clock.advance(10_000);
    return isShown;
  }

  function replaced() {
    return new Line().down(welcome({ epoch: 2, resumed: true, resume: 'second' }));
  }

  function used() {
    return replaced().up(data(3, CAN_CARRY, { codec: 'text', position: 0, epoch: 2 }));
  }

  it('that was replaced, and is refused, is told nothing', () => {
    const line = used();

    expect(shown(line, 'not in')).toBe(true);
    expect(line.told).toEqual([]);
    expect(line.report.happened['an intruder was refused: 4403']).toBe(1);
  });

  it('I13: that was replaced lets nobody in', () => {
    const line = used();

    expect(shown(line, 'in')).toBe(true);
    expect(line.told).toEqual(['I13']);
  });

  it('is not replaced before its client has sent something with the new epoch', () => {
    expect(shown(new Line(), 'in')).toBe(false);
    expect(shown(replaced(), 'in')).toBe(false);
  });
});

describe('a gateway whose client does not read', () => {
  const hint: ProtocolFrame = { type: 'hint', channel: 0, epoch: 1, ofSeq: 0, json: {} };
  const fin: ProtocolFrame = { type: 'finAck', up: 2, lastSeq: 0 };
  const adding = (bufferedBytes: number, frame: ProtocolFrame) => {
    const line = new Line();
    Object.assign(line.end, { bufferedBytes });
    return line.down(frame).told;
  };

  it('adds hints to what waits, up to a quarter of a MiB', () => {
    expect(adding(262_143, hint)).toEqual([]);
    expect(adding(262_144, hint)).toEqual(['I8']);
  });

  it('adds everything else up to a MiB', () => {
    expect(adding(1_048_576, fin)).toEqual([]);
    expect(adding(1_048_577, fin)).toEqual(['I8']);
  });
});

describe('a client', () => {
  const seventh = data(7, CAN_CARRY, { codec: 'text', channel: 0, position: 0 });

  it('sends as far as it was told that it may', () => {
    expect(new Line().down(welcome({ maxSeq: 7 })).up(seventh).told).toEqual([]);
  });

  it('I8: sends no further', () => {
    expect(new Line().down(welcome({ maxSeq: 6 })).up(seventh).told).toEqual(['I8']);
  });

  function answering(received: number) {
    const asked: ProtocolFrame = { type: 'ping', ...standing, lastSent: 4, committed: 0 };
    const answer: ProtocolFrame = { type: 'pong', ...standing, committed: received, echoMs: 0 };
    return new Line().down(asked).up(answer);
  }

  it('answers who has sent no more than has arrived', () => {
    expect(answering(4).told).toEqual([]);
  });

  it('I5: does not answer as if nothing were missing', () => {
    expect(answering(3).told).toEqual(['I5']);
  });

  it('has what it was let in with', () => {
    expect(new Line().down(welcome({ downFrom: 5 })).end.hasThrough).toBe(4);
  });
});

describe('a gateway that is told that a socket is gone', () => {
  function gone(silentMs: number) {
    const line = new Line();
    line.wire.gone(Object.assign(line.end, { silentMs }));
    return line.told;
  }

  it('may have waited for a while', () => {
    expect(gone(25_000)).toEqual([]);
  });

  it('I19: has let go of it where nothing had come for long', () => {
    expect(gone(60_000)).toEqual(['I19']);
  });
});
