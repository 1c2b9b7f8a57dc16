/** How sockets end, and what a client does then (PROTOCOL.md, P16): facts, and no decision. */
import { MAX_PROTOCOL_ERRORS, PROTOCOL_ERRORS_WINDOW_MS } from './limits.ts';

/** RFC 6455, section 7.4: 4000 to 4999 are for applications. */
export const CLOSE = {
  /** After FIN_ACK: everything was handled. */
  done: 1000,
  protocolError: 4400,
  /** The bearer is missing, was refused, or has expired. */
  unauthorised: 4401,
  /** Also of a session that is not known, or is another subject's: they answer alike. */
  badResumeToken: 4403,
  /** It was ended, by its user or on their behalf. */
  unknownSession: 4404,
  heartbeat: 4408,
  fenced: 4409,
  superseded: 4410,
  graceExpired: 4411,
  staleAttempt: 4412,
  tooLarge: 4413,
  version: 4414,
  capacity: 4420,
  rate: 4421,
  sessionLimit: 4422,
  overCredit: 4423,
  draining: 4430,
  storeUnavailable: 4440,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

export type ClientAction =
  /** Everything arrived, on both sides. */
  | 'stop'
  /** Dial again at once. */
  | 'reattachNow'
  /** Dial again by the backoff envelope; at once where the link had been well. */
  | 'reattach'
  /** Dial again by the backoff envelope, and where there is another gateway, there. */
  | 'reattachElsewhere'
  /** Ask for a new bearer, then dial at once: no step of the backoff. */
  | 'refreshCredential'
  /** The session is gone: what was not committed of it is a gap, and a new one begins. */
  | 'newSession'
  /** It speaks of an attachment that the client has left itself. */
  | 'ignore'
  /** Dial again after `retryAfterMs`, spread by a fifth. */
  | 'wait'
  /** Dial an address that GOAWAY, or REFUSED, named, at once. */
  | 'migrate'
  /** Never again with this session, or this program. */
  | 'giveUp';

export interface CloseMeaning {
  readonly action: ClientAction;
  /** The code's own, from a closed list: what REFUSED and the close frame say. Null for codes of WebSocket itself. */
  readonly reason: string | null;
  /** More of them within the window, and the session is given up for a new one. */
  readonly newSessionAfter?: { readonly count: number; readonly withinMs: number };
  /** Twice in a row means that somebody else uses the token, or a gateway has lost its sessions. */
  readonly isAlarmingTwice?: boolean;
}

const protocolErrors = { count: MAX_PROTOCOL_ERRORS, withinMs: PROTOCOL_ERRORS_WINDOW_MS };

const MEANINGS: Readonly<Record<CloseCode, CloseMeaning>> = {
  [CLOSE.done]: { action: 'reattach', reason: 'done' },
  [CLOSE.protocolError]: {
    action: 'reattachNow',
    reason: 'protocol-error',
    newSessionAfter: protocolErrors,
  },
  [CLOSE.unauthorised]: { action: 'refreshCredential', reason: 'unauthorised' },
  [CLOSE.badResumeToken]: {
    action: 'newSession',
    reason: 'bad-resume-token',
    isAlarmingTwice: true,
  },
  [CLOSE.unknownSession]: { action: 'newSession', reason: 'unknown-session' },
  [CLOSE.heartbeat]: { action: 'reattachNow', reason: 'heartbeat' },
  [CLOSE.fenced]: { action: 'ignore', reason: 'fenced' },
  [CLOSE.superseded]: { action: 'giveUp', reason: 'superseded' },
  [CLOSE.graceExpired]: { action: 'newSession', reason: 'grace-expired' },
  [CLOSE.staleAttempt]: { action: 'ignore', reason: 'stale-attempt' },
  [CLOSE.tooLarge]: { action: 'giveUp', reason: 'too-large' },
  [CLOSE.version]: { action: 'giveUp', reason: 'version' },
  [CLOSE.capacity]: { action: 'wait', reason: 'capacity' },
  [CLOSE.rate]: { action: 'wait', reason: 'rate' },
  [CLOSE.sessionLimit]: { action: 'wait', reason: 'session-limit' },
  [CLOSE.overCredit]: { action: 'giveUp', reason: 'over-credit' },
  [CLOSE.draining]: { action: 'migrate', reason: 'draining' },
  [CLOSE.storeUnavailable]: { action: 'reattachElsewhere', reason: 'store-unavailable' },
};

/** Of WebSocket itself, where they mean more than that the socket is gone (RFC 6455, section 7.4.1). */
const OF_WEBSOCKET: Readonly<Record<number, CloseMeaning>> = {
  1002: { action: 'reattachNow', reason: null, newSessionAfter: protocolErrors },
  1007: { action: 'reattachNow', reason: null, newSessionAfter: protocolErrors },
  1009: { action: 'giveUp', reason: null },
};

const STOP: CloseMeaning = { action: 'stop', reason: 'done' };
const LOST: CloseMeaning = { action: 'reattach', reason: null };

/** What REFUSED and the close frame of a code say: no more than 123 bytes, and nothing that a peer sent. */
export function reasonOf(code: CloseCode): string {
  return MEANINGS[code].reason ?? '';
}

/**
 * What a client does when a socket ended, or was refused, with this code.
 * @param hadFinAck FIN_ACK came before: nothing is missing, however the socket ended.
 */
export function classify(code: number, hadFinAck: boolean): CloseMeaning {
  if (hadFinAck) return STOP;
  const meaning = (MEANINGS as Readonly<Record<number, CloseMeaning>>)[code];
  return meaning ?? OF_WEBSOCKET[code] ?? LOST;
}
