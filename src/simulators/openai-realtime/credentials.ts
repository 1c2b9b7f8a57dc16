/** Who may connect: holders of an API key, or of an ephemeral key that one of them made for a browser. */
import type { IncomingMessage } from 'node:http';
import { dropOldest } from '../../ports/capacity.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { NewId } from './frames.ts';

const SUBPROTOCOL = 'openai-insecure-api-key.';
/** Beyond this many the oldest is forgotten. */
const CAPACITY = 1_000;

interface Ephemeral {
  readonly expiresAtMs: number;
  readonly session: JsonObject;
}

/** The `Authorization` header first, then the subprotocols, which are all that a browser can send. Null: neither. */
export function readKey({ headers }: IncomingMessage): string | null {
  if (headers.authorization !== undefined) {
    return /^bearer\s+(\S+)$/i.exec(headers.authorization.trim())?.[1] ?? '';
  }
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const key = offered.find((name) => name.startsWith(SUBPROTOCOL));
  return key?.slice(SUBPROTOCOL.length) ?? null;
}

export class Credentials {
  readonly #keys: ReadonlySet<string>;
  readonly #newId: NewId;
  readonly #ephemeral = new Map<string, Ephemeral>();

  constructor(keys: readonly string[], newId: NewId) {
    this.#keys = new Set(keys);
    this.#newId = newId;
  }

  isKey(key: string | null): boolean {
    return key !== null && this.#keys.has(key);
  }

  /** What a session begins with; null where the key is good for nothing. A session may outlive its ephemeral key. */
  admits(key: string, nowMs: number): JsonObject | null {
    if (this.#keys.has(key)) return {};
    const found = this.#ephemeral.get(key);
    return found !== undefined && nowMs < found.expiresAtMs ? found.session : null;
  }

  mint(session: JsonObject, expiresAtMs: number): string {
    const value = this.#newId('ek', 32);
    this.#ephemeral.set(value, { session, expiresAtMs });
    dropOldest(this.#ephemeral, CAPACITY);
    return value;
  }
}
