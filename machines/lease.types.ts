/** What a lease is told, what it remembers, and what it orders. */

export interface LeaseInput {
  /** How long a session outlives its client. */
  readonly graceMs: number;
  /** How long a session may last in all. */
  readonly lifeMs: number;
  readonly atMs: number;
}

export type LeaseEnding =
  /** Everything was said, and everybody has it. */
  | 'finished'
  /** Nobody came back within the grace. */
  | 'expired'
  /** It has lasted as long as any session may. */
  | 'aged'
  /** By its user, or on their behalf. */
  | 'loggedOut'
  /** Nobody knows of it yet, and its application did not open it. */
  | 'unopened'
  /** The store has lost what nobody but its client may have: its next session takes that. */
  | 'lost'
  /** Its application fails again and again, and not on one message: it is given up. */
  | 'failed';

/** How often the application failed on one message, or chunk, or as a whole. */
export interface LeaseFault {
  /** Of what it failed on; 0: of nothing that could be set aside. */
  readonly seq: number;
  readonly times: number;
  /** Through where it had handled everything then. */
  readonly done: number;
}

/** Why a client's socket is closed: names of `tenuto.v1` (PROTOCOL.md, P16). */
export type LeaseDismissal =
  | 'done'
  | 'graceExpired'
  | 'unknownSession'
  | 'fenced'
  | 'superseded'
  | 'protocolError'
  | 'draining'
  | 'storeUnavailable';

export interface LeaseContext {
  readonly graceMs: number;
  readonly lifeMs: number;
  /** Of the newest fence; 0 before the first. */
  readonly epoch: number;
  /** When the session has lasted as long as any may. */
  readonly endsAtMs: number;
  /** When the state of now has to be looked at again: the end of the grace, a renewal. Null: never. */
  readonly dueAtMs: number | null;
  /** The log has what an earlier owner wrote. */
  readonly isTakenOver: boolean;
  /** How often another writer was faster. */
  readonly defeats: number;
  /** How often the store did not say what became of one append. */
  readonly silences: number;
  readonly ending: LeaseEnding | null;
  /** What the application failed on and has not got over, from its first gateway on. */
  readonly faults: readonly LeaseFault[];
  /** Everything was said, and is in the log: it is only here for a client that may ask once more. */
  readonly isConcluded: boolean;
}

/** What the tail of a session's log says. */
export interface LeaseLog {
  /** Its last record is an end. */
  readonly isEnd: boolean;
  /** Since its owner wrote it, by wall clocks. */
  readonly unattendedMs: number;
  /** Since the session began, by wall clocks. */
  readonly ageMs: number;
}

/** A client that may have the session asks for it: a fence is to be written for it. */
export interface ClientClaimed {
  readonly type: 'client.claimed';
  readonly atMs: number;
  /** That the fence is to have. */
  readonly epoch: number;
  /** The client that has it dials anew; else it is another one, with the same token. */
  readonly isSameClient: boolean;
  /** Null where there is none to look at: the session is new, or lives here. */
  readonly log: LeaseLog | null;
  /** Those before: of its log, or, where it is new, of those that were begun for this client in vain. Default: as it was. */
  readonly faults?: readonly LeaseFault[];
}

/** The client was welcomed, on the socket for which a fence of that epoch was written. */
export interface ClientAttached {
  readonly type: 'client.attached';
  readonly atMs: number;
  readonly epoch: number;
}

export interface SessionLoggedOut {
  readonly type: 'session.loggedOut';
  readonly atMs: number;
  /** Null where the session lives here. */
  readonly log: LeaseLog | null;
}

/** The application threw, did not open, or a promise of its was rejected. */
export interface AppFailed {
  readonly type: 'app.failed';
  readonly atMs: number;
  /** What it was handed; 0: nothing that it could do without. */
  readonly seq: number;
  /** Through where it has handled everything. */
  readonly done: number;
}

export interface LeaseFact {
  readonly type:
    | 'fence.committed'
    /** The store did not say what became of a fence, or of an end, that is to make the session ours. */
    | 'fence.unanswered'
    /** Another writer was there before: its record stands where ours was to stand. */
    | 'owner.fenced'
    /** The store says no, or for too long nothing. */
    | 'store.failed'
    /** What the store has lost leaves a hole in the log, and no final covers it. */
    | 'log.incomplete'
    /** The application has it, with all that the log holds. */
    | 'app.opened'
    /** Everything was said, and is in the log. */
    | 'app.concluded'
    | 'client.detached'
    /** The client has all that it was told, and nothing follows. */
    | 'session.finished'
    /** The record that says that the session is over is in the log. */
    | 'end.committed'
    /** This gateway goes. */
    | 'gateway.stopping'
    /** What was accepted is in the log. */
    | 'log.settled'
    /** Nothing more is waited for. */
    | 'gateway.stopped'
    /** Somebody looked at the time. */
    | 'time.passed';
  readonly atMs: number;
}

export type LeaseEvent = ClientClaimed | ClientAttached | SessionLoggedOut | AppFailed | LeaseFact;

/** Why the session is not here any more. `uncertain`: nobody can say what is in its log. `left`: this gateway stopped. */
export type LeaseRelease = LeaseEnding | 'fenced' | 'uncertain' | 'left';

export type LeaseOrder =
  | { readonly type: 'client.dismiss'; readonly why: LeaseDismissal }
  /** The log is to tell how often the application failed: what it failed on is handed over again. */
  | { readonly type: 'fault.note' }
  /** The application is not handed this any more; its client is told so. */
  | { readonly type: 'item.setAside'; readonly seq: number }
  /** Something is appended, if only to say that the owner lives. */
  | { readonly type: 'log.renew' }
  /** The application is closed, and the last record says that it is over. */
  | { readonly type: 'log.end' }
  /** What was accepted gets into the log. */
  | { readonly type: 'log.settle' }
  /** Nothing is written any more, and nobody here has the session any more. */
  | { readonly type: 'session.release'; readonly why: LeaseRelease }
  /** All but the record that says that it is over goes. */
  | { readonly type: 'log.purge' }
  /** All of it goes. */
  | { readonly type: 'log.drop' };
