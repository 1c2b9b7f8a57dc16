/** Looks after the link that carries audio, on a steady pulse: tells the chart how it looks, and keeps it open. */
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { Pulse } from './pulse.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';

/** Audio flows if some went out within this time. */
const FLOWING_WITHIN_MS = 500;

/** Silence sent where the microphone has nothing yet, and the share of the service's patience after which it is. */
const PRIMER_MS = 100;
const PRIMER_AT_RATIO = 0.8;

export class LinkWatch {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #tell: (look: LinkMeasured) => void;
  readonly #pulse: Pulse;
  #link: Link | null = null;

  constructor(options: ResolvedOptions, uplink: Uplink, tell: (look: LinkMeasured) => void) {
    this.#options = options;
    this.#uplink = uplink;
    this.#tell = tell;
    this.#pulse = new Pulse(options.clock, (lateByMs) => this.#beat(lateByMs));
  }

  start(link: Link): void {
    this.#link = link;
    this.#pulse.start();
  }

  stop(): void {
    this.#link = null;
    this.#pulse.stop();
  }

  #beat(lateByMs: number): boolean {
    const link = this.#link;
    if (link === null) return false;
    const nowMs = this.#options.clock.nowMs();
    const isAudioFlowing =
      this.#awaitsAnswer(link, nowMs) ||
      (link.audioFlowedAtMs !== null && nowMs - link.audioFlowedAtMs < FLOWING_WITHIN_MS);
    this.#keepOpen(link, nowMs);
    this.#tell({
      type: 'link.measured',
      atMs: nowMs,
      lastInboundAtMs: link.lastInboundAtMs,
      rttMs: link.rttMs,
      isAudioFlowing,
      lateByMs,
      bufferedChunks: this.#uplink.bufferedChunks,
      unit: this.#options.random.unit(),
    });

    return isAudioFlowing || this.#uplink.bufferedChunks > 0;
  }

  /** A question that was not answered in its time will not be: some services answer only where audio is pending. */
  #awaitsAnswer(link: Link, nowMs: number): boolean {
    const { flushTimeoutMs } = this.#options.provider.traits;
    return link.flushAskedAtMs !== null && nowMs - link.flushAskedAtMs < flushTimeoutMs;
  }

  #keepOpen(link: Link, nowMs: number): void {
    const { keepAliveIntervalMs, firstAudioWithinMs } = this.#options.provider.traits;
    const isIdle = nowMs - link.lastOutboundAtMs >= (keepAliveIntervalMs ?? Infinity);
    if (isIdle) link.sendControl(link.stream.encodeKeepAlive());

    const primerAtMs =
      (link.openedAtMs ?? nowMs) + (firstAudioWithinMs ?? Infinity) * PRIMER_AT_RATIO;
    if (link.audioFlowedAtMs === null && nowMs >= primerAtMs) {
      const { sampleRateHz } = this.#options.format;
      const samples = Math.ceil((PRIMER_MS * sampleRateHz) / 1_000);
      this.#uplink.insertSilence(new Uint8Array(samples * BYTES_PER_SAMPLE));
    }
  }
}
