/** Who is let in: holders of a key, and on the constrained path holders of an ephemeral token. */
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../server/http-answer.ts';
import type { CloseLike, GeminiFaults } from './faults.ts';
import { NOT_FOUND, refusedKey } from './wire.ts';

/** A socket that is opened. */
export interface LiveEntry {
  /** Of the API, such as `v1beta`. */
  readonly version: string;
  /** What it is closed with at once; null where it stays. */
  readonly close: CloseLike | null;
}

const LIVE_PATH =
  /^\/ws\/google\.ai\.generativelanguage\.(v1|v1beta|v1alpha)\.GenerativeService\.(BidiGenerateContent|BidiGenerateContentConstrained)$/;

export class Door {
  readonly #keys: ReadonlySet<string>;
  readonly #newName: () => string;
  readonly #tokens = new Set<string>();

  constructor(keys: readonly string[], newName: () => string) {
    this.#keys = new Set(keys);
    this.#newName = newName;
  }

  grantToken(): string {
    const token = `auth_tokens/${this.#newName()}`;
    this.#tokens.add(token);
    return token;
  }

  /** What an upgrade comes to. */
  live(
    request: IncomingMessage,
    url: URL,
    refusesKeysBy: NonNullable<GeminiFaults['refusesKeysBy']>,
  ): LiveEntry | HttpAnswer {
    const [, version, method] = LIVE_PATH.exec(url.pathname) ?? [];
    const isToken = method === 'BidiGenerateContentConstrained';
    if (version === undefined || (isToken && version !== 'v1alpha')) return NOT_FOUND;
    const key = url.searchParams.get('access_token') ?? keyOf(request, url);
    if ((isToken ? this.#tokens : this.#keys).has(key ?? '')) return { version, close: null };
    return refusesKeysBy === 'http' ? refusedKey(key) : { version, close: refusesKeysBy };
  }

  /** How a request over HTTP is refused; null where it is let in. */
  refusalOf(request: IncomingMessage, url: URL): HttpAnswer | null {
    const key = keyOf(request, url);
    return this.#keys.has(key ?? '') ? null : refusedKey(key);
  }
}

function keyOf({ headers }: IncomingMessage, url: URL): string | null {
  const header = headers['x-goog-api-key'];
  return typeof header === 'string' ? header : url.searchParams.get('key');
}
