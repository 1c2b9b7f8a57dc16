/** Looks after one open socket, on a steady pulse: tells the chart how it looks, and lets the wire do what is due. */
import type { Outbox } from './outbox.ts';
import type { Wire } from './wire.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import { isVain } from '../../machines/connection.patience.ts';
import type { SocketUnanswered } from '../../machines/connection.peer.ts';
import type { Failure } from '../../machines/failure.ts';
import { LOOK_FLOWING_MS, LOOK_PROMPT_MS, lookAgainInMs } from '../../machines/liveness.rules.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import { WELCOME_TIMEOUT_MS } from '../protocol/limits.ts';
import { SpareGreeting } from '../session/greeting.ts';
import type { Looks } from '../session/looks.ts';
import { LOOK_IDLE_MS, Pulse } from '../session/pulse.ts';
import type { Watcher } from '../session/pulse.ts';

/** Messages flow if some came or went within this time. */
const FLOWING_WITHIN_MS = 500;
/** A look that comes this late comes after a sleep: what stood before may not stand any more. */
const ASLEEP_MS = 5_000;

/** What is looked after. */
export interface Watched {
  readonly id: number;
  readonly tell: (event: ConnectionEvent) => void;
  readonly outbox: Outbox;
  readonly looks: Looks;
  readonly wire: Wire | null;
  readonly isConfigured: boolean;
  readonly isTentative: boolean;
  readonly openedAtMs: number | null;
  readonly madeAtMs: number;
  readonly redialEveryMs: number | null;
  readonly isClaiming: boolean;
  readonly isContested: boolean;
  readonly rttMs: number | null;
  readonly rttAtMs: number;
  heardAtMs: number;
  /** False where the platform cannot ping. */
  pingSocket(): boolean;
  pump(): void;
  probe(): void;
  misjudged(): void;
  fail(failure: Failure): void;
}

export class LinkWatch implements Watcher {
  readonly #link: Watched;
  readonly #options: ResolvedSocketOptions;
  #pulse: Pulse | null = null;
  #spare: SpareGreeting | null = null;
  /** It was pinged with its greeting, and nothing came yet. */
  #isUnproven = false;
  #flowedAtMs = -Infinity;
  #isPrompt = false;
  /** Null: a plain socket was not asked yet. */
  #canPing: boolean | null = null;

  constructor(link: Watched, options: ResolvedSocketOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** @param isGateway it has frames of its own to ask by, and answers them at once. */
  start(isGateway: boolean): void {
    this.#canPing = isGateway ? true : null;
    this.heard();
    if (isGateway && this.#link.isClaiming) this.greeted();
    this.#isPrompt = isGateway;
    this.#pulse = new Pulse(this.#options.clock, this);
    this.#pulse.start(isGateway ? LOOK_PROMPT_MS : LOOK_FLOWING_MS);
  }

  /** A gateway's stack answers a ping at once, whatever its store does. */
  greeted(): void {
    this.#isUnproven = this.#link.pingSocket();
  }

  stop(): void {
    this.#pulse?.stop();
    this.#spare?.stop();
  }

  /** Any byte is a sign of life. */
  heard(): void {
    this.#link.heardAtMs = this.#options.clock.nowMs();
    this.#isUnproven = false;
  }

  /** A message went, or came. */
  flowed(): void {
    this.#flowedAtMs = this.#options.clock.nowMs();
  }

  /** Without pings the silence of a server that has nothing to say would look like death. */
  cannotPing(): void {
    this.#canPing = false;
  }

  /** It would take the session from a silent one, which may yet speak. */
  greetLater(greet: () => void): void {
    this.#spare = new SpareGreeting(this.#options.clock, greet);
  }

  beat(lateByMs: number): number {
    const link = this.#link;
    const atMs = this.#options.clock.nowMs();
    if (!link.isConfigured) return this.#await(atMs);
    link.wire?.beat(atMs);
    link.pump();
    if (this.#canPing === null) {
      this.#canPing = true;
      link.probe();
    }
    const isFlowing = link.outbox.messages > 0 || atMs - this.#flowedAtMs < FLOWING_WITHIN_MS;
    if (this.#canPing && !link.isContested) this.#tellHowItLooks(atMs, lateByMs, isFlowing);
    if (!isFlowing) return LOOK_IDLE_MS;
    const { heardAtMs: lastInboundAtMs, looks } = link;
    const limits = { isPrompt: this.#isPrompt };
    return lookAgainInMs({ atMs, lastInboundAtMs }, limits, looks.probedAtMs);
  }

  tellLost(failure: Failure): void {
    const { clock, random } = this.#options;
    this.#link.tell({
      type: 'socket.lost',
      id: this.#link.id,
      failure,
      atMs: clock.nowMs(),
      bufferedChunks: this.#link.outbox.messages,
      unit: random.unit(),
    });
  }

  #tellHowItLooks(atMs: number, lateByMs: number, isFlowing: boolean): void {
    const link = this.#link;
    const unit = this.#options.random.unit();
    const look: LinkMeasured = {
      type: 'link.measured',
      atMs,
      lastInboundAtMs: link.heardAtMs,
      rttMs: link.rttMs,
      rttAtMs: link.rttAtMs,
      isAudioFlowing: isFlowing,
      lateByMs,
      bufferedChunks: link.outbox.messages,
      unit,
    };
    if (link.looks.isNews(look, { isPrompt: this.#isPrompt })) link.tell(look);
    if (lateByMs > ASLEEP_MS) link.tell({ type: 'network.changed', atMs, unit });
  }

  /** A gateway is to welcome us in its time: the chart is told when it has to decide what becomes of one that did not. */
  #await(atMs: number): number {
    const link = this.#link;
    const look: SocketUnanswered = {
      type: 'socket.unanswered',
      id: link.id,
      atMs,
      madeAtMs: link.madeAtMs,
      openedAtMs: link.openedAtMs ?? atMs,
      isRaced: link.redialEveryMs !== null,
      isPingUnanswered: this.#isUnproven && !link.isTentative,
      withinMs: WELCOME_TIMEOUT_MS,
    };
    if (!isVain(look)) return LOOK_PROMPT_MS;
    if (link.isTentative) link.misjudged();
    else link.tell(look);
    return LOOK_IDLE_MS;
  }
}
