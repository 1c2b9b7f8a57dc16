/** Session ids and resume tokens: made here and nowhere else, and compared in a time that tells nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';

import type { SessionCard } from './card.ts';
import type { Secrets } from '../ports/secrets.ts';

const SESSION_ID_BYTES = 16;
const TOKEN_BYTES = 32;
/** RFC 4648 base32, in lower case: no character of it means anything in a path, a subject or a query. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const NO_DIGEST = Buffer.alloc(32);
/** Welcomes that are lost in a row, and dials beside one another. */
export const MAX_FORMER_TOKENS = 4;

/** 128 bits of chance. */
export function newSessionId(secrets: Secrets): string {
  let bits = 0;
  let held = 0;
  const letters: number[] = [];
  for (const byte of secrets.bytes(SESSION_ID_BYTES)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters.push(BASE32.charCodeAt((held >>> bits) & 31));
    }
  }
  letters.push(BASE32.charCodeAt((held << (5 - bits)) & 31));
  return String.fromCharCode(...letters); // in one piece: thousands of them are kept
}

/** 256 bits of chance. */
export function newToken(secrets: Secrets): string {
  return Buffer.from(secrets.bytes(TOKEN_BYTES)).toString('base64url');
}

/** What is kept of a token. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** `spent`: it was the session's, and is dead. */
export type TokenStanding = 'good' | 'spent' | 'wrong';

/** The newest token is good, and so are those before it while they live. Takes as long for a session that there is not. */
export function standingOfToken(card: SessionCard | null, token: string): TokenStanding {
  const digest = createHash('sha256').update(token).digest();
  const isNewest = timingSafeEqual(digest, bytesOf(card?.token));
  const isFormer = isAmong(digest, card?.formerTokens);
  const isSpent = isAmong(digest, card?.spentTokens);
  if (isNewest || isFormer) return 'good';
  return isSpent ? 'spent' : 'wrong';
}

/** As many are looked at whatever there is. */
function isAmong(digest: Buffer, digests: readonly string[] = []): boolean {
  let isThere = false;
  for (let at = 0; at < MAX_FORMER_TOKENS; at += 1) {
    isThere = timingSafeEqual(digest, bytesOf(digests[at])) || isThere;
  }
  return isThere;
}

function bytesOf(digest: string | null | undefined): Buffer {
  return digest == null ? NO_DIGEST : Buffer.from(digest, 'hex');
}
