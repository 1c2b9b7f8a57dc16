/** The credentials that were dialled with lately, so that none of them is repeated in what a service said. */
import { broughtKey } from './keys.ts';
import type { Credential, CredentialReason } from '../contract.ts';

/** The link's and, while it is suspect, that of the one tried beside it; a standby's. */
const REMEMBERED_SECRETS = 3;

export class Secrets {
  readonly #credential: Credential;
  readonly #recent: string[] = [];

  constructor(credential: Credential) {
    this.#credential = credential;
  }

  /** Whether a refused one can be renewed by asking again. */
  get isRenewable(): boolean {
    return typeof this.#credential === 'function';
  }

  get recent(): readonly string[] {
    return this.#recent;
  }

  /** @throws TenutoError AUTH_REFUSED where a function brings no key. */
  async ask(reason: CredentialReason): Promise<string> {
    const credential = this.#credential;
    const secret = broughtKey(
      typeof credential === 'function' ? await credential({ reason }) : credential,
    );
    if (!this.#recent.includes(secret)) this.#recent.push(secret);
    if (this.#recent.length > REMEMBERED_SECRETS) this.#recent.shift();

    return secret;
  }
}
