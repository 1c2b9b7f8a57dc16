/** From a bearer to who it was issued to, or why nobody is let in just now. What a verifier does wrong stays here. */
import { isPrincipal } from './principal.ts';
import type { BearerContext, Principal, Verify } from './principal.ts';
import type { Admission } from '../admission/admission.ts';
import type { Audit } from '../audit.ts';
import { codeOf, FoldedErrors } from './trouble.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { WELCOME_TIMEOUT_MS } from '../../protocol/limits.ts';

export interface BearersOptions {
  /** Null: everybody is let in. */
  readonly verify: Verify | null;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly admission: Admission;
  readonly audit: Audit;
  readonly logger: Logger;
}

/** On a machine that only its own people reach. */
const EVERYBODY: Principal = { subject: 'everybody' };
/** A few words, and nothing that could have been in a bearer. */
const DOUBT = /^[a-z][a-z, ]{0,79}$/i;
/** The answer has to be with the client within WELCOME_TIMEOUT_MS. */
const VERIFY_TIMEOUT_MS = WELCOME_TIMEOUT_MS - 500;

export class Bearers {
  readonly #options: BearersOptions;
  readonly #errors: FoldedErrors;

  constructor(options: BearersOptions) {
    this.#options = options;
    this.#errors = new FoldedErrors(options.logger, () => options.clock.nowMs());
  }

  async principalOf(
    bearer: string | undefined,
    remoteAddress: string,
    why: BearerContext['why'],
  ): Promise<Principal | Refusal> {
    const { verify, admission } = this.#options;
    if (verify === null) return EVERYBODY;
    if (bearer === undefined) return this.#refused(remoteAddress, 'missing');
    let doubt = '';
    const onDoubt = (what: string): void => {
      if (DOUBT.test(what) && !what.includes(bearer) && !bearer.includes(what)) doubt = `: ${what}`;
    };
    const principal = await this.#asked(verify, bearer, { remoteAddress, why, onDoubt });
    if (principal === 'trouble') return admission.unverified();
    if (principal === null) return this.#refused(remoteAddress, `not believed${doubt}`);
    if (this.#isExpired(principal)) return this.#refused(remoteAddress, 'expired');
    const tooMany = admission.known(principal.subject, remoteAddress);
    return tooMany ?? principal;
  }

  /** A verifier may believe a bearer for a while longer; it would be told so again five seconds after its welcome. */
  #isExpired({ expiresAtMs = null }: Principal): boolean {
    return expiresAtMs !== null && this.#options.wallClock() >= expiresAtMs;
  }

  #refused(remoteAddress: string, detail: string): Refusal {
    this.#options.audit.tell('bearer.refused', { remoteAddress, detail });
    return refuse('unauthorised');
  }

  async #asked(
    verify: Verify,
    bearer: string,
    context: BearerContext,
  ): Promise<Principal | null | 'trouble'> {
    const { clock } = this.#options;
    let timer: unknown = null;
    const late = new Promise<'late'>((resolve) => {
      timer = clock.setTimeout(() => resolve('late'), VERIFY_TIMEOUT_MS);
    });
    try {
      // Called within a promise, so that one which throws at once is no different.
      const verified = Promise.resolve().then(() => verify(bearer, context));
      const answer = await Promise.race([verified, late]);
      if (answer === 'late') return this.#trouble('It took too long.');
      return answer === null || isPrincipal(answer)
        ? answer
        : this.#trouble('It named nobody, or an end that is no time.');
    } catch (error) {
      // The words of what it threw may hold the bearer.
      return this.#trouble('The verifier threw.', codeOf(error));
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #trouble(what: string, code?: string): 'trouble' {
    const facts = code === undefined ? { what } : { what, code };
    this.#errors.tell('A bearer could not be verified.', facts);
    return 'trouble';
  }
}
