/** A session's events, status, transcript and books as streams of RxJS. Each ends with the session. */
import { Observable } from 'rxjs';
import type { AnyActorRef } from 'xstate';

import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { SessionEvent, SessionLedger, TranscriptEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';

export interface TranscriptStreamOptions {
  /** Also what is not final yet: each restates all since the last final. Default false. */
  readonly interims?: boolean;
}

export interface LedgerStreamOptions {
  /** How often the books are looked at. Default 250 ms. */
  readonly everyMs?: number;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}

export interface SessionStreams {
  readonly events$: Observable<SessionEvent>;
  readonly status$: Observable<ConnectionStatus>;
  readonly transcript$: Observable<TranscriptEvent>;
  readonly ledger$: Observable<SessionLedger>;
}

const LOOK_EVERY_MS = 250;

/** All that the session tells, from the moment of subscribing. */
export function events$(session: Session): Observable<SessionEvent> {
  return new Observable((subscriber) => {
    const off = session.on('*', (event) => subscriber.next(event));
    const actor = (session.actor as AnyActorRef).subscribe({
      complete: () => subscriber.complete(),
    });
    return () => {
      off();
      actor.unsubscribe();
    };
  });
}

/** The status now, and each that it changes to. */
export function status$(session: Session): Observable<ConnectionStatus> {
  return new Observable((subscriber) => {
    subscriber.next(session.status);
    const inner = events$(session).subscribe({
      next: (event) => {
        if (event.type === 'stateChange') subscriber.next(event.current);
      },
      complete: () => subscriber.complete(),
    });
    return () => inner.unsubscribe();
  });
}

/** Final results in order. */
export function transcript$(
  session: Session,
  { interims = false }: TranscriptStreamOptions = {},
): Observable<TranscriptEvent> {
  return new Observable((subscriber) =>
    events$(session).subscribe({
      next: (event) => {
        if (event.type === 'transcript' && (interims || event.isFinal)) subscriber.next(event);
      },
      complete: () => subscriber.complete(),
    }),
  );
}

/** The books now, and whenever a look finds them different; at the end as they stand then. */
export function ledger$(
  session: Session,
  { everyMs = LOOK_EVERY_MS, clock = systemClock }: LedgerStreamOptions = {},
): Observable<SessionLedger> {
  return new Observable((subscriber) => {
    let told: SessionLedger | null = null;
    let timer: unknown = null;
    const tell = (): void => {
      const { ledger } = session;
      if (told !== null && isSame(told, ledger)) return;
      told = ledger;
      subscriber.next(ledger);
    };
    const look = (): void => {
      timer = clock.setTimeout(look, everyMs);
      tell();
    };
    tell();
    timer = clock.setTimeout(look, everyMs);
    const end = events$(session).subscribe({
      complete: () => {
        tell();
        subscriber.complete();
      },
    });
    return () => {
      clock.clearTimeout(timer);
      end.unsubscribe();
    };
  });
}

/** All of them. */
export function fromSession(
  session: Session,
  options: TranscriptStreamOptions & LedgerStreamOptions = {},
): SessionStreams {
  return {
    events$: events$(session),
    status$: status$(session),
    transcript$: transcript$(session, options),
    ledger$: ledger$(session, options),
  };
}

function isSame(one: SessionLedger, other: SessionLedger): boolean {
  return (Object.keys(one) as (keyof SessionLedger)[]).every((name) => one[name] === other[name]);
}
