/**
 * What must be true of one client's session at every moment, and at its end. It is told what happened and knows nothing else:
 * a history that was made up is checked as one that ran.
 */
import { DialBudget } from './dial-budget.ts';
import type { SpokenWord } from './microphone.ts';
import { ToolCalls } from './tool-calls.ts';
import { ToldAudio } from './told-audio.ts';
import type { Report } from './told-audio.ts';
import type { ConversationItem } from '../../ports/conversation.ts';
import type {
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionLedger,
} from '../../session/events.ts';

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
/** Where all is well, whoever has to move to another session is there by then. */
const MOVES_WITHIN_MS = 10_000;
/** A service that is there is given longer to answer for what it was sent. */
const HASTE_MS = 1_000;
/** A connection that stood for so long was healthy: its attempts count anew. */
const STOOD_MS = 60_000;

export class Expectations {
  readonly dials: DialBudget;
  readonly calls: ToolCalls;
  /** Set by who knows what was said. */
  spoken: readonly SpokenWord[] = [];
  readonly #report: Report;
  readonly #limits: Limits;
  readonly #told: ToldAudio;
  readonly #itemIds: string[] = [];
  #captured = { chunks: 0, ms: 0 };
  #settled = { delivered: 0, gap: 0 };
  #reconnectingSinceMs: number | null = null;
  /** A link was lost, or silent, since one was last told to stand again. */
  #isLost = false;
  #suspicions = 0;

  constructor(limits: Limits, report: Report) {
    this.#limits = limits;
    this.#report = report;
    this.#told = new ToldAudio(report);
    this.dials = new DialBudget(report);
    this.calls = new ToolCalls(limits.mayRepeatTurns, report);
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
        if (event.isFinal) this.#told.final(event, ledger, this.#captured.ms, this.spoken);
        return;
      case 'gap':
        this.#told.gap(event);
        return;
      case 'toolCall':
        this.calls.told(event.callId, event.arguments);
        return;
      case 'toolCall.cancelled':
        this.calls.cancelled(event.callIds);
        return;
      case 'item':
        if (!this.#itemIds.includes(event.item.id)) this.#itemIds.push(event.item.id);
        this.#told.item(event.item);
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
        this.calls.refused();
        return;
      case 'candidate.changed':
        this.#reconnectingSinceMs = null; // another one carries: that ends it as well
        return;
      default:
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
    const stoodMs = this.#isLost ? 0 : atMs - this.dials.lastAtMs;
    this.#isLost = true;
    if (attempt > 1 && stoodMs >= STOOD_MS) {
      this.#report('I12', `attempt ${attempt}, and the last dial was ${stoodMs} ms ago`);
    }
    if (attempt > maxAttempts && persistsForMs <= 0) {
      this.#report('I12', `attempt ${attempt} of ${maxAttempts}`);
    }
  }

  /** Once all is well: nothing may be on its way any more. */
  converged(status: string, atMs: number): void {
    const sinceMs = this.#reconnectingSinceMs;
    if (sinceMs !== null) {
      if (atMs - sinceMs < MOVES_WITHIN_MS) return; // a service has just ended a session whose time was over
      this.#report('I17', `reconnecting since ${sinceMs} ms, still at ${atMs} ms`);
    }
    if (status !== 'active' && status !== 'connected') {
      this.#report('I10', `all has been well for a while, and the session is ${status}`);
    }
  }

  /** @param status as it was when it was asked to close, so many ms before it had. */
  parted({ drained, left }: CloseResult, status: string, tookMs: number): void {
    if (drained || status !== 'active' || tookMs >= HASTE_MS) return;
    const what = `it closed within ${Math.round(tookMs)} ms, with ${left.ms} ms not delivered`;
    this.#report('I10', what);
  }

  /** @param result null: it never came. */
  closed(result: CloseResult | null, items: readonly ConversationItem[]): void {
    if (result === null || !result.drained) {
      const left = result === null ? 'it never closed' : `${result.left.ms} ms are left`;
      this.#report('I10', `not everything is delivered: ${left}`);
      return;
    }
    this.books(result.ledger, true);
    this.#told.close(this.#captured.ms, this.spoken);
    this.calls.close(items);
    const order = items.map(({ id }) => this.#itemIds.indexOf(id)).filter((at) => at >= 0);
    if (order.some((at, index) => at <= (order[index - 1] ?? -1))) {
      this.#report(
        'I5',
        'the items of the conversation are not in the order in which they were told',
      );
    }
  }
}
