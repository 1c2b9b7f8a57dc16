/** Looks after one open link, on a steady pulse: tells its chart how it looks, and keeps it open. */
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { Pulse } from './pulse.ts';
import type { Watcher } from './pulse.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';

/** Audio flows if some went out within this time. */
const FLOWING_WITHIN_MS = 500;

/** Silence sent where the microphone has nothing yet, and the share of the service's patience after which it is. */
const PRIMER_MS = 100;
const PRIMER_AT_RATIO = 0.8;

export interface WatchHandlers {
  onMeasured(link: Link, look: LinkMeasured): void;
  /** Whether this link carries the audio; a standby does not. */
  isCarrying(link: Link): boolean;
}

export class LinkWatch implements Watcher {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #link: Link;
  readonly #handlers: WatchHandlers;
  readonly #pulse: Pulse;

  constructor(options: ResolvedOptions, uplink: Uplink, link: Link, handlers: WatchHandlers) {
    this.#options = options;
    this.#uplink = uplink;
    this.#link = link;
    this.#handlers = handlers;
    this.#pulse = new Pulse(options.clock, this);
    this.#pulse.start();
  }

  stop(): void {
    this.#pulse.stop();
  }

  beat(lateByMs: number): boolean {
    const link = this.#link;
    const nowMs = this.#options.clock.nowMs();
    const isAudioFlowing =
      this.#awaitsAnswer(nowMs) ||
      (link.audioFlowedAtMs !== null && nowMs - link.audioFlowedAtMs < FLOWING_WITHIN_MS);
    this.#keepOpen(nowMs);
    this.#handlers.onMeasured(link, {
      type: 'link.measured',
      atMs: nowMs,
      lastInboundAtMs: link.lastInboundAtMs,
      rttMs: link.rttMs,
      isAudioFlowing,
      lateByMs,
      bufferedChunks: this.#uplink.bufferedChunks,
      unit: this.#options.random.unit(),
    });

    return isAudioFlowing || (this.#handlers.isCarrying(link) && this.#uplink.bufferedChunks > 0);
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

    const primerAtMs =
      (link.openedAtMs ?? nowMs) + (firstAudioWithinMs ?? Infinity) * PRIMER_AT_RATIO;
    if (link.audioFlowedAtMs !== null || nowMs < primerAtMs) return;
    const { sampleRateHz } = this.#options.format;
    const samples = Math.ceil((PRIMER_MS * sampleRateHz) / 1_000);
    const silence = new Uint8Array(samples * BYTES_PER_SAMPLE);
    if (this.#handlers.isCarrying(link)) this.#uplink.insertSilence(silence);
    else link.sendPrimer(silence);
  }
}
