/** What a client is told of what it sent: through where it is in the log, and how far it may send on. Coarse. */
import { ClientRate } from './admission/client-rate.ts';
import type { AdmissionLimits } from './admission/limits.ts';
import type { GatewaySession } from './session.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Clock } from '../ports/clock.ts';
import { DATA_HEADER_BYTES, encodeFrame } from '../protocol/frames.ts';

/** Acknowledgements are coarse, at 50 chunks a second one for eight; within ACK_MAX_INTERVAL_MS. P13.2 */
const ACK_EVERY_MS = 170;
/** What is to be acknowledged then is on its way to the log before that: as long as the log takes, and no longer. */
const AHEAD_AT_MOST_MS = 100;

/** What came in waits for the log no longer than for its acknowledgement; so much of it, or half of the window, does not wait. P20.8 */
const WAITING_BYTES = 32_768;

/** What a client's chunks usually last: how many it may send at first is reckoned by it. */
const USUAL_CHUNK_MS = 100;

export interface AcknowledgingOptions {
  readonly clock: Clock;
  readonly limits: AdmissionLimits;
}

/** The attachment. */
export interface AcknowledgingEnd {
  send(frame: Uint8Array): void;
}

export class Acknowledging {
  readonly #options: AcknowledgingOptions;
  readonly #session: GatewaySession;
  readonly #end: AcknowledgingEnd;
  readonly #epoch: number;
  readonly #rate: ClientRate;
  #timer: unknown = null;
  #toldAtMs = -ACK_EVERY_MS;
  #told: number;
  #grantedSeq = 0;
  #isOver = false;

  constructor(options: AcknowledgingOptions, session: GatewaySession, end: AcknowledgingEnd) {
    const { clock, limits } = options;
    this.#options = options;
    this.#session = session;
    this.#end = end;
    this.#epoch = session.standing.epoch;
    const usualSamples = (session.card.audio.sampleRateHz / 1_000) * USUAL_CHUNK_MS;
    const usualBytes = DATA_HEADER_BYTES + usualSamples * BYTES_PER_SAMPLE;
    this.#rate = new ClientRate(limits, usualBytes, clock.nowMs());
    this.#told = session.committed;
    this.grant();
  }

  /** How far the client was told that it may send. */
  get grantedSeq(): number {
    return this.#grantedSeq;
  }

  /** A frame came in. False where it is too much: nobody who heeds credit comes to that. */
  take(bytes: number, atMs: number): boolean {
    return this.#rate.take(bytes, atMs);
  }

  /** Something came in: it is to be in the log when its acknowledgement is due. */
  took(): void {
    if (this.#isOver) return; // what came in ended it
    const { log, standing, committed } = this.#session;
    const isMuch = 2 * (standing.up - committed) >= this.#grantedSeq - committed;
    const isWaitingFor = this.#timer !== null || log.isWriting || this.#waitUntilDue();
    if (isMuch || !isWaitingFor || log.waitingUpBytes >= WAITING_BYTES) log.flushSoon();
  }

  /** Something was committed. */
  committed(): void {
    if (this.#isOver) return;
    if (this.#timer !== null) {
      if (!this.#isMuchToGrant()) return;
      this.#options.clock.clearTimeout(this.#timer);
      this.#timer = null;
      this.tell();
    } else if (!this.#waitUntilDue()) this.tell();
    const { log } = this.#session;
    if (this.#timer !== null || log.waitingUpBytes === 0) return;
    if (!this.#waitUntilDue()) log.flushSoon(); // it came while the log was written
  }

  /** Now, if there is anything new. */
  tell(): void {
    if (this.#isOver) return;
    const session = this.#session;
    const { clock } = this.#options;
    const { committed } = session;
    const grantedSeq = this.#grantedSeq;
    const maxSeq = this.grant();
    if (committed !== this.#told || maxSeq !== grantedSeq) {
      this.#toldAtMs = clock.nowMs();
      this.#told = committed;
      const ackDelayMs = Math.round(session.tally.commitDelayMs);
      const epoch = this.#epoch;
      this.#end.send(
        encodeFrame({ type: 'ack', epoch, committed, maxSeq, ackDelayMs, ranges: [] }),
      );
    }
    // Who was too fast is told as soon as it may go on: it sends nothing that would be acknowledged meanwhile.
    const isHeldBack = maxSeq < session.maxSeq && !this.#rate.isFull(clock.nowMs());
    if (isHeldBack && this.#timer === null) this.#tellIn(ACK_EVERY_MS);
  }

  /** As far as the session has room and the client's rate allows; never less than it was. Whoever asks tells the client. */
  grant(): number {
    this.#grantedSeq = this.#edge();
    return this.#grantedSeq;
  }

  stop(): void {
    this.#isOver = true;
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Half of the window: who sends that fast would stand still until the next acknowledgement. P13.2 */
  #isMuchToGrant(): boolean {
    const { maxSeq, committed } = this.#session;
    const news = this.#edge() - this.#grantedSeq;
    return news > 0 && 2 * news >= maxSeq - committed;
  }

  #edge(): number {
    const session = this.#session;
    const { clock } = this.#options;
    const allowed = session.standing.up + this.#rate.allowance(clock.nowMs());
    return Math.max(this.#grantedSeq, Math.min(session.maxSeq, allowed));
  }

  /** False where it is due. */
  #waitUntilDue(): boolean {
    const aheadMs = Math.min(this.#session.log.takesMs, AHEAD_AT_MOST_MS);
    const dueInMs = this.#toldAtMs + ACK_EVERY_MS - aheadMs - this.#options.clock.nowMs();
    if (dueInMs >= 1) this.#tellIn(dueInMs);
    return dueInMs >= 1;
  }

  #tellIn(delayMs: number): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = null;
      const { log } = this.#session;
      log.flushFrames();
      if (!log.isWriting) this.tell(); // else when it is written
    }, delayMs);
  }
}
