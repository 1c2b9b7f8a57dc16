/** Holds every record that is committed against what clients brought: the log is what was promised to them. */
import type { Report } from './report.ts';
import { Spans } from './spans.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { decodeRecord } from '../../gateway/records.ts';
import type { SessionRecord } from '../../gateway/records.ts';
import { decodeFrame } from '../../protocol/frames.ts';
import type { DataFrame, GapFrame } from '../../protocol/types.ts';
import { stampOf } from '../world/captured.ts';
import type { CapturedAudio } from '../world/captured.ts';

/** Where a session's log stands. */
interface Standing {
  readonly at: number;
  readonly epoch: number;
  readonly writer: string;
  readonly nextSeq: number;
  readonly position: number;
  readonly nextDown: number;
  readonly messages: number;
}

const BEGINNING: Standing = {
  at: 0,
  epoch: 0,
  writer: '',
  nextSeq: 1,
  position: -1,
  nextDown: 1,
  messages: 0,
};
/** Rounding of the time of capture on the wire. */
const ROUNDING_MS = 1.5;

interface KnownLog {
  standings: Standing[];
  client: number | null;
  /** By the session's clock minus the client's, for all of its audio. */
  anchorMs: number | null;
  /** The most that was ever in it. */
  everCommitted: number;
  readonly data: Spans;
  isTailLost: boolean;
}

const SESSION_ID = /^[a-z2-7]{26}$/;
const decoder = new TextDecoder();

export class LogChecks {
  readonly #report: Report;
  readonly #captured: readonly (CapturedAudio | null)[];
  readonly #logs = new Map<string, KnownLog>();
  /** Told when a log gets the first of a client's. */
  onFirst: (client: number) => void = () => undefined;
  /** Told of samples of a client's that a log says will never come. */
  onGap: (client: number, from: number, to: number) => void = () => undefined;

  /** @param captured by the clients' numbers; null of those who bring none. */
  constructor(report: Report, captured: readonly (CapturedAudio | null)[]) {
    this.#report = report;
    this.#captured = captured;
  }

  /** The newest seq of the client's that was ever in that log. */
  committed(sessionId: string): number {
    return this.#logs.get(sessionId)?.everCommitted ?? 0;
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
    let next: Standing = { ...before, at, epoch: record.epoch, writer: by };
    for (const { isDown, bytes: framed } of record.frames) {
      const frame = decodeFrame(framed);
      if (frame.type !== 'data' && frame.type !== 'gap') continue;
      next = isDown ? this.#takeDown(log, next, frame) : this.#takeUp(log, next, frame);
    }
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
    log.standings = log.standings.filter(({ at }) => at <= after);
    log.isTailLost = true;
  }

  dropped(sessionId: string): void {
    const log = this.#logs.get(sessionId);
    if (log !== undefined) log.standings = [];
  }

  #checkEpoch(before: Standing, { kind, epoch }: SessionRecord, by: string): void {
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

  #takeDown(log: KnownLog, before: Standing, frame: DataFrame | GapFrame): Standing {
    const seq = frame.type === 'data' ? frame.seq : frame.fromSeq;
    // A client may have what the store has lost: what follows is numbered behind that.
    const isBehindLost = log.isTailLost && seq > before.nextDown;
    if (seq !== before.nextDown && !isBehindLost) {
      this.#report.violated(
        'I5',
        `the log has ${seq} for the client where ${before.nextDown} was next`,
      );
    }
    return { ...before, nextDown: (frame.type === 'data' ? seq : frame.toSeq) + 1 };
  }

  #takeUp(log: KnownLog, before: Standing, frame: DataFrame | GapFrame): Standing {
    const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
    if (from !== before.nextSeq) {
      this.#report.violated('I1', `the log has ${from} where ${before.nextSeq} was next`);
    }
    if (frame.type === 'gap') {
      this.#report.sometimes(`gap in a log: ${frame.cause}`);
      this.#expectPosition(before, frame.position);
      const end = frame.position + frame.samplesLost;
      if (log.client !== null) this.onGap(log.client, frame.position, end);
      return { ...before, nextSeq: frame.toSeq + 1, position: end };
    }
    if (frame.codec !== 'pcm_s16le') return this.#takeMessage(log, before, frame);
    this.#expectPosition(before, frame.position);
    this.#takeAudio(log, before, frame);
    const position = frame.position + frame.payload.length / BYTES_PER_SAMPLE;
    log.data.add(frame.position, position);
    return { ...before, nextSeq: frame.seq + 1, position };
  }

  #expectPosition({ position }: Standing, found: number): void {
    if (position >= 0 && found !== position) {
      this.#report.violated('I15', `the log has sample ${found} where ${position} was next`);
    }
  }

  #takeAudio(
    log: KnownLog,
    before: Standing,
    { payload, position, capturedAtMs }: DataFrame,
  ): void {
    const stamp = stampOf(payload);
    const captured = stamp === null ? null : (this.#captured[stamp.client] ?? null);
    if (stamp === null || captured === null) {
      // A session that is begun anew begins where the last final ended: within a chunk.
      if (before.position >= 0) {
        this.#report.violated('I2', 'the log has audio that nobody captured');
      }
      return;
    }
    const client = this.#ownerOf(log, stamp.client);
    const { chunkSamples } = captured;
    if (client !== stamp.client) {
      this.#report.violated(
        'I2',
        `client ${stamp.client + 1} is in the log of client ${client + 1}`,
      );
    } else if (position !== stamp.chunk * chunkSamples) {
      this.#report.violated('I2', `chunk ${stamp.chunk} is in the log at sample ${position}`);
    } else if (payload.length !== chunkSamples * BYTES_PER_SAMPLE) {
      this.#report.violated(
        'I2',
        `chunk ${stamp.chunk} is in the log with ${payload.length} bytes`,
      );
    }
    const anchorMs = capturedAtMs - captured.capturedAtMs(stamp.chunk);
    log.anchorMs ??= anchorMs;
    if (Math.abs(anchorMs - log.anchorMs) > ROUNDING_MS) {
      const wrongMs = Math.round(anchorMs - log.anchorMs);
      this.#report.violated(
        'I15',
        `chunk ${stamp.chunk} was captured ${wrongMs} ms off, says the log`,
      );
    }
  }

  #takeMessage(log: KnownLog, before: Standing, { seq, payload }: DataFrame): Standing {
    const [client, number] = decoder.decode(payload).split(':').map(Number);
    const owner = this.#ownerOf(log, client ?? Number.NaN);
    if (client !== owner) {
      this.#report.violated('I2', `a message of client ${client} is in the log of ${owner}`);
    }
    if (before.messages > 0 && number !== before.messages) {
      this.#report.violated(
        'I1',
        `the log has message ${number} where ${before.messages} was next`,
      );
    }
    return { ...before, nextSeq: seq + 1, messages: (number ?? 0) + 1 };
  }

  /** Whoever was first. */
  #ownerOf(log: KnownLog, client: number): number {
    if (log.client !== null) return log.client;
    log.client = client;
    this.onFirst(client);
    return client;
  }

  #logOf(sessionId: string): KnownLog {
    let log = this.#logs.get(sessionId);
    if (log === undefined) {
      log = {
        standings: [],
        client: null,
        anchorMs: null,
        everCommitted: 0,
        data: new Spans(),
        isTailLost: false,
      };
      this.#logs.set(sessionId, log);
    }
    return log;
  }
}

function tellOf({ kind, epoch, up, down, fin, frames }: SessionRecord, at: number): string {
  return `record ${at}: ${kind}, epoch ${epoch}, ${frames.length} frames, up ${up}, down ${down}, fin ${fin}`;
}
