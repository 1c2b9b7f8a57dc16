/** What a client has on its way, in bytes: it keeps to the window by itself, for credit is granted in frames (PROTOCOL.md, P13.4). */
import { WINDOW_BYTES } from './limits.ts';

interface Sent {
  readonly seq: number;
  readonly bytes: number;
}

export class SentWindow {
  /** Oldest first. */
  #sent: Sent[] = [];
  /** So many of them are committed. */
  #gone = 0;
  #bytes = 0;

  /** Whether one more frame may be sent. */
  get hasRoom(): boolean {
    return this.#bytes < WINDOW_BYTES;
  }

  add(seq: number, bytes: number): void {
    this.#sent.push({ seq, bytes });
    this.#bytes += bytes;
  }

  /** Everything through `seq` is committed. */
  committed(seq: number): void {
    for (let next = this.#sent[this.#gone]; next !== undefined && next.seq <= seq;) {
      this.#bytes -= next.bytes;
      this.#gone += 1;
      next = this.#sent[this.#gone];
    }
    if (2 * this.#gone < this.#sent.length) return;
    this.#sent = this.#sent.slice(this.#gone);
    this.#gone = 0;
  }
}
