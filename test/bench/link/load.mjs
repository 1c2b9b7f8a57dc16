// What is sent: chunks that say which lane they belong to and which they are, one each interval, come what may.
import { clearInterval, setInterval } from 'node:timers';

import { nowMs } from './clock.mjs';

export const PROFILES = {
  voice: { sizeBytes: 640, intervalMs: 20 },
  asr: { sizeBytes: 6_400, intervalMs: 200 },
};

/** Producers are asked this often whether a chunk is due. */
const TICK_MS = 4;

export function writeChunk(target, lane, index) {
  target.writeUInt32LE(lane, 0);
  target.writeUInt32LE(index, 4);
  return target;
}

/** A view of bytes or a Buffer; text is the same in decimal digits, with filler behind. */
export function readChunk(data) {
  if (typeof data === 'string') {
    const [lane, index] = data.split(' ', 2);
    return { lane: Number(lane), index: Number(index) };
  }
  const bytes = Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
  return { lane: bytes.readUInt32LE(0), index: bytes.readUInt32LE(4) };
}

export function textChunk(lane, index, sizeBytes) {
  return `${String(lane)} ${String(index)} `.padEnd(sizeBytes, 'x');
}

/** Calls `make(lane, index)` at each lane's own pace until it is stopped; `producedAtMs` says when each was. */
export class Producers {
  #lanes = new Map();
  #timer = null;

  start(lane, intervalMs, make) {
    const entry = { intervalMs, make, dueAtMs: nowMs(), producedAtMs: [] };
    this.#lanes.set(lane, entry);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return entry.producedAtMs;
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#lanes.clear();
  }

  #tick() {
    const atMs = nowMs();
    for (const [lane, entry] of this.#lanes) {
      while (entry.dueAtMs <= atMs) {
        entry.dueAtMs += entry.intervalMs;
        entry.producedAtMs.push(nowMs());
        entry.make(lane, entry.producedAtMs.length - 1);
      }
    }
  }
}

/** Chunks as they come, by lane: `[index, atMs, index, atMs, …]`. */
export class Arrivals {
  #lanes = new Map();

  arrived(lane, index) {
    let list = this.#lanes.get(lane);
    if (list === undefined) this.#lanes.set(lane, (list = []));
    list.push(index, nowMs());
  }

  take() {
    const all = Object.fromEntries(this.#lanes);
    this.#lanes = new Map();
    return all;
  }
}
