/** What the stand-in counts. */
export interface DeepgramSimulatorStats {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  readonly refusedByStatus: Readonly<Record<number, number>>;
  readonly closesByCode: Readonly<Record<number, number>>;
  readonly audioSamples: number;
  /** Characters that were spoken to their end. */
  readonly spokenChars: number;
}

export class Tally {
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #opened = 0;
  #audioSamples = 0;
  #spokenChars = 0;

  opened(): void {
    this.#opened += 1;
  }

  heard(samples: number): void {
    this.#audioSamples += samples;
  }

  spoken(chars: number): void {
    this.#spokenChars += chars;
  }

  refused(status: number): void {
    this.#refusedByStatus[status] = (this.#refusedByStatus[status] ?? 0) + 1;
  }

  closed(code: number): void {
    this.#closesByCode[code] = (this.#closesByCode[code] ?? 0) + 1;
  }

  read(connectionsOpen: number): DeepgramSimulatorStats {
    return {
      connectionsOpened: this.#opened,
      connectionsOpen,
      refusedByStatus: { ...this.#refusedByStatus },
      closesByCode: { ...this.#closesByCode },
      audioSamples: this.#audioSamples,
      spokenChars: this.#spokenChars,
    };
  }
}
