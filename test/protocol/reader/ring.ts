/** What a client keeps of its audio: numbered when it is first sent, and sent again with the number that it had. */

export interface Item {
  /** Null until it is first sent. Of lost audio the first and the last number. */
  seq: number | null;
  toSeq: number | null;
  position: number;
  samples: number;
  readonly capturedAtMs: number;
  /** Null: the ring let go of it. */
  payload: Uint8Array | null;
  /** Its user was told that it is lost. */
  isTold: boolean;
}

export class Ring {
  items: Item[] = [];
  /** The number that the next new frame has. */
  next = 1;
  /** Where the audio that was captured ends. */
  end = 0;
  readonly #capacitySamples: number;

  constructor(capacitySamples: number) {
    this.#capacitySamples = capacitySamples;
  }

  add(payload: Uint8Array, capturedAtMs: number, acked: number): void {
    const facts = { seq: null, toSeq: null, position: this.end, capturedAtMs, isTold: false };
    this.items.push({ ...facts, samples: payload.length / 2, payload });
    this.end += payload.length / 2;
    this.#makeRoom(acked);
  }

  /** P12.8: the other end has all through `up`; what follows is sent from there. */
  after(up: number): number {
    const at = this.items.findIndex(({ seq, toSeq }) => seq === null || (toSeq ?? seq) > up);
    return at < 0 ? this.items.length : at;
  }

  numbered(item: Item): number {
    item.seq ??= this.next;
    item.toSeq ??= item.seq;
    this.next = Math.max(this.next, item.toSeq + 1);
    return item.seq;
  }

  /** P12.12: more got through than is known here; what that was ends at `position`. */
  learn(up: number, position: number): void {
    if (up < this.next) return;
    this.items = this.items.filter((item) => item.position + item.samples > position);
    this.next = up + 1;
    this.end = Math.max(this.end, position);
  }

  /** P12.10: another session takes what no final covers yet, with numbers from 1 on. */
  renumber(fin: number): void {
    this.next = 1;
    this.items = this.items.flatMap((item) => {
      const done = Math.max(0, fin - item.position);
      if (done >= item.samples) return [];
      const payload = item.payload?.slice(2 * done) ?? null;
      const [position, samples] = [item.position + done, item.samples - done];
      return [{ ...item, seq: null, toSeq: null, position, samples, payload }];
    });
    this.#join();
  }

  #makeRoom(acked: number): void {
    const held = () =>
      this.items.reduce((sum, { samples, payload }) => sum + (payload ? samples : 0), 0);
    while (held() > this.#capacitySamples) {
      const oldest = this.items.find(({ payload }) => payload !== null)!;
      oldest.payload = null;
      const isThere = oldest.seq !== null && oldest.seq <= acked;
      if (isThere) this.items = this.items.filter((item) => item !== oldest);
    }
    this.#join();
  }

  /** Neighbours that are lost become one: P14.4. */
  #join(): void {
    this.items = this.items.reduce<Item[]>((joined, item) => {
      const before = joined.at(-1);
      const isOne =
        before?.payload === null &&
        item.payload === null &&
        (before.seq === null) === (item.seq === null);
      if (!isOne) return [...joined, item];
      before.samples += item.samples;
      before.toSeq = item.toSeq;
      return joined;
    }, []);
  }
}
