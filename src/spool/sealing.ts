/** How the bytes of a spool are written: as they are, or sealed. The first byte says which. */
import { wrongKey } from './spool-errors.ts';
import type { SpoolChange, SpoolCipher } from '../ports/spool.ts';

const PLAIN = 1;
const SEALED = 2;

export class Sealing {
  readonly #name: string;
  readonly #cipher: SpoolCipher | null;

  constructor(name: string, cipher: SpoolCipher | null) {
    this.#name = name;
    this.#cipher = cipher;
  }

  /** Nothing has to be sealed. */
  get isPlain(): boolean {
    return this.#cipher === null;
  }

  /** Each piece of it as it is written: a promise where that takes a cipher. */
  seal(change: SpoolChange): SpoolChange | Promise<SpoolChange> {
    if (this.#cipher !== null) return this.#sealed(change, this.#cipher);
    const { head, block, dropThrough } = change;
    return {
      head: marked(PLAIN, head),
      block: block && { number: block.number, bytes: marked(PLAIN, block.bytes) },
      dropThrough,
    };
  }

  async #sealed(
    { head, block, dropThrough }: SpoolChange,
    cipher: SpoolCipher,
  ): Promise<SpoolChange> {
    const seal = async (bytes: Uint8Array, place: string): Promise<Uint8Array> =>
      marked(SEALED, await cipher.seal(bytes, this.#placeOf(place)));
    return {
      head: await seal(head, 'head'),
      block: block && {
        number: block.number,
        bytes: await seal(block.bytes, `block ${block.number}`),
      },
      dropThrough,
    };
  }

  /**
   * Null for what was not sealed with this key, or not for this place.
   *
   * @throws TenutoError SPOOL_KEY_WRONG where one is given that it was not written with, or none and it was.
   */
  async open(written: Uint8Array, place: string): Promise<Uint8Array | null> {
    const isSealed = written[0] === SEALED;
    if (isSealed && this.#cipher === null) throw wrongKey(this.#name, 'it is encrypted');
    if (!isSealed && this.#cipher !== null) throw wrongKey(this.#name, 'it is not encrypted');
    const bytes = written.subarray(1);
    return this.#cipher === null ? bytes : this.#cipher.open(bytes, this.#placeOf(place));
  }

  #placeOf(place: string): string {
    return `tenuto.spool/1 ${this.#name} ${place}`;
  }
}

function marked(mark: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(1 + bytes.length);
  whole[0] = mark;
  whole.set(bytes, 1);
  return whole;
}
