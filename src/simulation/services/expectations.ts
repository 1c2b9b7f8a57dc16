/**
 * What must be true of one client's session at every moment, and at its end. It is told what happened and knows nothing else:
 * a history that was made up is checked as one that ran.
 */
import type { DialBudget } from './dial-budget.ts';
import { LinkChecks, partOf } from './link-checks.ts';
import type { Part } from './link-checks.ts';
import type { SpokenWord } from './microphone.ts';
import { Replies } from './replies.ts';
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
  /** It is a voice agent, whose parts fail alone. Default false. */
  readonly isAgent?: boolean;
}

/** Fewer chunks than this are never evicted. */
const CHUNKS_KEPT = 100;
/** The chunk that comes, one that is settled in part, and one that leaves while its gap is told. */
const CHUNKS_OVER = 3;
/** A service that is there is given longer to answer for what it was sent. */
const HASTE_MS = 1_000;

export class Expectations {
  readonly calls: ToolCalls;
  /** Of a voice agent. */
  readonly replies: Replies | null;
  /** Set by who knows what was said. */
  spoken: readonly SpokenWord[] = [];
  readonly #report: Report;
  readonly #limits: Limits;
  readonly #told: ToldAudio;
  readonly #itemIds: string[] = [];
  #captured = { chunks: 0, ms: 0 };
  #settled = { delivered: 0, gap: 0 };
  readonly #links: Readonly<Record<Part, LinkChecks>>;

  constructor(limits: Limits, report: Report) {
    this.#limits = limits;
    this.#report = report;
    this.#told = new ToldAudio(report);
    this.#links = {
      hearing: new LinkChecks('hearing', report),
      thinking: new LinkChecks('thinking', report),
      speaking: new LinkChecks('speaking', report),
    };
    this.calls = new ToolCalls(limits.mayRepeatTurns, report);
    this.replies = limits.isAgent === true ? new Replies(report) : null;
  }

  get dials(): DialBudget {
    return this.dialsOf('hearing');
  }

  dialsOf(part: Part): DialBudget {
    return this.#links[part].dials;
  }

  /** The application asks for all connections. */
  ordered(): void {
    for (const { dials } of Object.values(this.#links)) dials.ordered();
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
    this.replies?.event(event, atMs);
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
      case 'reply.started':
        if (this.replies !== null) this.calls.thinks();
        return;
      case 'session.degraded':
        for (const part of this.#missing(event)) this.#links[part].lost();
        return;
      case 'warning':
        if (this.replies === null) this.calls.refused();
        return;
      default:
        this.#links[partOf(event)].event(event, atMs);
    }
  }

  #missing({ missing }: SessionEventOf<'session.degraded'>): readonly Part[] {
    return this.replies === null ? ['hearing'] : missing;
  }

  /** Once all is well: nothing may be on its way any more. */
  converged(status: string, atMs: number, part: Part = 'hearing'): void {
    this.#links[part].converged(status, atMs);
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
