/** Who a session is and who may take it up again: written with each record of its log. Holds digests, and no secret. */
import type { LeaseFault } from '../../machines/lease.types.ts';
import type { HelloFrame } from '../protocol/types.ts';

export interface SessionCard {
  /** Names the log: a client that meets another one knows that it is no continuation. */
  readonly lineage: string;
  /** Who the bearer was issued to. */
  readonly subject: string;
  readonly app: string;
  readonly audio: HelloFrame['audio'];
  readonly clock: HelloFrame['clock'];
  /** SHA-256 of the newest resume token, in hex. */
  readonly token: string;
  /** Of those before it: they count until the client is known to have a newer one. The newest first. */
  readonly formerTokens: readonly string[];
  /** The newest that are dead: whoever shows one has a copy. */
  readonly spentTokens?: readonly string[];
  /** Somebody ended the session, for its subject or on their behalf. */
  readonly isLoggedOut?: boolean;
  /** Everything was said: the client has only to be told so. */
  readonly isConcluded?: boolean;
  /** What its app failed on and has not got over. */
  readonly faults?: readonly LeaseFault[];
  /** What its app is not handed any more, and in which frame the client is told so: of what is not handled. */
  readonly setAside?: readonly { readonly seq: number; readonly down: number }[];
  /** Its app failed again and again. */
  readonly isGivenUp?: boolean;
  /** The attachment that owns the session: dials of `inst` up to `att` are void. */
  readonly inst: string;
  readonly att: number;
  /** When it went from one `inst` to another lately, each by the wall clock of the gateway where it did. */
  readonly takenAtMs?: readonly number[] | undefined;
  /** By the wall clock: sessions end after a day. */
  readonly startedAtMs: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeCard(card: SessionCard): Uint8Array {
  return encoder.encode(JSON.stringify(card));
}

/** Only of records whose checksum is right: whoever wrote it was one of us. Null for a card of another version. */
export function decodeCard(bytes: Uint8Array): SessionCard | null {
  try {
    const card = JSON.parse(decoder.decode(bytes)) as Partial<SessionCard>;
    const isNamed = typeof card.token === 'string' && typeof card.subject === 'string';
    const isWhole = isNamed && Array.isArray(card.formerTokens);
    return isWhole ? (card as SessionCard) : null;
  } catch {
    return null;
  }
}
