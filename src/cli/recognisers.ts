/**
 * What understands behind the stand-ins of one run: Vosk, and behind Whisper's another maker's engine where one is
 * installed, so that who fails over to it is understood by somebody else. Each is made when it is asked for.
 */
import type { StandInName } from './stand-ins.ts';
import { TenutoError } from '../ports/errors.ts';
import { createPocketSphinxRecogniser } from '../simulators/recogniser/pocketsphinx-recogniser.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../simulators/recogniser/vosk-recogniser.ts';

export interface RecogniserMakers {
  readonly first: () => Recogniser;
  /** @throws TenutoError PACKAGE_MISSING where it is not installed. */
  readonly second: () => Recogniser;
}

/** What PocketSphinx hears, and what our adapter posts; files of other rates go to the first. */
const SECOND_RATE_HZ = 16_000;

const INSTALLED: RecogniserMakers = {
  first: createVoskRecogniser,
  second: createPocketSphinxRecogniser,
};

export class Recognisers {
  readonly #makers: RecogniserMakers;
  #first: Recogniser | null = null;
  /** Undefined: nobody asked yet. Null: it is not installed. */
  #second: Recogniser | null | undefined;

  constructor(makers: RecogniserMakers = INSTALLED) {
    this.#makers = makers;
  }

  /** It is closed with all the others. @throws TenutoError RECOGNISER_UNAVAILABLE where there is none. */
  behind(standIn: StandInName): Recogniser {
    const second = standIn === 'whisper' ? this.#secondOrNull() : null;
    if (second === null) return this.#firstOne();
    return {
      open: (options) => {
        const isHeard = options.sampleRateHz === SECOND_RATE_HZ;
        return (isHeard ? second : this.#firstOne()).open(options);
      },
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    const made = [this.#first, this.#second];
    this.#first = null;
    this.#second = null;
    for (const recogniser of made) await recogniser?.close();
  }

  #firstOne(): Recogniser {
    this.#first ??= this.#makers.first();
    return this.#first;
  }

  #secondOrNull(): Recogniser | null {
    if (this.#second !== undefined) return this.#second;
    try {
      this.#second = this.#makers.second();
    } catch (error) {
      if (!TenutoError.is(error) || error.code !== 'PACKAGE_MISSING') throw error;
      this.#second = null;
    }
    return this.#second;
  }
}
