/** Says who a bearer was issued to: `client-2/7` is the seventh of client 2. */
import type { Principal } from '../../gateway/auth/principal.ts';

export class Verifier {
  isAway = false;
  readonly #wallMs: () => number;
  /** How long the bearers of a client are good for, from when they are seen first. */
  readonly #livesMs = new Map<string, number>();
  readonly #seenAtMs = new Map<string, number>();

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** Null: for good. */
  goodFor(client: number, livesMs: number | null): void {
    const subject = `client-${client}`;
    if (livesMs === null) this.#livesMs.delete(subject);
    else this.#livesMs.set(subject, livesMs);
  }

  readonly verify = (bearer: string): Promise<Principal | null> => {
    if (this.isAway) return Promise.reject(new Error('the issuer does not answer'));
    const [subject = ''] = bearer.split('/');
    const livesMs = this.#livesMs.get(subject);
    if (livesMs === undefined) return Promise.resolve({ subject });
    const seenAtMs = this.#seenAtMs.get(bearer) ?? this.#wallMs();
    this.#seenAtMs.set(bearer, seenAtMs);
    const expiresAtMs = seenAtMs + livesMs;
    return Promise.resolve(expiresAtMs > this.#wallMs() ? { subject, expiresAtMs } : null);
  };
}
