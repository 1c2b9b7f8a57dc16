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
  /** More of them within the window, and the session is given up for a new one. */
  readonly newSessionAfter?: { readonly count: number; readonly withinMs: number };
  /** Twice in a row means that somebody else uses the token, or a gateway has lost its sessions. */
  readonly isAlarmingTwice?: boolean;
}

const PROTOCOL_ERROR: CloseMeaning = {
  action: 'reattachNow',
  newSessionAfter: { count: MAX_PROTOCOL_ERRORS, withinMs: PROTOCOL_ERRORS_WINDOW_MS },
};

const MEANINGS: Readonly<Record<CloseCode, ClientAction | CloseMeaning>> = {
  [CLOSE.done]: 'reattach',
  [CLOSE.protocolError]: PROTOCOL_ERROR,
  [CLOSE.unauthorised]: 'refreshCredential',
  [CLOSE.badResumeToken]: { action: 'newSession', isAlarmingTwice: true },
  [CLOSE.unknownSession]: 'newSession',
  [CLOSE.heartbeat]: 'reattachNow',
  [CLOSE.fenced]: 'ignore',
  [CLOSE.superseded]: 'giveUp',
  [CLOSE.graceExpired]: 'newSession',
  [CLOSE.staleAttempt]: 'ignore',
  [CLOSE.tooLarge]: 'giveUp',
  [CLOSE.version]: 'giveUp',
  [CLOSE.capacity]: 'wait',
  [CLOSE.rate]: 'wait',
  [CLOSE.sessionLimit]: 'wait',
  [CLOSE.overCredit]: 'giveUp',
  [CLOSE.draining]: 'migrate',
  [CLOSE.storeUnavailable]: 'reattachElsewhere',
};

/** Of WebSocket itself, where they mean more than that the socket is gone (RFC 6455, section 7.4.1). */
const OF_WEBSOCKET: Readonly<Record<number, ClientAction | CloseMeaning>> = {
  1002: PROTOCOL_ERROR,
  1007: PROTOCOL_ERROR,
  1009: 'giveUp',
};

/** Its name, from a closed list: what REFUSED and the close frame say, in no more than 123 bytes, and nothing that a peer sent. */
export function reasonOf(code: CloseCode): string {
  const [name = ''] = Object.entries(CLOSE).find(([, known]) => known === code) ?? [];
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * What a client does when a socket ended, or was refused, with this code.
 * @param hadFinAck FIN_ACK came before: nothing is missing, however the socket ended.
 */
export function classify(code: number, hadFinAck: boolean): CloseMeaning {
  if (hadFinAck) return { action: 'stop' };
  const known = MEANINGS as Readonly<Record<number, ClientAction | CloseMeaning>>;
  const meaning = known[code] ?? OF_WEBSOCKET[code] ?? 'reattach';
  return typeof meaning === 'string' ? { action: meaning } : meaning;
}
