/** Holds every record that is committed against what clients brought: the log is what was promised to them. */
import type { LogContents, LogOwner } from './log-contents.ts';
import type { Report } from './report.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { decodeRecord } from '../../gateway/records.ts';
import type { SessionRecord } from '../../gateway/records.ts';
import { decodeFrame } from '../../protocol/frames.ts';
import type { DataFrame, GapFrame } from '../../protocol/types.ts';

/** Where a session's log stands. */
interface Standing {
  at: number;
  epoch: number;
  writer: string;
  nextSeq: number;
  position: number;
  nextDown: number;
  messages: number;
  /** Through there an application has handled what is in it, and the client has it. */
  done: number;
  downAcked: number;
  isEnd: boolean;
}

const BEGINNING: Readonly<Standing> = {
  at: 0,
  epoch: 0,
  writer: '',
  nextSeq: 1,
  position: -1,
  nextDown: 1,
  messages: 0,
  done: 0,
  downAcked: 0,
  isEnd: false,
};
interface KnownLog extends LogOwner {
  /** In the order in which sessions began. */
  readonly number: number;
  standings: Readonly<Standing>[];
  /** The most that was ever in it. */
  everCommitted: number;
  isTailLost: boolean;
  /** The newest epoch when its store last lost some of it. */
  lostInEpoch: number;
}

const SESSION_ID = /^[a-z2-7]{26}$/;

export class LogChecks {
  readonly #report: Report;
  readonly #contents: LogContents;
  readonly #logs = new Map<string, KnownLog>();
  /** By clients, the one that has begun last. */
  readonly #newest = new Map<number, number>();
  /** Told when a log gets the first of a client's. */
  onFirst: (client: number) => void = () => undefined;
  /** Told of samples of a client's that a log says will never come. */
  onGap: (client: number, from: number, to: number, take: number) => void = () => undefined;

  /** Told of samples of a client's that the log of its newest session has. */
  onData: (client: number, from: number, to: number, take: number) => void = () => undefined;

  /** @param contents knows what clients brought. */
  constructor(report: Report, contents: LogContents) {
    this.#report = report;
    this.#contents = contents;
  }

  /** The newest seq of the client's that is in that log; for who has known it since before its store lost some: that ever was. */
  committed(sessionId: string, epoch: number): number {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return 0;
    const { nextSeq } = log.standings.at(-1) ?? BEGINNING;
    return epoch > log.lostInEpoch ? nextSeq - 1 : log.everCommitted;
  }

  appended(sessionId: string, bytes: Uint8Array, at: number, by: string): void {
    if (!SESSION_ID.test(sessionId)) return; // a gateway tries out whether the store takes anything
    const record = decodeRecord(bytes);
    if (record === null) {
      this.#report.violated('I2', `record ${at} cannot be read`);
      return;
    }
    const log = this.#logOf(sessionId);
    const before = log.standings.at(-1) ?? BEGINNING;
    this.#report.note(at, by.split('/')[0] ?? by, () => tellOf(record, at), 'store');
    this.#checkEpoch(before, record, by);
    const { epoch, done, downAcked } = record;
    const isEnd = record.kind === 'end';
    const next: Standing = { ...before, at, epoch, writer: by, done, downAcked, isEnd };
    const knew = log.client;
    for (const { isDown, bytes: framed } of record.frames) {
      const frame = decodeFrame(framed);
      if (frame.type !== 'data' && frame.type !== 'gap') continue;
      if (isDown) this.#takeDown(log, next, frame);
      else this.#takeUp(log, next, frame);
    }
    if (knew === null && log.client !== null) this.onFirst(log.client);
    if (record.up !== next.nextSeq - 1) {
      this.#report.violated(
        'I1',
        `a record says that ${record.up} are in a log that has ${next.nextSeq - 1}`,
      );
    }
    log.everCommitted = Math.max(log.everCommitted, next.nextSeq - 1);
    log.standings.push(next);
  }

  /** The store has lost what came after that position. */
  lost(sessionId: string, after: number): void {
    const log = this.#logOf(sessionId);
    log.lostInEpoch = Math.max(log.lostInEpoch, log.standings.at(-1)?.epoch ?? 0);
    log.standings = log.standings.filter(({ at }) => at <= after);
    log.isTailLost = true;
    this.#contents.lost?.(sessionId, after);
  }

  /** What stands up to there is let go of, but for the tail. */
  purges(sessionId: string, through: number): void {
    const { standings, isTailLost } = this.#logOf(sessionId);
    const tail = standings.at(-1);
    const place = newestBeforeTail(standings, through);
    const gone = standings[place];
    if (tail === undefined || gone === undefined) return;
    standings.splice(0, place); // the store cannot lose what it has let go of
    if (tail.isEnd || isTailLost) return;
    const { nextSeq, nextDown } = gone;
    if (nextSeq - 1 > tail.done) {
      const message = `a log lets go of ${nextSeq - 1}, of which ${tail.done} are handled`;
      this.#report.violated('I3', message);
    }
    if (nextDown - 1 > tail.downAcked) {
      const message = `a log lets go of ${nextDown - 1} for a client that has ${tail.downAcked}`;
      this.#report.violated('I5', message);
    }
  }

  #checkEpoch(before: Readonly<Standing>, { kind, epoch }: SessionRecord, by: string): void {
    if (kind === 'fence' && epoch <= before.epoch) {
      this.#report.violated('I7', `a fence has epoch ${epoch} after ${before.epoch}`);
    }
    if (kind !== 'fence' && epoch < before.epoch) {
      this.#report.violated('I7', `a record has epoch ${epoch} after ${before.epoch}`);
    }
    if (kind === 'frames' && before.writer !== '' && before.writer !== by) {
      this.#report.violated('I7', `${by} writes into a log that ${before.writer} owns`);
    }
    if (kind === 'fence') {
      const takeover = before.writer !== '' && before.writer !== by;
      this.#report.sometimes(takeover ? 'taken over' : 'attached');
    }
  }

  #takeDown(log: KnownLog, next: Standing, frame: DataFrame | GapFrame): void {
    const seq = frame.type === 'data' ? frame.seq : frame.fromSeq;
    // A client may have what the store has lost: what follows is numbered behind that.
    const isBehindLost = log.isTailLost && seq > next.nextDown;
    if (seq !== next.nextDown && !isBehindLost) {
      this.#report.violated(
        'I5',
        `the log has ${seq} for the client where ${next.nextDown} was next`,
      );
    }
    next.nextDown = (frame.type === 'data' ? seq : frame.toSeq) + 1;
    if (frame.type === 'data' && frame.codec === 'json') {
      this.#contents.said?.(log, next.at, frame);
    }
  }

  #takeUp(log: KnownLog, next: Standing, frame: DataFrame | GapFrame): void {
    const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
    if (from !== next.nextSeq) {
      this.#report.violated('I1', `the log has ${from} where ${next.nextSeq} was next`);
    }
    if (frame.type === 'gap') {
      this.#report.sometimes(`gap in a log: ${frame.cause}`);
      this.#expectPosition(next, frame.position);
      const end = frame.position + frame.samplesLost;
      if (log.client !== null) this.onGap(log.client, frame.position, end, log.take);
      next.nextSeq = frame.toSeq + 1;
      next.position = end;
      return;
    }
    if (frame.codec !== 'pcm_s16le') {
      next.messages = this.#contents.message(log, next.messages, frame);
      next.nextSeq = frame.seq + 1;
      return;
    }
    this.#expectPosition(next, frame.position);
    this.#contents.audio(log, frame, next.position < 0);
    const position = frame.position + frame.payload.length / BYTES_PER_SAMPLE;
    if (log.client !== null && this.#isNewest(log, log.client)) {
      this.onData(log.client, frame.position, position, log.take);
    }
    next.nextSeq = frame.seq + 1;
    next.position = position;
  }

  #isNewest({ number }: KnownLog, client: number): boolean {
    const newest = Math.max(this.#newest.get(client) ?? 0, number);
    this.#newest.set(client, newest);
    return number === newest;
  }

  #expectPosition({ position }: Standing, found: number): void {
    if (position >= 0 && found !== position) {
      this.#report.violated('I15', `the log has sample ${found} where ${position} was next`);
    }
  }

  #logOf(sessionId: string): KnownLog {
    let log = this.#logs.get(sessionId);
    if (log === undefined) {
      log = {
        sessionId,
        number: this.#logs.size + 1,
        standings: [],
        client: null,
        take: 0,
        anchorMs: null,
        everCommitted: 0,
        isTailLost: false,
        lostInEpoch: 0,
      };
      this.#logs.set(sessionId, log);
    }
    return log;
  }
}

/** -1: none. */
function newestBeforeTail(standings: readonly Readonly<Standing>[], through: number): number {
  for (let place = standings.length - 2; place >= 0; place -= 1) {
    if ((standings[place]?.at ?? Infinity) <= through) return place;
  }
  return -1;
}

function tellOf({ kind, epoch, up, down, fin, frames }: SessionRecord, at: number): string {
  return `record ${at}: ${kind}, epoch ${epoch}, ${frames.length} frames, up ${up}, down ${down}, fin ${fin}`;
}
