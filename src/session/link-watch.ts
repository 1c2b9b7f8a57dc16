/** Looks after one open link, on a steady pulse: tells its chart how it looks, and keeps it open. */
import { SpareGreeting } from './greeting.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { LOOK_IDLE_MS, Pulse } from './pulse.ts';
import type { Watcher } from './pulse.ts';
import { keepingOf } from './keeping-part.ts';
import { ratesOf } from './rates-part.ts';
import type { Renewal } from './renewal.ts';
import type { SilenceFill } from './silence-fill.ts';
import { isVain } from '../../machines/connection.patience.ts';
import type { SocketUnanswered } from '../../machines/connection.peer.ts';
import type { Failure } from '../../machines/failure.ts';
import { LOOK_FLOWING_MS, LOOK_PROMPT_MS, lookAgainInMs } from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';

/** Audio flows if some went out within this time. */
const FLOWING_WITHIN_MS = 500;

/** Silence sent where the microphone has nothing yet, and the share of the service's patience after which it is. */
const PRIMER_MS = 100;
const PRIMER_AT_RATIO = 0.8;

/** Whoever takes no configuration in this time takes none, unless they say otherwise: handshakes are a few frames. */
const CONFIGURE_WITHIN_MS = 15_000;

const NOT_RENEWED: Failure = {
  kind: 'auth',
  code: 'credential',
  detail: 'no part "keeping"',
};

export interface WatchHandlers {
  onMeasured(link: Link, look: LinkMeasured): void;
  onUnanswered(link: Link, look: SocketUnanswered): void;
  /** Why there is no new credential. It is asked for again. */
  onCredentialMissed(link: Link, failure: Failure): void;
  /** Whether this link carries the audio; a standby does not. */
  isCarrying(link: Link): boolean;
}

export class LinkWatch implements Watcher {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #link: Link;
  readonly #handlers: WatchHandlers;
  readonly #pulse: Pulse;
  /** Null until the service says that its credential ends. */
  #renewal: Renewal | null = null;
  #spare: SpareGreeting | null = null;
  /** Null where the service hears pauses without it. */
  readonly #fill: SilenceFill | null;
  #isOver = false;

  constructor(options: ResolvedOptions, uplink: Uplink, link: Link, handlers: WatchHandlers) {
    this.#options = options;
    this.#uplink = uplink;
    this.#link = link;
    this.#handlers = handlers;
    this.#fill = ratesOf(options)?.fillFor(link) ?? null;
    this.#pulse = new Pulse(options.clock, this);
    this.#pulse.start(this.#greetingLookMs);
  }

  stop(): void {
    this.#isOver = true;
    this.#pulse.stop();
    this.#renewal?.stop();
    this.#spare?.stop();
  }

  /** @param inMs how long the service still believes the credential that it has. */
  credentialEnds(inMs: number): void {
    if (this.#isOver) return;
    const onMissed = (failure: Failure): void => {
      this.#handlers.onCredentialMissed(this.#link, failure);
    };
    this.#renewal ??= keepingOf(this.#options)?.renew(this.#link, this.#options, onMissed) ?? null;
    if (this.#renewal === null) onMissed(NOT_RENEWED);
    else this.#renewal.endsIn(inMs);
  }

  /** It would take the session from a silent one, which may yet speak. */
  greetLater(greet: () => void): void {
    this.#spare = new SpareGreeting(this.#options.clock, greet);
  }

  beat(lateByMs: number): number {
    const link = this.#link;
    const nowMs = this.#options.clock.nowMs();
    if (!link.isConfigured && this.#isInVain(nowMs)) return LOOK_IDLE_MS;
    const isAudioFlowing =
      this.#awaitsAnswer(nowMs) ||
      (link.audioFlowedAtMs !== null && nowMs - link.audioFlowedAtMs < FLOWING_WITHIN_MS);
    this.#keepOpen(nowMs);
    this.#handlers.onMeasured(link, {
      type: 'link.measured',
      atMs: nowMs,
      lastInboundAtMs: link.lastInboundAtMs,
      rttMs: link.rttMs,
      rttAtMs: link.pings.proof?.atMs,
      isAudioFlowing,
      lateByMs,
      bufferedChunks: this.#uplink.bufferedChunks,
      unit: this.#options.random.unit(),
    });

    const isWaited = this.#handlers.isCarrying(link) && this.#uplink.bufferedChunks > 0;
    if (!isAudioFlowing && !isWaited) return LOOK_IDLE_MS;
    if (!link.isConfigured) return this.#greetingLookMs;
    const { lastInboundAtMs, looks } = link;
    return lookAgainInMs({ atMs: nowMs, lastInboundAtMs }, this.#limits, looks.probedAtMs);
  }

  get #limits(): LivenessLimits {
    return this.#link.candidate.provider.traits.liveness ?? {};
  }

  /** Until it has answered the greeting. */
  get #greetingLookMs(): number {
    return this.#limits.isPrompt === true ? LOOK_PROMPT_MS : LOOK_FLOWING_MS;
  }

  /** It was asked for something and does not answer: the chart is told when it has to decide what becomes of it. */
  #isInVain(atMs: number): boolean {
    const link = this.#link;
    const { id, madeAtMs, openedAtMs, isRaced } = link;
    if (openedAtMs === null) return false;
    const look: SocketUnanswered = {
      type: 'socket.unanswered',
      id,
      atMs,
      madeAtMs,
      openedAtMs,
      isRaced,
      isPingUnanswered: link.hasGreeted && link.pings.isWaiting,
      withinMs: link.candidate.provider.traits.configuresWithinMs ?? CONFIGURE_WITHIN_MS,
    };
    if (!isVain(look)) return false;
    this.#handlers.onUnanswered(link, look);
    return true;
  }

  /** A question that was not answered in its time will not be: some services answer only where audio is pending. */
  #awaitsAnswer(nowMs: number): boolean {
    const { flushes, candidate } = this.#link;
    const { flushTimeoutMs } = candidate.provider.traits;
    return flushes.askedAtMs !== null && nowMs - flushes.askedAtMs < flushTimeoutMs;
  }

  #keepOpen(nowMs: number): void {
    const link = this.#link;
    const { keepAliveIntervalMs, firstAudioWithinMs } = link.candidate.provider.traits;
    const isIdle = nowMs - link.lastOutboundAtMs >= (keepAliveIntervalMs ?? Infinity);
    if (isIdle) link.keepAlive();

    if (link.audioFlowedAtMs === null) this.#prime(nowMs, firstAudioWithinMs);
    this.#fill?.beat(nowMs, (ms) => this.#sendSilence(ms));
  }

  /** The service closes unless some audio comes soon. */
  #prime(nowMs: number, firstAudioWithinMs: number | null): void {
    const openedAtMs = this.#link.openedAtMs ?? nowMs;
    const isDue = nowMs - openedAtMs >= (firstAudioWithinMs ?? Infinity) * PRIMER_AT_RATIO;
    if (isDue) this.#sendSilence(PRIMER_MS);
  }

  /** False where what was captured has to go out first. */
  #sendSilence(ms: number): boolean {
    const samples = Math.ceil((ms * this.#options.format.sampleRateHz) / 1_000);
    const silence = new Uint8Array(samples * BYTES_PER_SAMPLE);
    if (!this.#handlers.isCarrying(this.#link))
      this.#link.sendAudio(silence, -1, this.#options.clock.nowMs());
    else if (this.#uplink.isCaughtUp) this.#uplink.insertSilence(silence);
    else return false; // never into what is said
    return true;
  }
}
