/** What a socket with messages, or a session, tells that cannot be is told: right histories beside wrong ones. */
import { describe, expect, it } from 'vitest';

import { CLOSE } from '../../src/protocol/close-codes.ts';
import type { ResumableSocket } from '../../src/resumable-websocket/resumable-socket.ts';
import { MessageChecks } from '../../src/simulation/checks/message-checks.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import { SessionChecks } from '../../src/simulation/checks/session-checks.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { toldIn } from './histories.ts';

const MOST_BYTES = 100;
const GRACE_MS = 30_000;

/** What of a socket the checks see, said by hand. */
class Line extends EventTarget {
  readonly clock = new VirtualClock();
  readonly report = new Report(this.clock, false);
  readonly checks: MessageChecks;
  readyState = 1;
  bufferedAmount = 0;

  constructor() {
    super();
    const socket = this as unknown as ResumableSocket;
    const process = new SimulatedProcess('client 1', this.clock);
    this.checks = new MessageChecks('client 1', socket, this.report, process, MOST_BYTES);
    this.says(5);
  }

  tells(type: string, facts: object = {}): this {
    this.dispatchEvent(Object.assign(new Event(type), facts));
    return this;
  }

  hears(...numbers: readonly number[]): this {
    for (const number of numbers) this.tells('message', { data: `0:${number}` });
    return this;
  }

  says(messages: number): this {
    for (let at = 0; at < messages; at += 1) this.checks.said(true, 1);
    return this;
  }

  /** Not for certain: or any of those that it has not heard yet. */
  loses(messages: number, isCertain = true): this {
    const facts = { reason: 'sessionLost', isCertain, mayMissIncoming: false };
    return this.tells('loss', { messages, ...facts });
  }

  refuses(bytes: number, whileHolding = MOST_BYTES): this {
    this.bufferedAmount = whileHolding;
    this.checks.said(false, bytes);
    return this;
  }

  /** What was refused was so long. */
  told(bytes: number): this {
    const facts = { reason: 'queueFull', isCertain: true, mayMissIncoming: false };
    return this.tells('loss', { messages: 1, bytes, ...facts });
  }

  later(): void {
    this.clock.advance(1);
    this.checks.look();
  }

  holds(bytes: number): void {
    this.bufferedAmount = bytes;
    this.checks.look();
  }

  closes(wasClean = true): this {
    this.checks.closes();
    return this.tells('close', { willReconnect: false, wasClean, cause: 'closed' });
  }
}

type Happens = (line: Line) => unknown;

function toldOf(happens: Happens) {
  const line = new Line();
  happens(line);
  return toldIn(line.report);
}

describe('a socket with messages', () => {
  it.each<[string, Happens]>([
    ['hears each once, and ends', (of) => of.hears(0, 1, 2, 3, 4).closes().checks.expectOver()],
    ['misses what it was told to be lost', (of) => of.loses(1).hears(0, 2, 3, 4)],
    ['is refused one where it is full, and told of it', (of) => of.refuses(10).told(10).later()],
    [
      'hears again what the store had lost',
      (of) => {
        of.hears(0, 1).checks.storeLost();
        of.hears(1);
      },
    ],
    ['holds what it may', (of) => of.holds(MOST_BYTES)],
    ['ends with all heard, though not well', (of) => of.hears(0, 1, 2, 3, 4).closes(false)],
  ])('is told nothing where it %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual([]);
  });

  it('I3: is refused nothing without a word', () => {
    expect(toldOf((of) => of.refuses(10).later())).toEqual(['I3']);
    expect(toldOf((of) => of.refuses(10).told(9))).toEqual(['I3']);
    expect(toldOf((of) => of.told(10))).toEqual(['I3']);
  });

  it('I3: is refused nothing for which there is room', () => {
    expect(toldOf((of) => of.refuses(10, MOST_BYTES - 10).told(10))).toEqual(['I3']);
  });

  it('I5: misses nothing though others were refused', () => {
    expect(toldOf((of) => of.refuses(10).told(10).hears(0, 2))).toEqual(['I5']);
  });

  it.each<[string, Happens]>([
    ['hears one again', (of) => of.hears(0, 1, 1)],
    ['misses one', (of) => of.hears(0, 2)],
    ['misses more than was told', (of) => of.loses(1).hears(0, 3)],
  ])('I5: %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I5']);
  });

  it('I5: misses none that was said after the loss', () => {
    const unsure = (of: Line): Line => of.loses(0, false).hears(0, 1, 2, 3, 4).says(3);

    expect(toldOf((of) => unsure(of).hears(5, 6, 7))).toEqual([]);
    expect(toldOf((of) => unsure(of).hears(5, 7))).toEqual(['I5']);
  });

  it.each<[string, Happens, readonly string[]]>([
    ['all were answered', (of) => of.hears(0, 1, 2, 3, 4), []],
    ['the loss of what is missing was told', (of) => of.loses(2).hears(0, 1, 2), []],
    ['nobody can say what is lost', (of) => of.loses(0, false).hears(0), []],
    ['none was answered', () => undefined, ['I10']],
    ['the last was not', (of) => of.hears(0, 1, 2, 3), ['I10']],
    ['more are missing than were told to be', (of) => of.loses(2).hears(0, 1), ['I10']],
  ])('I10: has its answers, or their loss told: %s', (_what, happens, told) => {
    const waits = (of: Line): void => {
      happens(of);
      of.checks.expectAnswered();
    };

    expect(toldOf(waits)).toEqual(told);
  });

  it('I8: holds no more than it may', () => {
    expect(toldOf((of) => of.holds(MOST_BYTES + 1))).toEqual(['I8']);
  });

  it('I8: holds beside it what the store has lost, and no more than was kept of that', () => {
    const lost = (bytes: number) => (of: Line) => {
      of.checks.storeLost();
      of.checks.storeLost();
      of.holds(MOST_BYTES + bytes);
    };

    expect(toldOf(lost(524_288))).toEqual([]);
    expect(toldOf(lost(524_289))).toEqual(['I8']);
  });

  it('I10: ends, with nothing left', () => {
    expect(toldOf((of) => of.hears(0, 1).closes(false))).toEqual(['I10']);
    const dials = (of: Line, bytes: number): unknown => {
      of.holds(bytes);
      of.tells('reconnecting', { attempt: 1, cause: 'ECONNRESET' });
      return of.hears(0, 1).closes(false);
    };
    expect(toldOf((of) => dials(of, 1))).toEqual(['I10']);
    expect(toldOf((of) => dials(of, 0))).toEqual([]); // there is nobody to say goodbye to
    expect(toldOf((of) => of.checks.expectOver())).toEqual(['I10']);
  });

  it('I12: dials no more once it has ended', () => {
    expect(toldOf((of) => of.checks.dialled())).toEqual([]);
    expect(toldOf((of) => of.closes().checks.dialled())).toEqual(['I12']);
  });

  it('I17: a reconnection that is told of ends', () => {
    const reconnecting = { attempt: 1, cause: '1006' };

    expect(toldOf((of) => of.tells('reconnecting', reconnecting).checks.expectOver())).toContain(
      'I17',
    );
    expect(
      toldOf((of) => of.tells('reconnecting', reconnecting).closes().checks.expectOver()),
    ).toEqual([]);
  });
});

describe('a client of a session', () => {
  function toldBy(happens: (checks: SessionChecks, clock: VirtualClock, report: Report) => void) {
    const clock = new VirtualClock();
    const report = new Report(clock, false);
    const checks = new SessionChecks(report, clock, GRACE_MS);
    checks.heard(0);
    checks.begun(0);
    happens(checks, clock, report);
    return toldIn(report);
  }

  it('I11: is in no other one without a word', () => {
    expect(toldBy((checks) => checks.begun(0))).toEqual(['I11']);
    expect(toldBy((checks) => checks.begun(1))).toEqual([]);
  });

  it('I11: loses none that a gateway heard of lately', () => {
    const away = (ms: number) =>
      toldBy((checks, clock) => {
        clock.advance(ms);
        checks.lost(0);
        checks.begun(0);
      });

    expect(away(GRACE_MS / 2)).toEqual(['I11']);
    expect(away(GRACE_MS / 2 + 1)).toEqual([]);
  });

  it('may lose one that something explains', () => {
    const told = toldBy((checks, _clock, report) => {
      report.struck('storeTailLost');
      checks.lost(0);
    });

    expect(told).toEqual([]);
  });

  it('may begin another after three protocol errors in a minute, and not after two', () => {
    const after = (errors: number, everyMs: number) =>
      toldBy((checks, clock) => {
        for (let at = 0; at < errors; at += 1) {
          clock.advance(everyMs);
          checks.heard(0);
          checks.ended(0, CLOSE.protocolError);
        }
        checks.lost(0);
      });

    expect(after(3, 5_000)).toEqual([]);
    expect(after(2, 5_000)).toEqual(['I11']);
    expect(after(3, 40_000)).toEqual(['I11']);
  });
});
