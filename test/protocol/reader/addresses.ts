/** Where a client dials: where its user said, or where a gateway sends it, as far as the user trusts that. */
import type { Settings } from './world.ts';

export class Addresses {
  #list: readonly string[];
  readonly #trusted: readonly string[];

  constructor({ url, mayMoveTo }: Settings) {
    this.#list = [url];
    this.#trusted = [url, ...mayMoveTo].map((each) => new URL(each).origin);
  }

  get first(): string {
    return this.#list[0] ?? '';
  }

  /**
   * P11.2: scheme, host and port are compared. P2.1: without a path it means /v1/session.
   *
   * @returns whether one was passed over, of which the user is told.
   */
  sentTo(to: unknown): boolean {
    const all = Array.isArray(to) ? (to as string[]) : [];
    const trusted = all.filter((each) => this.#trusted.includes(new URL(each).origin));
    const [named] = trusted;
    if (named !== undefined) {
      const { origin, pathname } = new URL(named);
      this.#list = [pathname === '/' ? `${origin}/v1/session` : named, ...this.#list];
    }
    return trusted.length < all.length;
  }
}
