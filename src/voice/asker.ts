/** One question at a time, asked of language models until one answers, with what was learned of them by the questions before. */
import { Asking } from './asking.ts';
import type { AskingOptions, Question } from './asking.ts';
import { Outcomes } from './outcomes.ts';
import type { RequestMemory } from '../../machines/request.types.ts';
import type { Breakers } from '../session/admission/breakers.ts';

export interface AskerOptions extends AskingOptions {
  readonly breakers: Breakers;
}

export class Asker {
  readonly #options: AskerOptions;
  readonly #outcomes: Outcomes;
  /** The newest; it may be over. */
  #asking: Asking | null = null;
  #memory: RequestMemory | null = null;

  constructor(options: AskerOptions) {
    this.#options = options;
    this.#outcomes = new Outcomes(options.breakers);
  }

  /** Whatever was asked before is not answered any more. */
  ask(question: Question): void {
    this.cancel();
    this.#asking = new Asking(question, this.#memory, this.#options, this.#outcomes);
    this.#asking.start();
  }

  cancel(): void {
    if (this.#asking === null) return;
    this.#memory = this.#asking.end();
    this.#asking = null;
  }
}
