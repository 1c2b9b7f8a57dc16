/** Public keys of an issuer (RFC 7517), from where they are kept: asked for once, kept, and asked for again when one is new. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose';
import type {
  CryptoKey,
  FetchImplementation,
  FlattenedJWSInput,
  JSONWebKeySet,
  JWSHeaderParameters,
} from 'jose';

import { codeOf, FoldedErrors } from './trouble.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { isLoopback } from '../../ports/loopback.ts';
import { invalid } from '../../ports/option-errors.ts';

/** An https: address, the path of a file, or the set itself. */
export type JwksSource = string | URL | JSONWebKeySet;

export type KeyFinder = (
  header: JWSHeaderParameters,
  token: FlattenedJWSInput,
) => Promise<CryptoKey | Uint8Array>;

/** An issuer changes its keys in hours, and shows the new one before it uses it. */
const CACHE_MS = 600_000;
/** Tokens of keys that there are not must not make us ask all the time. */
const COOLDOWN_MS = 30_000;
/** Within the time that a verifier has. */
const FETCH_TIMEOUT_MS = 4_000;
/** After a question that was not answered: meanwhile each bearer would wait as long. */
const RETRY_MS = 5_000;
const MAX_SET_BYTES = 1_048_576;
/** An issuer that is away for so long is away: after it nobody is let in by its old keys. */
const STALE_MS = 3_600_000;

/** @throws TenutoError OPTION_INVALID */
export function keysOf(source: JwksSource, wallClock: WallClock, logger: Logger): KeyFinder {
  if (typeof source === 'object' && !(source instanceof URL)) return localKeys(source);
  const url = addressOf(source);
  if (url === null) return fileKeys(String(source), wallClock, logger);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) {
    return remoteKeys(url, wallClock, logger);
  }
  throw invalid(
    `The keys at ${url.protocol}//${url.host} could be exchanged on their way.`,
    'Give an https: address.',
  );
}

function addressOf(source: string | URL): URL | null {
  if (source instanceof URL) return source;
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(source) && URL.canParse(source) ? new URL(source) : null;
}

/** @throws TenutoError OPTION_INVALID for what is no set of public keys. */
function localKeys(set: JSONWebKeySet): KeyFinder {
  const { keys } = Object(set) as Partial<JSONWebKeySet>;
  const isPublic =
    Array.isArray(keys) && keys.length > 0 && keys.every((key) => !('d' in key) && !('k' in key));
  if (!isPublic) {
    throw invalid('jwks is no set of public keys.', 'Give {"keys": [...]} with public keys only.');
  }
  return createLocalJWKSet(set);
}

function remoteKeys(url: URL, wallClock: WallClock, logger: Logger): KeyFinder {
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: CACHE_MS,
    [customFetch]: fetchBounded,
  });
  const from = `${url.origin}${url.pathname}`; // what else is in it may be a secret
  const trouble = new FoldedErrors(logger, wallClock);
  let freshAtMs = -Infinity;
  let failure: { readonly atMs: number; readonly error: unknown } | null = null;
  let findOld: KeyFinder | null = null;
  const asBefore: KeyFinder = async (header, token) => {
    if (findOld !== null && wallClock() - freshAtMs <= STALE_MS) return findOld(header, token);
    throw failure?.error;
  };
  return async (header, token) => {
    if (failure !== null && wallClock() - failure.atMs < RETRY_MS) return asBefore(header, token);
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAnswer(error)) throw error;
      failure = { atMs: wallClock(), error };
      const old = remote.jwks();
      findOld = old === undefined ? null : createLocalJWKSet(old);
      const what = error instanceof errors.JOSEError ? error.message : codeOf(error);
      const instead = findOld === null ? 'nobody can be let in' : 'those of before are used';
      trouble.tell('The keys of the issuer cannot be had.', { from, what, instead });
      return await asBefore(header, token);
    } finally {
      if (remote.fresh) freshAtMs = wallClock();
    }
  };
}

/** The set is there, and says that this is no key of it, or several. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
  );
}

/** No set of keys is longer than this; what is may not end at all. */
const fetchBounded: FetchImplementation = async (url, init) => {
  const response = await fetch(url, init);
  if (response.status !== 200 || response.body === null) return response;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > MAX_SET_BYTES) throw new Error('The set of keys is too long.'); // which ends the request
    pieces.push(piece);
  }
  return new Response(Buffer.concat(pieces), { status: response.status });
};

function fileKeys(path: string, wallClock: WallClock, logger: Logger): KeyFinder {
  let find = localKeys(parsed(readNow(path)));
  let readAtMs = wallClock();
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      const isNew = error instanceof errors.JWKSNoMatchingKey;
      if (!isNew || wallClock() - readAtMs < COOLDOWN_MS) throw error;
      readAtMs = wallClock();
      find = await readAgain(path).catch(() => {
        logger.warn('The file of keys cannot be read again: those of before are used.');
        return find;
      });
      return find(header, token);
    }
  };
}

async function readAgain(path: string): Promise<KeyFinder> {
  return localKeys(parsed(await readFile(path, 'utf8')));
}

function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw invalid(
      `jwks: ${path} cannot be read.`,
      'Give the path of a file, or an https: address.',
    );
  }
}

function parsed(text: string): JSONWebKeySet {
  try {
    return JSON.parse(text) as JSONWebKeySet;
  } catch {
    throw invalid('The file of keys is no JSON.', 'Give {"keys": [...]} with public keys only.');
  }
}
