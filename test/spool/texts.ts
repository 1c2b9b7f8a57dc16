import type { TextPlace } from '../../src/spool/noted-storage.ts';

/** AsyncStorage, whose process ends after so many changes, and whose database fills up. */
export class Texts {
  readonly texts = new Map<string, string>();
  changesLeft = Infinity;
  /** Characters of all texts that there is room for. */
  room = Infinity;

  get used(): number {
    return [...this.texts.values()].reduce((sum, { length }) => sum + length, 0);
  }

  getItem(key: string): Promise<string | null> {
    return Promise.resolve(this.texts.get(key) ?? null);
  }

  async setItem(key: string, value: string): Promise<void> {
    await this.#change();
    const grown = this.used - (this.texts.get(key)?.length ?? 0) + value.length;
    // As React Native's AsyncStorage says it on Android.
    if (grown > this.room) throw new Error('database or disk is full (code 13 SQLITE_FULL)');
    this.texts.set(key, value);
  }

  async removeItem(key: string): Promise<void> {
    await this.#change();
    this.texts.delete(key);
  }

  /** What the next process finds. */
  survived(): Texts {
    const texts = new Texts();
    for (const [key, value] of this.texts) texts.texts.set(key, value);
    return texts;
  }

  #change(): Promise<void> {
    this.changesLeft -= 1;
    return this.changesLeft < 0 ? new Promise(() => undefined) : Promise.resolve();
  }
}

/** A place as `localStorage` is, in memory. */
export function textsIn(texts: Map<string, string>): TextPlace {
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  };
}
