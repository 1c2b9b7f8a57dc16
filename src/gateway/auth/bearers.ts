/** From a bearer to who it was issued to, or why nobody is let in just now. What a verifier does wrong stays here. */
import { isPrincipal } from './principal.ts';
import type { BearerContext, Principal, Verify } from './principal.ts';
import type { Admission } from '../admission/admission.ts';
import type { Audit } from '../audit.ts';
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
/** The answer has to be with the client within WELCOME_TIMEOUT_MS. */
const VERIFY_TIMEOUT_MS = WELCOME_TIMEOUT_MS - 500;

export class Bearers {
  readonly #options: BearersOptions;

  constructor(options: BearersOptions) {
    this.#options = options;
  }

  async principalOf(
    bearer: string | undefined,
    remoteAddress: string,
    why: BearerContext['why'],
  ): Promise<Principal | Refusal> {
    const { verify, admission } = this.#options;
    if (verify === null) return EVERYBODY;
    if (bearer === undefined) return this.#refused(remoteAddress, 'missing');
    const principal = await this.#asked(verify, bearer, { remoteAddress, why });
    if (principal === 'trouble') return admission.unverified();
    if (principal === null) return this.#refused(remoteAddress, 'not believed');
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
    const { clock, logger } = this.#options;
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
      logger.error('A bearer could not be verified.', {
        what: 'The verifier threw.',
        code: codeOf(error),
      });
      return 'trouble';
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #trouble(what: string): 'trouble' {
    this.#options.logger.error('A bearer could not be verified.', { what });
    return 'trouble';
  }
}

/** Such as ECONNREFUSED, of what led to it where that is known: a name, and no words. */
function codeOf(error: unknown): string {
  const { code, cause, name } = Object(error) as {
    code?: unknown;
    cause?: unknown;
    name?: unknown;
  };
  if (cause !== undefined) return codeOf(cause);
  const told = [code, name].find((each) => typeof each === 'string' && /^\w{1,40}$/.test(each));
  return typeof told === 'string' ? told : 'unknown';
}
