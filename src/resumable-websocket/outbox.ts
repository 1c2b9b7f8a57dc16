/**
 * What the application sent, from `send` until it is settled: committed by a gateway, or handed to a plain socket.
 *
 * Messages are counted from 0 for as long as the socket object lives, or its spool; a number stands for one message for good.
 */

/** A message, or one that is being read from a Blob (`data` is null until it is). */
export interface Outgoing {
  data: string | Uint8Array | null;
  /** Of text: as UTF-8. */
  readonly bytes: number;
}

/** So many messages of so many bytes. */
export interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

/** What is settled is kept to be sent again, should the store that had committed it lose it after all. */
const KEPT_BYTES = 512 * 1_024;
const KEPT_MESSAGES = 1_024;

export class Outbox {
  #held: Outgoing[];
  /** The number of the oldest that is held. */
  #first: number;
  #settled: number;
  #bytes: number;
  #keptBytes = 0;

  /** @param first the number of the first of `held`: before it everything is settled. */
  constructor(first = 0, held: readonly Outgoing[] = []) {
    this.#held = [...held];
    this.#first = first;
    this.#settled = first;
    this.#bytes = held.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The number that the next message will have. */
  get end(): number {
    return this.#first + this.#held.length;
  }

  /** Everything before it is settled. */
  get settled(): number {
    return this.#settled;
  }

  get messages(): number {
    return this.end - this.#settled;
  }

  /** Of what is not settled. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: Outgoing): void {
    this.#held.push(message);
    this.#bytes += message.bytes;
  }

  at(number: number): Outgoing | undefined {
    return this.#held[number - this.#first];
  }

  /** Everything before `through` is settled, and kept for a while where it `mayReturn`. */
  settle(through: number, mayReturn: boolean): Amount {
    const before = { number: this.#settled, bytes: this.#bytes };
    for (; this.#settled < Math.min(through, this.end); this.#settled += 1) {
      const { bytes } = this.at(this.#settled) ?? { bytes: 0 };
      this.#bytes -= bytes;
      this.#keptBytes += bytes;
    }
    while (this.#keeps > 0 && (!mayReturn || this.#keepsTooMuch())) this.#forgetFirst();
    return { messages: this.#settled - before.number, bytes: before.bytes - this.#bytes };
  }

  /** What was settled from `from` on was not. Returns the oldest of it that is still held. */
  reopen(from: number): number {
    const oldest = Math.max(from, this.#first);
    for (; this.#settled > oldest; this.#settled -= 1) {
      const { bytes } = this.at(this.#settled - 1) ?? { bytes: 0 };
      this.#bytes += bytes;
      this.#keptBytes -= bytes;
    }
    return oldest;
  }

  /** Takes out those, from `from` on, that are longer than can be carried. */
  reject(from: number, maxBytes: number): Amount {
    const rejected = this.#held.slice(from - this.#first).filter(({ bytes }) => bytes > maxBytes);
    const bytes = rejected.reduce((sum, message) => sum + message.bytes, 0);
    this.#held = this.#held.filter((message) => !rejected.includes(message));
    this.#bytes -= bytes;
    return { messages: rejected.length, bytes };
  }

  /** Takes one message out that can never be sent. */
  remove(message: Outgoing): void {
    const at = this.#held.indexOf(message);
    if (at < this.#keeps) return;
    this.#held.splice(at, 1);
    this.#bytes -= message.bytes;
  }

  /** Settled ones that are held. */
  get #keeps(): number {
    return this.#settled - this.#first;
  }

  #keepsTooMuch(): boolean {
    return this.#keptBytes > KEPT_BYTES || this.#keeps > KEPT_MESSAGES;
  }

  #forgetFirst(): void {
    this.#keptBytes -= this.#held.shift()?.bytes ?? 0;
    this.#first += 1;
  }
}
