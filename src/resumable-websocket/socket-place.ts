/** Where a socket is dialled, and what is offered there: as it was given, or asked for before each dial. */
import { socketUrl, subprotocols } from './addresses.ts';
import type { SocketTarget } from './link.types.ts';
import { checkAddress } from './requests.ts';
import type { SocketCoreOptions } from './socket-core.types.ts';
import { gatewayAddress } from '../protocol/address.ts';

export class SocketPlace implements SocketTarget {
  readonly #given: SocketCoreOptions;
  /** The newest; empty before it was asked for. */
  resolvedUrl = '';

  constructor(given: SocketCoreOptions) {
    this.#given = given;
    if (typeof given.protocols !== 'function') subprotocols(given.protocols);
    if (typeof given.url !== 'function') this.#note(this.#address(given.url));
  }

  async url(): Promise<URL> {
    const { url } = this.#given;
    const resolved = this.#address(typeof url === 'function' ? await url() : url);
    this.#note(resolved);
    return resolved;
  }

  async protocols(): Promise<readonly string[]> {
    const { protocols } = this.#given;
    return subprotocols(typeof protocols === 'function' ? await protocols() : protocols);
  }

  #address(given: string | URL): URL {
    const url = socketUrl(given);
    return this.#given.options.mode === 'gateway' ? new URL(gatewayAddress(url.href)) : url;
  }

  #note(url: URL): void {
    checkAddress(url, this.#given.options);
    this.resolvedUrl = url.href;
  }
}
