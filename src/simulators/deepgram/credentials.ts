/** Who may connect: holders of an API key, or of a temporary token that one of them was granted. */
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { newUuid } from '../control/names.ts';

export const DEFAULT_TTL_SECONDS = 30;
export const MAX_TTL_SECONDS = 3_600;
/** Beyond this many live tokens the oldest is forgotten. */
const TOKEN_CAPACITY = 1_000;

/** What a request brought: `token` goes with an API key, `bearer` with a temporary token. */
export interface Credential {
  readonly scheme: 'token' | 'bearer';
  readonly secret: string;
}

/** The `Authorization` header first, then the subprotocols, which are all that a browser can send. */
export function readCredential(
  authorization: string | undefined,
  subprotocols: string | undefined,
): Credential | null {
  const header = /^(token|bearer)\s+(\S+)$/i.exec(authorization?.trim() ?? '');
  if (authorization !== undefined) return toCredential(header?.[1], header?.[2]);
  const offered = (subprotocols ?? '').split(',').map((name) => name.trim());
  const at = offered.findIndex((name) => name === 'token' || name === 'bearer');
  return at < 0 ? null : toCredential(offered[at], offered[at + 1]);
}

export class Credentials {
  readonly #keys: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #secrets: Secrets | undefined;
  readonly #expiryAtMs = new Map<string, number>();

  constructor(keys: readonly string[], clock: Clock, secrets: Secrets | undefined) {
    this.#keys = new Set(keys);
    this.#clock = clock;
    this.#secrets = secrets;
  }

  isKey(credential: Credential | null): boolean {
    return credential?.scheme === 'token' && this.#keys.has(credential.secret);
  }

  /** Asked on connecting only: a token may expire while its connection lasts. */
  accepts(credential: Credential | null): boolean {
    if (credential?.scheme !== 'bearer') return this.isKey(credential);
    const expiryAtMs = this.#expiryAtMs.get(credential.secret);
    return expiryAtMs !== undefined && this.#clock.nowMs() < expiryAtMs;
  }

  grant(ttlSeconds: number): string {
    const nowMs = this.#clock.nowMs();
    for (const [token, expiryAtMs] of this.#expiryAtMs) {
      if (expiryAtMs <= nowMs || this.#expiryAtMs.size >= TOKEN_CAPACITY) {
        this.#expiryAtMs.delete(token);
      }
    }
    const token = newUuid(this.#secrets);
    this.#expiryAtMs.set(token, nowMs + ttlSeconds * 1_000);
    return token;
  }
}

function toCredential(scheme: string | undefined, secret: string | undefined): Credential | null {
  const name = scheme?.toLowerCase();
  if ((name !== 'token' && name !== 'bearer') || secret === undefined || secret === '') return null;
  return { scheme: name, secret };
}
