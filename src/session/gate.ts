import type { Link } from './link.ts';
import type { UplinkTarget } from '../audio/uplink.types.ts';

export interface GateEdges {
  onCaughtUp(): void;
  onFirstAudio(): void;
}

/** The open end of the uplink: one link. A class, since an idle session should weigh little and closures do not. */
export class Gate implements UplinkTarget {
  readonly #link: Link;
  readonly #edges: GateEdges;

  constructor(link: Link, edges: GateEdges) {
    this.#link = link;
    this.#edges = edges;
  }

  get rateRatio(): number {
    return this.#link.candidate.provider.traits.replayRateRatio;
  }

  get sentBefore(): number {
    return this.#link.primedBytes;
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  get keepsAudio(): boolean {
    return this.#link.candidate.provider.traits.keepsAudio === true;
  }

  goOnAt(position: number, capturedAtMs: number): void {
    this.#link.goOnAt(position, capturedAtMs);
  }

  sendAudio(bytes: Uint8Array, position: number, capturedAtMs: number): void {
    this.#link.sendAudio(bytes, position, capturedAtMs);
  }

  onCaughtUp(): void {
    this.#edges.onCaughtUp();
  }

  onFirstAudio(): void {
    this.#edges.onFirstAudio();
  }
}
