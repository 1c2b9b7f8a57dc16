/** What is known of one link. Whoever learns of something notes it here. */
import type { ResolvedCandidate } from './candidates.ts';
import { Lateness } from './lateness.ts';
import type { LinkOptions } from './link.types.ts';
import type { Looks } from './looks.ts';
import { OpenFlushes } from './open-flushes.ts';
import { Pings } from './pings.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import type { Durability } from '../ports/log-store.ts';
import type { HandshakeEvent } from '../providers/events.ts';

export class LinkFacts<Link> {
  protected readonly options: LinkOptions<Link>;
  lastInboundAtMs: number;
  lastOutboundAtMs: number;
  openedAtMs: number | null = null;
  /** It has asked for a session that the service gives to whoever asks last. */
  hasGreeted = false;
  isConfigured = false;
  hasAnswered = false;
  /** When the service said that it ends the session here. */
  endsAtMs: number | null = null;
  /** When we are to have left by then, where many are asked to. */
  leavesAtMs: number | null = null;
  hasCommitted = false;
  /** All that was asked of it is told: nobody waits for anything more. */
  mayEnd = false;
  /** A half-open breaker waits for what becomes of it. */
  isProbe = false;
  audioFlowedAtMs: number | null = null;
  /** Silence that it was sent before it carried audio, so that the service would not close it. */
  primedBytes = 0;
  /** The service has taken what gives the conversation back. */
  restored: Extract<HandshakeEvent, { kind: 'restored' }> | null = null;
  /** What its service's acknowledgements survive; null where it keeps nothing. */
  durability: Durability | null = null;
  /** Who looks after it while it is open. */
  watch: {
    stop(): void;
    credentialEnds(inMs: number): void;
    greetLater(greet: () => void): void;
  } | null = null;
  readonly flushes = new OpenFlushes();
  readonly pings = new Pings();
  readonly lateness = new Lateness();

  readonly madeAtMs: number;
  /** It was dialled several times over. */
  readonly isRaced: boolean;

  constructor(options: LinkOptions<Link>) {
    const atMs = options.clock.nowMs();
    this.options = options;
    this.madeAtMs = atMs;
    this.isRaced = options.redialEveryMs !== null;
    this.lastInboundAtMs = atMs;
    this.lastOutboundAtMs = atMs;
  }

  get id(): number {
    return this.options.id;
  }

  get isMove(): boolean {
    return this.options.isMove;
  }

  get lane(): number {
    return this.options.lane;
  }

  get candidate(): ResolvedCandidate {
    return this.options.candidate;
  }

  /** Which of them the chart is told. */
  get looks(): Looks {
    return this.options.looks;
  }

  get tell(): (event: ConnectionEvent) => void {
    return this.options.tell;
  }

  get rttMs(): number | null {
    return this.pings.rttMs;
  }

  /** A frame came, or an answer to a ping. */
  protected spoke(atMs: number): void {
    this.lateness.spoke(atMs, this.lastInboundAtMs, this.pings);
    this.lastInboundAtMs = atMs;
  }

  protected opened(atMs: number): void {
    this.openedAtMs = atMs;
    this.lastInboundAtMs = atMs;
    this.lastOutboundAtMs = atMs;
  }
}
