/** Where a gateway is dialled: at the address that the user gave, or where it sends its clients, as far as the user trusts that. */
import type { Failure } from '../../../machines/failure.ts';
import type { Random } from '../../ports/random.ts';

/** In a warning; a gateway may name sixteen. */
const MOST_NAMED = 3;
/** Of this many places a user has heard enough. */
const MOST_TOLD = 64;

/**
 * A gateway sends nobody to where they were not told to go (PROTOCOL.md, P11.2).
 *
 * @param code by which frame they came.
 * @returns null where nothing was passed over.
 */
export function failureOfUntrusted(code: string, untrusted: readonly string[]): Failure | null {
  if (untrusted.length === 0) return null;
  const more = untrusted.length - MOST_NAMED;
  const named = [
    ...untrusted.slice(0, MOST_NAMED).map(originOf),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(', ');
  return {
    kind: 'perRequest',
    code,
    detail: `it sends its clients to ${named}: not in mayMoveTo, or --may-move-to, and not dialled`,
    remediation: 'Name there the addresses that you trust.',
    isWarning: true,
  };
}

/** Scheme, host and port are what is compared, and hold no secret. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'nowhere';
}

export class Addresses {
  readonly #home: string;
  readonly #trusted: ReadonlySet<string>;
  readonly #random: Random;
  /** Dialled one after the other, from the first again after the last. */
  #list: readonly string[];
  #dials = 0;
  /** What was passed over by now: who is refused once a second has heard it. */
  readonly #told = new Set<string>();

  /** @param trusted besides `home`: of an address only scheme, host and port matter. */
  constructor(home: string, trusted: readonly string[], random: Random) {
    this.#home = home;
    this.#trusted = new Set([home, ...trusted].map(originOf));
    this.#random = random;
    this.#list = [home];
  }

  get home(): string {
    return this.#home;
  }

  /** Where the session lives, as far as is known. */
  get first(): string {
    return this.#list[0] ?? this.#home;
  }

  /** For the next dial. */
  next(): string {
    const address = this.#list[this.#dials % this.#list.length] ?? this.#home;
    this.#dials += 1;
    return address;
  }

  /** Who answered there has no such session: the new one begins there as well. */
  stay(): void {
    this.#dials = Math.max(0, this.#dials - 1);
  }

  /**
   * The gateway sends its clients there, each to another one first.
   *
   * @returns what is not trusted, and is passed over (PROTOCOL.md, P11.2): each place once, whatever names it.
   */
  sentTo(addresses: readonly string[]): readonly string[] {
    const trusted = addresses.filter((address) => this.#isTrusted(address));
    if (trusted.length > 0) {
      const at = Math.floor(this.#random.unit() * trusted.length);
      const inTurn = [...trusted.slice(at), ...trusted.slice(0, at)];
      this.#list = [...inTurn.map((address) => this.#whole(address)), this.#home];
      this.#dials = 0;
    }
    return this.#untold(addresses);
  }

  /**
   * The session lives there now: who has to dial again dials there first, or where the gateway asks for it.
   *
   * @param at what the gateway named for the next dial.
   * @returns what is not trusted, and is passed over: once.
   */
  welcomedAt(address: string, at?: string): readonly string[] {
    const isGood = at === undefined || this.#isTrusted(at);
    const named = at !== undefined && isGood ? [this.#whole(at)] : [];
    this.#list = [...new Set([...named, address, this.#home])];
    this.#dials = 0;
    return isGood ? [] : this.#untold([at]);
  }

  #untold(addresses: readonly string[]): readonly string[] {
    return addresses.filter((address) => {
      const origin = originOf(address);
      const isNew = !this.#isTrusted(address) && !this.#told.has(origin);
      if (!isNew || this.#told.size >= MOST_TOLD) return false;
      this.#told.add(origin);
      return true;
    });
  }

  #isTrusted(address: string): boolean {
    return URL.canParse(address) && this.#trusted.has(new URL(address).origin);
  }

  /** An address without a path and a query means those that were given. */
  #whole(address: string): string {
    const { origin, pathname, search } = new URL(address);
    const home = new URL(this.#home);
    return origin + (pathname + search === '/' ? home.pathname + home.search : pathname + search);
  }
}
