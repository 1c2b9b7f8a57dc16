/** The conversation of a session, made when it is asked for: who only listens has none. */
import { conversationOf } from './conversation-part.ts';
import type { SessionEmitter } from './emitter.ts';
import type { ResolvedOptions } from './options.ts';
import { missing } from './parts.ts';
import type { Talk } from './talk.ts';

export class Talking {
  readonly #options: ResolvedOptions;
  readonly #emitter: SessionEmitter;
  readonly #onAnswering: (untilMs: number) => void;
  #talk: Talk | null = null;

  /** @param onAnswering is told until when an answer is made or played, as far as that is known. */
  constructor(
    options: ResolvedOptions,
    emitter: SessionEmitter,
    onAnswering: (untilMs: number) => void,
  ) {
    this.#options = options;
    this.#emitter = emitter;
    this.#onAnswering = onAnswering;
  }

  /** @throws TenutoError OPTION_INVALID where the session was not given the part `conversation`. */
  get talk(): Talk {
    const part = conversationOf(this.#options);
    if (part === null) throw missing('conversation', 'session.conversation');
    return (this.#talk ??= part.startTalk({
      ...this.#options,
      emitter: this.#emitter,
      onAnswering: this.#onAnswering,
    }));
  }

  end(): void {
    this.#talk?.end();
  }
}
