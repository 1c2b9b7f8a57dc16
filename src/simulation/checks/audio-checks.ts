/** What a client with a microphone may be believed at every moment, and what it must have come to at the end. */
import { statesWithAnEnd } from './chart-ends.ts';
import { Dials } from './dials.ts';
import type { Report } from './report.ts';
import { Told } from './told.ts';
import type { SimulatedProcess } from '../process.ts';
import type { InvariantId } from '../simulation.types.ts';
import type { CapturedAudio } from '../world/captured.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { WINDOW_BYTES } from '../../protocol/limits.ts';
import type { CloseResult, SessionEvent, SessionLedger } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** Positions are told in milliseconds, which a sample need not be a whole number of. */
const SEAM_MS = 1;
/** Sums of fractions. */
const ROUNDING_MS = 0.001;
/** What leaves the ring is told in pieces of a second. */
const PIECE_MS = 1_000;

export class AudioChecks {
  readonly #name: string;
  #session: Session;
  readonly #captured: CapturedAudio | null;
  readonly #report: Report;
  #process: SimulatedProcess;
  readonly #mostMs: number;
  readonly told = new Told();
  /** Where what its newest life brings begins, as its session has it. */
  #baseMs = 0;
  #isReconnecting = false;
  #isGivenUp = false;
  #hasFinals = false;
  #isClosed = false;
  #isKilled = false;
  #dials = new Dials();
  #status = '';

  /**
   * @param captured null: nothing is known of it but what the session says.
   * @param retentionMs how much it may hold.
   */
  constructor(
    name: string,
    session: Session,
    captured: CapturedAudio | null,
    report: Report,
    process: SimulatedProcess,
    retentionMs = Infinity,
  ) {
    this.#name = name;
    this.#session = session;
    this.#captured = captured;
    this.#report = report;
    this.#process = process;
    this.#mostMs = retentionMs + (captured === null ? 0 : beyondMs(captured));
    session.on('*', (event) => this.#hear(event));
  }

  /** Another process of its client goes on, with another session. */
  goesOn(session: Session, process: SimulatedProcess): void {
    this.#session = session;
    this.#process = process;
    this.#baseMs = 0;
    this.#dials = new Dials();
    this.#isReconnecting = false;
    this.#isGivenUp = false;
    this.#status = '';
    session.on('*', (event) => this.#hear(event));
  }

  /** After everything that the client did. */
  look(): void {
    const { ledger } = this.#session;
    const { captured, buffered, capturedMs, deliveredMs, gapMs, bufferedMs } = ledger;
    const accountedMs = deliveredMs + gapMs + bufferedMs;
    const isBalanced = Math.abs(capturedMs - accountedMs) < ROUNDING_MS && buffered >= 0;
    if (!isBalanced || !this.#isAsWritten(ledger)) {
      const written = this.#captured?.chunks ?? captured;
      this.#violated('I9', `${written} written; the books: ${JSON.stringify(ledger)}`);
    }
    if (bufferedMs > this.#mostMs) {
      this.#violated('I8', `${bufferedMs} ms are held, of ${this.#mostMs} at the most`);
    }
    const { status } = this.#session;
    if (status === this.#status) return;
    this.#status = status;
    if (status === 'active' && this.#isReconnecting) {
      this.#violated('I17', 'it is active, and the reconnection that was told of has not ended');
    }
    this.#report.tell(this.#name, status, { state: status });
    this.#expectWayOut();
  }

  /** What lives before have left may turn out to be more, and is never more than they were brought. */
  #isAsWritten({ captured, capturedMs }: SessionLedger): boolean {
    const audio = this.#captured;
    if (audio === null) return true;
    const { chunkMs, chunks, chunksOfLife, sampleRateHz } = audio;
    if (audio.lives === 1) return captured === chunks;
    const baseMs = capturedMs - chunksOfLife * chunkMs;
    const mostMs = (chunks - chunksOfLife) * chunkMs;
    const isMore = baseMs >= this.#baseMs - ROUNDING_MS && baseMs <= mostMs + ROUNDING_MS;
    this.#baseMs = baseMs;
    audio.begins(Math.round((baseMs * sampleRateHz) / 1_000));
    return isMore;
  }

  #expectWayOut(): void {
    const snapshot = this.#session.actor.getSnapshot();
    if (snapshot.status !== 'active') return;
    const ends = statesWithAnEnd(snapshot.machine);
    for (const { id, states } of snapshot._nodes) {
      if (Object.keys(states).length > 0 || ends.has(id)) continue;
      this.#violated('I18', `nothing leads out of ${id}`);
    }
  }

  dialled(): void {
    if (this.#isGivenUp || this.#isClosed) this.#violated('I12', 'it dials after its end');
    this.#report.tell(this.#name, 'dials');
    this.#expect('I12', this.#dials.add(this.#process.nowMs()));
  }

  /** Nothing is made allowance for: of audio nothing is told twice all the same. */
  storeLost(): void {
    this.#report.sometimes('the store lost its tail');
  }

  killed(): void {
    this.#isKilled = true;
  }

  closed({ drained, finished, left }: CloseResult): void {
    this.#isClosed = true;
    this.#report.tell(this.#name, 'has closed');
    if (this.#isGivenUp) return;
    if (!drained) this.#violated('I10', `${left.chunks} chunks were left when it closed`);
    else if (!finished)
      this.#violated('I10', 'it closed before all was told that comes of its audio');
    else this.#expectCovered();
  }

  /** Its client says that it has ended. */
  over(): void {
    const { status, ledger } = this.#session;
    this.#isClosed = status === 'disconnected' || status === 'error';
    if (!this.#isClosed || this.#isGivenUp || this.#isKilled) return;
    if (ledger.buffered > 0)
      this.#violated('I10', `${ledger.buffered} chunks were left when it closed`);
    else if (this.#hasFinals) this.#expectCovered(); // an app that makes no text is none for speech
  }

  /** At the end of the run. @param owed why it may not have closed, in words. */
  expectOver(owed = ''): void {
    if (this.#isKilled) return;
    if (!this.#isClosed) {
      const { status, ledger } = this.#session;
      const left = ledger.buffered === 0 ? '' : `${ledger.buffered} chunks are left`;
      const why = [`it is ${status}`, owed, left].filter((words) => words !== '');
      this.#violated('I10', `it has not closed: ${why.join(', and ')}`);
    }
    if (this.#isReconnecting && !this.#isClosed) this.#violated('I17', 'it still reconnects');
  }

  #expectCovered(): void {
    const { capturedMs } = this.#session.ledger;
    const hole = this.told.firstHole(capturedMs);
    if (hole !== null) {
      this.#violated(
        'I6',
        `neither a final nor a gap covers ${hole.from}–${hole.to} ms of ${capturedMs}`,
      );
    }
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case 'transcript':
        if (event.isFinal) this.#hasFinals = true;
        if (event.isFinal) this.#final(event.startMs, event.endMs, event.text);
        return;
      case 'gap':
        this.#report.sometimes(`gap: ${event.reason}`);
        this.#report.tell(this.#name, `gap of ${event.durationMs} ms (${event.reason})`);
        this.#expect('I4', this.told.gap(event.fromMs, event.toMs, this.#report.nowMs));
        return;
      case 'connection.reconnecting':
        this.#isReconnecting = true;
        this.#report.tell(this.#name, `reconnecting ${event.attempt} (${event.cause.code})`);
        return;
      case 'connection.reconnected':
        this.#isReconnecting = false;
        this.#report.sometimes(`reconnected: ${event.outcome}`);
        this.#report.tell(this.#name, `reconnected, ${event.outcome}`);
        return;
      case 'connection.failed':
        this.#isReconnecting = false;
        this.#isGivenUp = true;
        this.#report.sometimes('given up');
        this.#report.tell(this.#name, `given up: ${event.reason}`);
        return;
      case 'gateway.sessionLost':
        this.#report.sometimes('session lost');
        this.#report.tell(this.#name, `session lost; sent again from ${event.resentFromMs} ms`);
        return;
      case 'connection.suspected':
      case 'connection.recovered':
        this.#report.sometimes(event.type);
        this.#report.tell(this.#name, event.type);
        return;
      case 'warning':
      case 'error':
        this.#report.tell(this.#name, `${event.type}: ${event.error.code}`);
        return;
      default:
    }
  }

  #final(startMs: number, endMs: number, text: string): void {
    this.#report.note(endMs, this.#name, () => `final ${startMs}–${endMs} ms: ${text}`);
    this.#expect('I6', this.told.final(startMs, endMs, this.#report.nowMs));
    this.#compare(startMs, endMs, text);
  }

  /** A final names the chunks that it is of. */
  #compare(startMs: number, endMs: number, text: string): void {
    if (this.#captured === null) return;
    for (const word of text.split(' ')) {
      const chunk = Number(word);
      if (word === '' || Number.isNaN(chunk)) continue;
      if (!this.#captured.meets(chunk, startMs - SEAM_MS, endMs + SEAM_MS))
        this.#violated('I2', `the final of ${startMs}–${endMs} ms was made of chunk ${chunk}`);
    }
  }

  #expect(invariant: InvariantId, wrong: string | null): void {
    if (wrong !== null) this.#violated(invariant, wrong);
  }

  #violated(...[invariant, message]: Parameters<Report['violated']>): void {
    this.#report.violated(invariant, `${this.#name}: ${message}`);
  }
}

/** What counts as held beyond that: a chunk, a piece of a gap, and what was on its way, until the next link tells whether it arrived. */
function beyondMs({ chunkMs, sampleRateHz }: CapturedAudio): number {
  return chunkMs + PIECE_MS + (WINDOW_BYTES * 1_000) / (sampleRateHz * BYTES_PER_SAMPLE);
}
