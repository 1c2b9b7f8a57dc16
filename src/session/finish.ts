/**
 * The end of a session with a service that keeps audio: it has all of it, and has still to tell what comes of it. That nothing
 * follows is said on each link, until it is answered.
 */
import type { Carrier } from './carrier.ts';
import type { Link } from './link.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Abortion } from '../ports/abort.ts';

export class Finish {
  readonly #uplink: Uplink;
  readonly #carrier: Carrier;
  #resolve: ((isFinished: boolean) => void) | null = null;

  constructor(uplink: Uplink, carrier: Carrier) {
    this.#uplink = uplink;
    this.#carrier = carrier;
  }

  /** True once the service has told all; false where the signal came first. Nothing may be captured any more. */
  wait(signal: Abortion): Promise<boolean> {
    return new Promise((resolve) => {
      const abort = (): void => {
        this.#end(false);
      };
      this.#resolve = (isFinished) => {
        signal.removeEventListener('abort', abort);
        resolve(isFinished);
      };
      signal.addEventListener('abort', abort);
      if (this.#uplink.isCaughtUp) this.caughtUp();
    });
  }

  /** Everything captured is on its way on this link. */
  caughtUp(): void {
    if (this.#resolve !== null) this.#carrier.link?.sayGoodbye();
  }

  /** The service answered. That its link ends then is no loss. */
  finished(link: Link): void {
    if (this.#resolve !== null) link.mayEnd = true;
    this.#end(true);
  }

  /** Nobody serves any more. */
  cancel(): void {
    this.#end(false);
  }

  #end(isFinished: boolean): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.(isFinished);
  }
}
