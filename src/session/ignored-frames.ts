/**
 * What services said that their adapters made nothing of, counted by its name. A service grows new messages before its
 * adapter knows them, and here they show first.
 */
import type { Logger } from '../ports/logger.ts';

/** What a service calls its messages is for the service to say: beyond this many names all others are counted as one. */
const MAX_NAMES = 32;
const MAX_NAME_CHARS = 64;
const OTHERS = 'other';

export class IgnoredFrames {
  readonly #logger: Logger;
  /** Null until there is one: most services say nothing that is not known. */
  #counts: Map<string, number> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts ?? []);
  }

  /** @param what its name, or a few words where it has none; never what it says. */
  note(provider: string, what: string): void {
    this.#counts ??= new Map();
    const short = what.slice(0, MAX_NAME_CHARS);
    const hasRoom = this.#counts.has(short) || this.#counts.size < MAX_NAMES;
    const name = hasRoom ? short : OTHERS;
    const before = this.#counts.get(name) ?? 0;
    this.#counts.set(name, before + 1);
    if (before === 0) this.#logger.debug('a frame was ignored', { provider, what: name });
  }
}
