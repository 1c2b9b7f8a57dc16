/** Who plays what is spoken. */
import { checkFunction, listenerThrew } from '../ports/listening.ts';
import type { Logger } from '../ports/logger.ts';
import type { SpokenAudio } from '../session/conversation.ts';

type Listener = (audio: SpokenAudio) => void;

export class AudioListeners {
  readonly #logger: Logger;
  readonly #listeners = new Set<Listener>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns the function that stops it. */
  add(listener: Listener): () => void {
    checkFunction(listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One that throws harms no other. */
  tell(audio: SpokenAudio): void {
    for (const listener of this.#listeners) {
      try {
        listener(audio);
      } catch (error) {
        listenerThrew('audio', error, this.#logger);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
