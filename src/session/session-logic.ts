/**
 * A session as an actor, for a machine of your own to invoke or spawn.
 *
 * Orders go in as events, and what the session tells its listeners it tells its parent. Audio does neither, for it is
 * never an event: `sessionOf(actor)?.write(chunk)`. Stopping the actor, by leaving the state that invokes it, ends the
 * session at once; an order to close lets it deliver first.
 */
import { fromCallback } from 'xstate';
import type { AnyActorRef, CallbackActorLogic } from 'xstate';

import type { CloseOptions, CloseResult, SessionEvent, StateChangeEvent } from './events.ts';
import type { Session } from './session.ts';
import type { TenutoError } from '../ports/errors.ts';

export interface SessionLogicInput {
  /**
   * Makes the session, such as `() => createSession({ candidates })`; where it throws, the actor fails. A function,
   * because inspectors show what an actor is given, and a session's options hold what none should see. To have the
   * session's own charts inspected too, give `createSession` the parent's `inspect`.
   */
  readonly open: () => Session;
  /** Dials as soon as the actor starts. Default true; otherwise `session.connect` does. */
  readonly connectsAtOnce?: boolean;
}

/** What the actor can be told. */
export type SessionOrder =
  | { readonly type: 'session.connect' }
  /** Delivers what is left, for as long as `drainTimeoutMs` says; `session.closed` follows. */
  | ({ readonly type: 'session.close' } & CloseOptions);

/** What its parent is told: every event of the session, those without a subject under a name that has one. */
export type SessionFact =
  | Exclude<SessionEvent, { readonly type: 'stateChange' | 'error' }>
  | (Omit<StateChangeEvent, 'type'> & { readonly type: 'session.statusChanged' })
  /** The connection was given up; `session.connect` starts over. */
  | { readonly type: 'session.failed'; readonly error: TenutoError }
  /** It is over, once and for good. */
  | (CloseResult & { readonly type: 'session.closed' });

export type SessionLogic = CallbackActorLogic<SessionOrder, SessionLogicInput>;

const sessions = new WeakMap<AnyActorRef, Session>();

/** The session that this actor runs, to write audio to and to read from; undefined where it runs none. */
export function sessionOf(actor: AnyActorRef | undefined): Session | undefined {
  return actor && sessions.get(actor);
}

export const sessionLogic: SessionLogic = fromCallback<SessionOrder, SessionLogicInput>(
  ({ input, self, sendBack, receive }) => {
    const session = input.open();
    const tell = (fact: SessionFact): void => {
      sendBack(fact);
    };
    let isOver = false;
    const close = async (options?: CloseOptions): Promise<void> => {
      const result = await session.close(options);
      if (isOver) return;
      isOver = true;
      tell({ type: 'session.closed', ...result });
    };
    sessions.set(self, session);
    session.on('*', (event) => {
      tell(factOf(event));
      // Somebody may have closed it who holds the session itself.
      if (event.type === 'stateChange' && event.current === 'disconnected') void close();
    });
    receive((order) => {
      if (order.type === 'session.connect') connect(session);
      else
        void close(
          order.drainTimeoutMs === undefined ? {} : { drainTimeoutMs: order.drainTimeoutMs },
        );
    });
    if (input.connectsAtOnce ?? true) connect(session);

    return () => {
      end(session);
    };
  },
);

function factOf(event: SessionEvent): SessionFact {
  if (event.type === 'stateChange') return { ...event, type: 'session.statusChanged' };
  if (event.type === 'error') return { ...event, type: 'session.failed' };
  return event;
}

function connect(session: Session): void {
  session.connect().catch(() => undefined); // `session.failed` tells it
}

/** At once, even where a close is under way that waits for what is left. */
function end(session: Session): void {
  void session.close({ drainTimeoutMs: 0 });
  if (session.actor.getSnapshot().status === 'active')
    session.actor.send({ type: 'session.close' });
}
