/** A session in a component of React, in browsers and in React Native alike. */
import { useSelector } from '@xstate/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { AnyActorRef, Subscription } from 'xstate';

import { HeldSession } from './held-session.ts';
import type { SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import type { SessionState, SessionViewOptions } from '../views/session-view.ts';

/** What a component shows, and what its buttons do. `connect` and `close` are the same functions at each rendering. */
export interface UseSession extends SessionState {
  /** `bufferedMs` as seconds with one decimal. */
  readonly bufferedSeconds: number;
  /** As `session.connect`. */
  readonly connect: () => Promise<void>;
  /** Delivers what is left, and ends the session. */
  readonly close: () => Promise<void>;
  /** Null until the component is on the screen, where the hook makes it. */
  readonly session: Session | null;
}

export type SessionSource = Session | (() => Session) | SessionOptions;

/**
 * @param source a session of yours, which you close; or what makes one, a function or options: it is made when the component
 * comes on the screen, and closed when it leaves. What is made is not made anew for other options: give the component a `key`.
 */
export function useSession(source: SessionSource, options: SessionViewOptions = {}): UseSession {
  const held = useHeld(source, options);
  const state = useSelector(held.store, stateOf);
  const { session } = held.own;
  const connect = useCallback(() => held.own.connect(), [held]);
  const close = useCallback(() => held.own.close(), [held]);

  return useMemo(
    () => ({
      ...state,
      bufferedSeconds: Math.round(state.bufferedMs / 100) / 10,
      connect,
      close,
      session,
    }),
    [state, connect, close, session],
  );
}

/**
 * One part of a session's state: the component is drawn anew only where that differs.
 *
 * @param isSame default `Object.is`.
 */
export function useSessionValue<T>(
  session: Session,
  select: (state: SessionState) => T,
  isSame?: (one: T, other: T) => boolean,
): T {
  const held = useHeld(session, {});
  return useSelector(held.store, (snapshot) => select(snapshot.state), isSame);
}

type Listener = (snapshot: unknown) => void;

interface Held {
  readonly own: HeldSession;
  /** As `useSelector` takes an actor. */
  readonly store: Pick<AnyActorRef, 'subscribe'> & {
    getSnapshot(): { readonly state: SessionState };
  };
}

/** Another session of yours is followed; what the hook makes itself is made once. */
function useHeld(source: SessionSource, options: SessionViewOptions): Held {
  const first = useRef(options);
  const given = source instanceof Session ? source : null;
  const [make] = useState(() => makerOf(source));
  return useMemo(() => holding(new HeldSession(given ?? make, first.current)), [given, make]);
}

function makerOf(source: SessionSource): () => Session {
  if (typeof source === 'function') return source;
  return () => (source instanceof Session ? source : new Session(source));
}

function holding(own: HeldSession): Held {
  let snapshot = { state: own.state };
  const getSnapshot = (): typeof snapshot => {
    // In a wrapper of its own: an actor's snapshot whose status is `error` would be thrown.
    if (snapshot.state !== own.state) snapshot = { state: own.state };
    return snapshot;
  };
  const subscribe = (observer: Listener | { readonly next?: Listener }): Subscription => {
    const tell = typeof observer === 'function' ? observer : observer.next;
    return { unsubscribe: own.subscribe(() => tell?.(getSnapshot())) };
  };
  return { own, store: { subscribe, getSnapshot } };
}

function stateOf({ state }: { readonly state: SessionState }): SessionState {
  return state;
}
