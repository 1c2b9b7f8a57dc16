/** How the bytes of a spool are written: as they are, or sealed. The first byte says which. */
import { wrongKey } from './spool-errors.ts';
import type { SpoolCipher } from '../ports/spool.ts';

const PLAIN = 1;
const SEALED = 2;

export class Sealing {
  readonly #name: string;
  readonly #cipher: SpoolCipher | null;

  constructor(name: string, cipher: SpoolCipher | null) {
    this.#name = name;
    this.#cipher = cipher;
  }

  async seal(bytes: Uint8Array, place: string): Promise<Uint8Array> {
    const written = (await this.#cipher?.seal(bytes, this.#placeOf(place))) ?? bytes;
    const whole = new Uint8Array(1 + written.length);
    whole[0] = this.#cipher === null ? PLAIN : SEALED;
    whole.set(written, 1);
    return whole;
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
