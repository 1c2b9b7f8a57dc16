/**
 * What must be true of one client's session at every moment, and at its end. It is told what happened and knows nothing else:
 * a history that was made up is checked as one that ran.
 */
import { Coverage } from './coverage.ts';
import type { SpokenWord } from './microphone.ts';
import { WORD_MS, wordOf } from './voice.ts';
import type { InvariantId } from '../simulation.types.ts';
import type { ConversationItem } from '../../ports/conversation.ts';
import type {
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionLedger,
} from '../../session/events.ts';

export type Report = (invariant: InvariantId, message: string) => void;

export interface Limits {
  readonly retentionMs: number;
  /** Of captured audio, in one piece. */
  readonly longestChunkMs: number;
  /** A service among those that it has may hear a turn that was answered once more: Gemini, from an older handle. */
  readonly mayRepeatTurns: boolean;
}

/** Fewer chunks than this are never evicted. */
const CHUNKS_KEPT = 100;
/** The chunk that comes, one that is settled in part, and one that leaves while its gap is told. */
const CHUNKS_OVER = 3;
/** Times come as 32-bit floats, and models round to their frames. */
const SEAM_MS = 10;
/** What the cut of a word at a gap's edge may take of its nucleus. */
const EDGE_MS = 40;
/** A word is told to lie within so much of where it was said. */
const PLACE_MS = 60;
/** More dials than this in a minute are a storm: ten of the client's budget, hedges, and those that users ask for. */
const DIALS_A_MINUTE = 40;
const MINUTE_MS = 60_000;

export class Expectations {
  readonly #report: Report;
  readonly #limits: Limits;
  readonly #coverage: Coverage;
  readonly #dialsAtMs: number[] = [];
  /** How often each that refused for good may still be dialled. */
  readonly #barred = new Map<number, number>();
  readonly #callIds = new Set<string>();
  readonly #queries = new Set<string>();
  readonly #itemIds: string[] = [];
  readonly #missed: number[] = [];
  /** Utterances of which was told that they were, and not what they were. */
  readonly #wordless: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** Words that items of the user's had. */
  readonly #inItems = new Set<number>();
  #captured = { chunks: 0, ms: 0 };
  #settled = { delivered: 0, gap: 0 };
  #lastWord = 0;
  #reconnectingSinceMs: number | null = null;
  /** A link was lost, or silent, since one was last told to stand again. */
  #isLost = false;
  #suspicions = 0;

  constructor(limits: Limits, report: Report) {
    this.#limits = limits;
    this.#report = report;
    this.#coverage = new Coverage(SEAM_MS, (message, isGap) =>
      report(isGap ? 'I4' : 'I6', message),
    );
  }

  /** Words up to this number were told, or passed over. */
  get lastWord(): number {
    return this.#lastWord;
  }

  get isReconnecting(): boolean {
    return this.#reconnectingSinceMs !== null;
  }

  captured(ms: number): void {
    this.#captured = { chunks: this.#captured.chunks + 1, ms: this.#captured.ms + ms };
  }

  /** The books, after whatever happened. @param isShut nothing of what is held is on its way to a service. */
  books(ledger: SessionLedger, isShut: boolean): void {
    const { chunks, ms } = this.#captured;
    const { captured, delivered, gap, buffered } = ledger;
    if (captured !== chunks || Math.abs(ledger.capturedMs - ms) > 1) {
      this.#report(
        'I9',
        `${chunks} chunks (${ms} ms) were captured, the books have ${captured} (${ledger.capturedMs} ms)`,
      );
    }
    const sumMs = ledger.deliveredMs + ledger.gapMs + ledger.bufferedMs;
    if (delivered + gap + buffered !== captured || Math.abs(sumMs - ledger.capturedMs) > 1) {
      this.#report(
        'I9',
        `${delivered} delivered + ${gap} gap + ${buffered} buffered are not ${captured} captured`,
      );
    }
    if (delivered < this.#settled.delivered || gap < this.#settled.gap) {
      this.#report(
        'I9',
        `what was settled is not any more: ${delivered} delivered after ${this.#settled.delivered}, ${gap} gap after ${this.#settled.gap}`,
      );
    }
    this.#settled = { delivered, gap };
    if (!isShut) return; // what a service was sent and has not answered for is in the books, and need not be held
    const mostMs = Math.max(this.#limits.retentionMs, CHUNKS_KEPT * this.#limits.longestChunkMs);
    if (ledger.bufferedMs > mostMs + CHUNKS_OVER * this.#limits.longestChunkMs) {
      this.#report('I8', `${ledger.bufferedMs} ms are held, of ${mostMs} at the most`);
    }
  }

  /** @param ledger as it is when the event is told. */
  event(event: SessionEvent, ledger: SessionLedger, atMs: number): void {
    switch (event.type) {
      case 'transcript':
        if (event.isFinal) this.#final(event, ledger);
        return;
      case 'gap':
        this.#coverage.add(event.fromMs, event.toMs, true);
        return;
      case 'toolCall':
        this.#toolCall(event);
        return;
      case 'item':
        this.#item(event.item);
        return;
      case 'connection.reconnecting':
        this.#reconnecting(event, atMs);
        return;
      case 'session.degraded':
        this.#isLost = true;
        return;
      case 'connection.suspected':
        this.#suspicions += 1;
        return;
      case 'connection.reconnected':
        this.#reconnected();
        return;
      case 'connection.failed':
        this.#isLost = false;
        this.#reconnectingSinceMs = null;
        return;
      case 'warning':
        this.#queries.clear(); // what was refused, such as a tool's result, may be asked for again
        return;
      case 'candidate.changed':
        this.#reconnectingSinceMs = null; // another one carries: that ends it as well
        return;
      default:
    }
  }

  #final(
    { startMs, endMs, text, words, endsUtterance }: SessionEventOf<'transcript'>,
    ledger: SessionLedger,
  ): void {
    this.#coverage.add(startMs, endMs, false);
    if (ledger.deliveredMs + ledger.gapMs < endMs - SEAM_MS) {
      this.#report(
        'I6',
        `a final ends at ${endMs} ms, and only ${ledger.deliveredMs + ledger.gapMs} ms are settled`,
      );
    }
    if (endMs > this.#captured.ms + SEAM_MS) {
      this.#report('I6', `a final ends at ${endMs} ms, of ${this.#captured.ms} captured`);
    }
    if (endsUtterance && text === '') this.#wordless.push({ fromMs: startMs, toMs: endMs });
    for (const token of text.split(' ')) if (token !== '') this.#word(token);
    for (const word of words) this.#place(word);
  }

  #word(token: string): void {
    const number = wordOf(token)?.number;
    if (number === undefined) {
      this.#report('I6', `"${token}" was told, which nobody says`);
      return;
    }
    if (number <= this.#lastWord) {
      this.#report('I6', `"${token}" was told after the word ${this.#lastWord}`);
      return;
    }
    for (let missed = this.#lastWord + 1; missed < number; missed += 1) this.#missed.push(missed);
    this.#lastWord = number;
  }

  /** Set by who knows what was said; words are looked up by their number, from 1. */
  spoken: readonly SpokenWord[] = [];

  #place({ text, startMs, endMs }: SessionEventOf<'transcript'>['words'][number]): void {
    const said = this.spoken[(wordOf(text)?.number ?? 0) - 1];
    if (said === undefined) return;
    if (
      startMs < said.fromMs - PLACE_MS ||
      endMs < startMs ||
      endMs > 2 * said.nucleusAtMs - said.fromMs + PLACE_MS
    ) {
      this.#report(
        'I15',
        `"${text}" was told at ${startMs} to ${endMs} ms, and said at ${said.fromMs} ms`,
      );
    }
  }

  /** A transcription that comes after the answer is told with its item alone. */
  #item(item: ConversationItem): void {
    if (!this.#itemIds.includes(item.id)) this.#itemIds.push(item.id);
    if (item.kind !== 'message' || item.role !== 'user') return;
    for (const token of item.text.split(' ')) {
      const word = wordOf(token);
      if (word !== null) this.#inItems.add(word.number);
    }
  }

  #toolCall({ callId, arguments: given }: SessionEventOf<'toolCall'>): void {
    if (this.#callIds.has(callId)) this.#report('I5', `the call ${callId} was told twice`);
    this.#callIds.add(callId);
    const { query } = JSON.parse(given) as { query: string };
    for (const word of query.split(' ')) {
      const isTwice = this.#queries.has(word) && !this.#limits.mayRepeatTurns;
      if (isTwice) this.#report('I5', `the tool was asked about "${word}" twice`);
      this.#queries.add(word);
    }
  }

  /** A link that was silent is followed by another one while the outage before it is still being made good. */
  #reconnected(): void {
    if (this.#isLost) this.#isLost = false;
    else if (this.#suspicions > 0) this.#suspicions -= 1;
    else this.#report('I17', 'reconnected, though no trouble was told of');
    this.#reconnectingSinceMs = null;
  }

  #reconnecting(
    { attempt, maxAttempts, persistsForMs }: SessionEventOf<'connection.reconnecting'>,
    atMs: number,
  ): void {
    this.#reconnectingSinceMs ??= atMs;
    this.#isLost = true;
    if (attempt > maxAttempts && persistsForMs <= 0) {
      this.#report('I12', `attempt ${attempt} of ${maxAttempts}`);
    }
  }

  /** Somebody asked for a connection: what was refused for good may be tried again. */
  ordered(): void {
    this.#barred.clear();
  }

  dialled(place: number, atMs: number): void {
    const dials = this.#dialsAtMs;
    dials.push(atMs);
    while ((dials[0] ?? atMs) < atMs - MINUTE_MS) dials.shift();
    if (dials.length > DIALS_A_MINUTE) this.#report('I12', `${dials.length} dials in a minute`);
    const left = this.#barred.get(place);
    if (left === 0) this.#report('I12', `service ${place} was dialled after it refused for good`);
    if (left !== undefined) this.#barred.set(place, left - 1);
  }

  accepted(place: number): void {
    this.#barred.delete(place);
  }

  /** @param others connections of this client to that service: each may find out by itself. */
  refusedForGood(place: number, others: number): void {
    if (!this.#barred.has(place)) this.#barred.set(place, others);
  }

  /** Once all is well: nothing may be on its way any more. */
  converged(status: string, atMs: number): void {
    if (this.#reconnectingSinceMs !== null) {
      this.#report(
        'I17',
        `reconnecting since ${this.#reconnectingSinceMs} ms, still at ${atMs} ms`,
      );
    }
    if (status !== 'active' && status !== 'connected') {
      this.#report('I10', `all has been well for a while, and the session is ${status}`);
    }
  }

  /** @param result null: it never came. */
  closed(result: CloseResult | null, items: readonly { readonly id: string }[]): void {
    if (result === null || !result.drained) {
      const left = result === null ? 'it never closed' : `${result.left.ms} ms are left`;
      this.#report('I10', `not everything is delivered: ${left}`);
      return;
    }
    this.books(result.ledger, true);
    this.#coverage.close(this.#captured.ms);
    for (const { number, fromMs } of this.spoken.slice(this.#lastWord)) {
      if (fromMs + WORD_MS <= this.#captured.ms) this.#missed.push(number);
    }
    for (const number of this.#missed) this.#excuse(number);
    const order = items.map(({ id }) => this.#itemIds.indexOf(id)).filter((at) => at >= 0);
    if (order.some((at, index) => at <= (order[index - 1] ?? -1))) {
      this.#report(
        'I5',
        'the items of the conversation are not in the order in which they were told',
      );
    }
  }

  /** A word that nobody told must lie in a gap. */
  #excuse(number: number): void {
    const said = this.spoken[number - 1];
    if (said === undefined || this.#inItems.has(number)) return;
    const atMs = said.nucleusAtMs;
    if (this.#wordless.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)) return;
    if (this.#coverage.isGapNear(atMs, EDGE_MS)) return;
    this.#report(
      'I6',
      `the word ${number}, said at ${said.fromMs} ms, was not told, and lies in no gap`,
    );
  }
}
