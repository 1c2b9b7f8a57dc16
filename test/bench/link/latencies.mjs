// How late chunks are: each carries the moment at which it was due. Counted in classes of 50 µs, so that counting is cheap.
import { nowMs } from './clock.mjs';

const CLASS_MS = 0.05;
const CLASSES = 400_000; // twenty seconds, which is also what all later ones count as
const AT = 8;

export function stamp(bytes, dueAtMs) {
  bytes.writeDoubleLE(dueAtMs, AT);
}

export class Latencies {
  #counts = new Uint32Array(CLASSES);
  #total = 0;

  take(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lateMs = nowMs() - view.getFloat64(AT, true);
    this.#counts[Math.min(CLASSES - 1, Math.max(0, Math.floor(lateMs / CLASS_MS)))] += 1;
    this.#total += 1;
  }

  reset() {
    this.#counts.fill(0);
    this.#total = 0;
  }

  read() {
    return { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99) };
  }

  #percentile(ratio) {
    let left = this.#total * ratio;
    for (let at = 0; at < CLASSES; at += 1) {
      left -= this.#counts[at];
      if (left <= 0) return (at + 0.5) * CLASS_MS;
    }
    return CLASSES * CLASS_MS;
  }
}
