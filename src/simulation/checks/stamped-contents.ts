/** Of clients whose audio and messages say whose they are, and which. */
import { Asides } from './asides.ts';
import type { LogContents, LogOwner } from './log-contents.ts';
import type { Report } from './report.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { DataFrame } from '../../protocol/types.ts';
import { stampOf } from '../world/captured.ts';
import type { CapturedAudio, Stamp } from '../world/captured.ts';

/** Rounding of the time of capture on the wire. */
const ROUNDING_MS = 1.5;
const decoder = new TextDecoder();

export class StampedContents implements LogContents {
  readonly #report: Report;
  readonly #captured: ReadonlyMap<number, readonly CapturedAudio[]>;
  readonly #asides: Asides;
  /** The log that has it, by client and number. */
  readonly #logOf = new Map<string, string>();

  /** @param captured the takes, by the clients' numbers. */
  constructor(
    report: Report,
    captured: ReadonlyMap<number, readonly CapturedAudio[]>,
    asides = new Asides(),
  ) {
    this.#report = report;
    this.#captured = captured;
    this.#asides = asides;
  }

  audio(log: LogOwner, { payload, position, capturedAtMs }: DataFrame, isFirst: boolean): void {
    const stamp = stampOf(payload);
    const captured = stamp && this.#captured.get(stamp.client)?.[stamp.take];
    if (!stamp || !captured) {
      // A session that is begun anew begins where the last final ended: within a chunk.
      if (!isFirst) this.#report.violated('I2', 'the log has audio that nobody captured');
      return;
    }
    if (log.client === null) this.#begin(log, stamp);
    const { chunkSamples } = captured;
    if (log.client !== stamp.client) {
      this.#report.violated(
        'I2',
        `client ${stamp.client + 1} is in the log of client ${(log.client ?? 0) + 1}`,
      );
    } else if (log.take !== stamp.take) {
      this.#report.violated('I2', `take ${stamp.take + 1} is in the log of take ${log.take + 1}`);
    } else if (!captured.placesOf(stamp.chunk).includes(position)) {
      this.#report.violated('I2', `chunk ${stamp.chunk} is in the log at sample ${position}`);
    } else if (payload.length !== chunkSamples * BYTES_PER_SAMPLE) {
      this.#report.violated(
        'I2',
        `chunk ${stamp.chunk} is in the log with ${payload.length} bytes`,
      );
    } else if (!captured.isAsCaptured(stamp.chunk, payload)) {
      this.#report.violated('I2', `chunk ${stamp.chunk} is in the log with other bytes`);
    }
    captured.logged(stamp.chunk);
    const anchorMs = capturedAtMs - captured.capturedAtMs(stamp.chunk);
    log.anchorMs ??= anchorMs;
    if (Math.abs(anchorMs - log.anchorMs) > ROUNDING_MS && !captured.isClockWrong) {
      const wrongMs = Math.round(anchorMs - log.anchorMs);
      this.#report.violated(
        'I15',
        `chunk ${stamp.chunk} was captured ${wrongMs} ms off, says the log`,
      );
    }
  }

  #begin(log: LogOwner, { client, take }: Stamp): void {
    log.client = client;
    log.take = take;
    this.#asides.begun(client, log.sessionId);
  }

  message(log: LogOwner, messages: number, { payload }: DataFrame): number {
    const [client, number] = decoder.decode(payload).split(':').map(Number);
    log.client ??= client ?? null;
    if (client !== log.client) {
      this.#report.violated('I2', `a message of client ${client} is in the log of ${log.client}`);
    }
    if (messages > 0 && number !== messages) {
      this.#report.violated('I1', `the log has message ${number} where ${messages} was next`);
    }
    if (client !== undefined && number !== undefined) this.#expectOnce(log, client, number);
    return (number ?? 0) + 1;
  }

  said({ sessionId }: LogOwner, at: number, frame: DataFrame): void {
    const wrong = this.#asides.said(sessionId, at, frame);
    if (wrong !== null) this.#report.violated('I5', wrong);
  }

  lost(sessionId: string, after: number): void {
    this.#asides.lost(sessionId, after);
  }

  /** What may have come in by a session that is lost is not sent in the next one. */
  #expectOnce({ sessionId }: LogOwner, client: number, number: number): void {
    const key = `${client}:${number}`;
    const known = this.#logOf.get(key) ?? sessionId;
    this.#logOf.set(key, known);
    if (known === sessionId) return;
    const message = `message ${number} of client ${client + 1} is in two logs`;
    this.#report.violated('I1', message);
  }
}
