/** Says who a bearer was issued to: `client-2/7` is the seventh of client 2. */
import type { Principal } from '../../gateway/auth/principal.ts';

export class Verifier {
  #timesAway = 0;
  readonly #wallMs: () => number;
  /** How long the bearers of a client are good for, from when they are seen first: as short as any fault has them. */
  readonly #livesMs = new Map<string, readonly number[]>();
  readonly #seenAtMs = new Map<string, number>();

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** Until what is returned is called. */
  goesAway(): () => void {
    this.#timesAway += 1;
    return () => {
      this.#timesAway -= 1;
    };
  }

  /** Until what is returned is called. */
  goodFor(client: number, livesMs: number): () => void {
    const subject = `client-${client}`;
    const lives = this.#livesMs.get(subject) ?? [];
    this.#livesMs.set(subject, [...lives, livesMs]);
    return () => {
      const left = [...(this.#livesMs.get(subject) ?? [])];
      left.splice(left.indexOf(livesMs), 1);
      this.#livesMs.set(subject, left);
    };
  }

  readonly verify = (bearer: string): Promise<Principal | null> => {
    if (this.#timesAway > 0) return Promise.reject(new Error('the issuer does not answer'));
    const [subject = ''] = bearer.split('/');
    const livesMs = Math.min(...(this.#livesMs.get(subject) ?? []));
    if (livesMs === Infinity) return Promise.resolve({ subject });
    const seenAtMs = this.#seenAtMs.get(bearer) ?? this.#wallMs();
    this.#seenAtMs.set(bearer, seenAtMs);
    const expiresAtMs = seenAtMs + livesMs;
    return Promise.resolve(expiresAtMs > this.#wallMs() ? { subject, expiresAtMs } : null);
  };
}
