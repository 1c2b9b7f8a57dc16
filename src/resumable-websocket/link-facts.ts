/** What is known of one link. Whoever learns of something notes it here. */
import type { LinkOwner } from './link.types.ts';
import type { Outbox } from './outbox.ts';
import type { ConnectionEvent, SocketInput } from '../../machines/connection.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Standstill } from '../providers/gateway/progress.ts';
import type { Looks } from '../session/looks.ts';

export class LinkFacts<Link> {
  readonly id: number;
  /** It is dialled several times over, this often; null: once. */
  readonly redialEveryMs: number | null;
  /** It was dialled to follow one that speaks. */
  readonly isMove: boolean;
  readonly owner: LinkOwner<Link>;
  /** Tells the chart. */
  readonly tell: (event: ConnectionEvent) => void;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** Which of them the chart is told. */
  readonly looks: Looks;
  readonly madeAtMs: number;
  /** `tenuto.v1` was offered on its socket. */
  protected offers = false;
  #hasAnswered = false;
  #hasCommitted = false;
  openedAtMs: number | null = null;
  /** Any byte is a sign of life. */
  heardAtMs = 0;
  rttMs: number | null = null;
  /** When its answer came. */
  rttAtMs = 0;
  isConfigured = false;
  /** The session is the one before. */
  isResumed = false;

  constructor(
    { id, redialEveryMs, isMove }: SocketInput,
    owner: LinkOwner<Link>,
    tell: (event: ConnectionEvent) => void,
    looks: Looks,
  ) {
    this.id = id;
    this.redialEveryMs = redialEveryMs;
    this.isMove = isMove;
    this.owner = owner;
    this.tell = tell;
    this.looks = looks;
    this.clock = owner.options.clock;
    this.outbox = owner.outbox;
    this.madeAtMs = this.clock.nowMs();
  }

  /** Whether the other end's kind is still to be found out on its socket. */
  get isTentative(): boolean {
    return this.offers && this.owner.kind === 'unknown' && !this.isConfigured;
  }

  /** Some of what was sent is kept there. The chart is told once. */
  protected committed(): void {
    if (this.#hasCommitted) return;
    this.#hasCommitted = true;
    this.tell({ type: 'result.committed', id: this.id, atMs: this.clock.nowMs() });
  }

  /** The server spoke. The chart is told once it can make use of it, and once. */
  answered(): void {
    if (!this.isConfigured || this.#hasAnswered) return;
    this.#hasAnswered = true;
    this.tell({ type: 'server.answered', id: this.id, atMs: this.clock.nowMs() });
  }

  stalled({ sinceMs, forMs }: Standstill): void {
    const atMs = this.clock.nowMs();
    this.tell({ type: 'link.stalled', id: this.id, atMs, sinceMs, forMs });
  }

  endsIn(inMs: number): void {
    const unit = this.owner.options.random.unit();
    this.tell({ type: 'link.ending', id: this.id, atMs: this.clock.nowMs(), inMs, unit });
  }

  measured(rttMs: number | null): void {
    if (rttMs === null) return;
    this.rttMs = rttMs;
    this.rttAtMs = this.clock.nowMs();
  }
}
