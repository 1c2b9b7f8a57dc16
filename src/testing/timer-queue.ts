/** Timers in the order in which they fall due: a binary heap, from which what is cleared goes when it comes up. */

export interface Timer {
  readonly id: number;
  readonly dueAtMs: number;
  /** Null once it is cleared: what it would have run is held no longer. */
  callback: (() => void) | null;
}

/** Fewer that are cleared are not worth a sweep. */
const SWEEP_FROM = 64;

export class TimerQueue {
  readonly #byId = new Map<number, Timer>();
  /** The earliest first; of two at the same moment the one set first. */
  #heap: Timer[] = [];
  #nextId = 1;

  /** Those that were neither taken nor cleared. */
  get size(): number {
    return this.#byId.size;
  }

  add(callback: () => void, dueAtMs: number): number {
    const timer = { id: this.#nextId, dueAtMs, callback };
    this.#nextId += 1;
    this.#byId.set(timer.id, timer);
    this.#heap.push(timer);
    rise(this.#heap, timer);
    return timer.id;
  }

  clear(id: number): void {
    const timer = this.#byId.get(id);
    if (timer === undefined) return;
    this.#byId.delete(id);
    timer.callback = null;
    if (this.#heap.length > SWEEP_FROM + 2 * this.#byId.size) this.#sweep();
  }

  /** Takes the earliest that is due by then. */
  take(untilMs: number): (Timer & { callback: () => void }) | null {
    for (let [first] = this.#heap; first; [first] = this.#heap) {
      const isLive = first.callback !== null;
      if (isLive && first.dueAtMs > untilMs) return null;
      this.#removeFirst();
      if (!isLive) continue;
      this.#byId.delete(first.id);
      return first as Timer & { callback: () => void };
    }
    return null;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    sink(this.#heap, last);
  }

  /** In order is a heap, too; those that are left are in the order in which they were set. */
  #sweep(): void {
    this.#heap = [...this.#byId.values()].sort((a, b) => a.dueAtMs - b.dueAtMs);
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.id < b.id);
}

/** `timer` is the last, and goes up to its place. */
function rise(heap: Timer[], timer: Timer): void {
  let at = heap.length - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, timer)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

/** `timer` takes the first's place, and goes down to its own. */
function sink(heap: Timer[], timer: Timer): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    let child = heap[below];
    if (child === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, child)) {
      below += 1;
      child = right;
    }
    if (isBefore(timer, child)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = timer;
}
