/**
 * Who has a session at a service where a second socket takes it from the first. From its first frame to the answer only the
 * service knows: so what becomes of the first socket meanwhile decides nothing, and is told when the second has failed.
 */
import type { Failure } from '../../machines/failure.ts';

/** What a session that goes on elsewhere looks like from the socket that it left. Anything else ends the session itself. */
const HELD_BACK: readonly Failure['kind'][] = ['planned', 'transient'];

export interface Claimant {
  /** Whose session it is, where there can be several. */
  readonly candidate?: object;
  /** It has asked for the session, and was not answered yet. */
  readonly isClaiming: boolean;
}

export class Claims<Link extends Claimant> {
  readonly #links: () => readonly Link[];
  readonly #tell: (link: Link, failure: Failure) => void;
  readonly #held = new Map<Link, Failure>();

  /** @param tell of a link that was lost, now that nobody else claims its session. */
  constructor(links: () => readonly Link[], tell: (link: Link, failure: Failure) => void) {
    this.#links = links;
    this.#tell = tell;
  }

  /** Another link has asked for this one's session, and was not answered yet. */
  isContested(link: Link): boolean {
    return this.#links().some(
      (other) => other !== link && other.candidate === link.candidate && other.isClaiming,
    );
  }

  /** True where it is to be told to nobody now: 4409 comes before the welcome that it makes room for. */
  holdsBack(link: Link, failure: Failure): boolean {
    if (!HELD_BACK.includes(failure.kind) || !this.isContested(link)) return false;
    this.#held.set(link, failure);
    return true;
  }

  /** A link was answered or is gone: what was held back for its sake is told, to whom it still concerns. */
  settled(): void {
    for (const [link, failure] of this.#held) {
      if (this.isContested(link)) continue;
      this.#held.delete(link);
      this.#tell(link, failure);
    }
  }

  /** The chart has let it go by itself. */
  forget(link: Link): void {
    this.#held.delete(link);
  }
}
