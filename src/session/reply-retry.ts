/** The reply chart at work: an answer that the service refused is asked for once more. */
import { createActor, fromPromise } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import type { TalkOptions } from './talk.types.ts';
import type { Failure } from '../../machines/failure.ts';
import { replyMachine } from '../../machines/reply.machine.ts';
import type { ReplyEvent, ReplyMoment } from '../../machines/reply.types.ts';

type ReplyActor = ActorRefFrom<typeof replyMachine>;

export interface ReplyRetryHandlers {
  look(): ReplyMoment;
  ask(): void;
}

/** One chart serves every conversation: providing anew for each would build all its states again. */
const lookers = new WeakMap<object, ReplyRetryHandlers>();

const wiredReply = replyMachine.provide({
  actors: {
    look: fromPromise<ReplyMoment>(({ system }) =>
      Promise.resolve(lookers.get(system)?.look() ?? { isOwed: false, isTaken: false }),
    ),
  },
});

export class ReplyRetry {
  readonly #options: TalkOptions;
  readonly #handlers: ReplyRetryHandlers;
  /** Null until a service refuses an answer: most never do. */
  #actor: ReplyActor | null = null;

  constructor(options: TalkOptions, handlers: ReplyRetryHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** @param wasAskedAgain the answer that is owed was asked for a second time before. */
  refused(failure: Failure, wasAskedAgain: boolean): void {
    this.#actor ??= this.#start();
    this.#actor.send({ type: 'reply.refused', failure, wasAskedAgain });
  }

  /** What ends the wait; of no concern where nothing was refused. */
  tell(type: Exclude<ReplyEvent['type'], 'reply.refused'>): void {
    this.#actor?.send({ type });
  }

  stop(): void {
    this.#actor?.stop();
    this.#actor = null;
  }

  #start(): ReplyActor {
    const { clock, inspect = null, logger } = this.#options;
    const actor = createActor(wiredReply, { clock, ...(inspect === null ? {} : { inspect }) });
    lookers.set(actor.system, this.#handlers);
    actor.on('reply.ask', () => {
      this.#handlers.ask();
    });
    actor.subscribe({
      error: (error) => {
        logger.error('the reply chart failed', { error: String(error) });
      },
    });
    return actor.start();
  }
}
