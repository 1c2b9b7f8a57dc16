/**
 * The built-in verifier: bearers are JWTs (RFC 7519), checked as RFC 8725 asks. Which algorithms count is decided here and
 * never by the token: `none` is not among them, and a public key is never taken for a shared secret.
 */
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyOptions } from 'jose';

import { keysOf } from './jwks.node.ts';
import type { JwksSource, KeyFinder } from './jwks.node.ts';
import { isPrincipal } from './principal.ts';
import type { BearerContext, Principal, Verify } from './principal.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { systemWallClock } from '../../ports/clock.ts';
import type { WallClock } from '../../ports/clock.ts';
import { silentLogger } from '../../ports/logger.ts';
import type { Logger } from '../../ports/logger.ts';
import { MAX_BEARER_CHARS } from '../../protocol/limits.ts';

export type JwtAlgorithm = 'HS256' | 'RS256' | 'ES256';

export interface JwtVerifierOptions {
  /** Shared with who issues bearers: HS256. At least 32 bytes (RFC 7518, section 3.2). Either this or `jwks`. */
  readonly secret?: string | Uint8Array;
  /** The issuer's public keys: an https: address, the path of a file, or the set itself. */
  readonly jwks?: JwksSource;
  /** What is believed. Default HS256 with `secret`, RS256 and ES256 with `jwks`. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /** What `iss` has to be. Default: anything. */
  readonly issuer?: string;
  /** What `aud` has to hold. To be given where the issuer serves others too (RFC 8725, section 3.9). Default: anything. */
  readonly audience?: string;
  /** How far clocks may differ, in `exp` and `nbf`: 0 to 25,000 ms. Default 5,000. */
  readonly leewayMs?: number;
  readonly wallClock?: WallClock;
  readonly logger?: Logger;
}

const NAMES: Readonly<Record<keyof JwtVerifierOptions, true>> = {
  secret: true,
  jwks: true,
  algorithms: true,
  issuer: true,
  audience: true,
  leewayMs: true,
  wallClock: true,
  logger: true,
};

const MIN_SECRET_BYTES = 32;
const DEFAULT_LEEWAY_MS = 5_000;
/** With the 5 s in which a gateway notices, no bearer is believed 30 s after its end. */
const MAX_LEEWAY_MS = 25_000;

/** @throws TenutoError OPTION_INVALID */
export function createJwtVerifier(options: JwtVerifierOptions): Verify {
  checkOptions('jwt', options, NAMES);
  const { issuer, audience, leewayMs = DEFAULT_LEEWAY_MS, wallClock = systemWallClock } = options;
  if (!(leewayMs >= 0 && leewayMs <= MAX_LEEWAY_MS)) {
    throw invalid(`leewayMs is ${leewayMs}.`, `Give a number from 0 to ${MAX_LEEWAY_MS}.`);
  }
  const findKey = finderFor(options, wallClock);
  const rules: JWTVerifyOptions = {
    algorithms: [...algorithmsFor(options)],
    requiredClaims: ['sub', 'exp'],
    clockTolerance: leewayMs / 1_000,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };

  return async (bearer, context?: BearerContext) => {
    if (bearer.length > MAX_BEARER_CHARS) {
      context?.onDoubt?.('it is too long');
      return null;
    }
    try {
      const now = { currentDate: new Date(wallClock()) };
      const payload = await payloadOf(bearer, findKey, { ...rules, ...now });
      const principal = principalOf(payload, leewayMs);
      if (principal === null) context?.onDoubt?.('its sub or its exp is none');
      return principal;
    } catch (error) {
      if (!isBearersFault(error)) throw error;
      context?.onDoubt?.(doubtOf(error));
      return null;
    }
  };
}

/** A bearer that does not say which key it was signed with is tried with each that it could be. */
async function payloadOf(
  bearer: string,
  findKey: KeyFinder,
  rules: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(bearer, findKey, rules)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(bearer, key, rules)).payload;
      } catch (wrong) {
        if (!(wrong instanceof errors.JWSSignatureVerificationFailed)) throw wrong;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function principalOf({ sub = '', exp = 0 }: JWTPayload, leewayMs: number): Principal | null {
  const principal = { subject: sub, expiresAtMs: exp * 1_000 + leewayMs };
  return isPrincipal(principal) ? principal : null;
}

/** Everything else is trouble with the keys, of which the bearer knows nothing. */
function isBearersFault(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey
  );
}

const CLAIMS: Readonly<Record<string, string>> = {
  aud: 'its aud is another, or missing',
  iss: 'its iss is another, or missing',
  nbf: 'its nbf is yet to come',
  exp: 'its exp is missing, or no time',
  sub: 'its sub is missing',
};

/** For the operator, in words of ours: what a bearer says is nowhere. */
function doubtOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'its exp is over';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return CLAIMS[error.claim] ?? 'a claim of it is not right';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'no key that is known signed it';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is another';
  return 'it is no JWT';
}

function finderFor({ secret, jwks, logger }: JwtVerifierOptions, wallClock: WallClock): KeyFinder {
  if (secret !== undefined && jwks === undefined) {
    const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
    if (key.length >= MIN_SECRET_BYTES) return () => Promise.resolve(key);
    throw invalid(
      `secret has ${key.length} bytes.`,
      `Give at least ${MIN_SECRET_BYTES} bytes of chance (RFC 7518, section 3.2).`,
    );
  }
  if (jwks !== undefined && secret === undefined) {
    return keysOf(jwks, wallClock, logger ?? silentLogger);
  }
  throw invalid('A verifier of JWTs has one source of keys.', 'Give either secret or jwks.');
}

function algorithmsFor({ secret, algorithms }: JwtVerifierOptions): readonly JwtAlgorithm[] {
  const possible: readonly JwtAlgorithm[] = secret === undefined ? ['RS256', 'ES256'] : ['HS256'];
  const chosen = algorithms ?? possible;
  const wrong = chosen.find((name) => !possible.includes(name));
  if (wrong === undefined && chosen.length > 0) return chosen;
  const what = wrong === undefined ? 'algorithms is empty.' : `algorithms has "${wrong}".`;
  throw invalid(what, `Take ${possible.join(' or ')}: no other fits the keys that are given.`);
}
