/** Where gateways are on their hosts. */

/** P2.1 */
export const GATEWAY_PATH = '/v1/session';

/** An address of a gateway that names no path means this one. @param address whole, such as `ws://127.0.0.1:8765`. */
export function gatewayAddress(address: string): string {
  const url = new URL(address);
  if (url.pathname !== '/') return address;
  url.pathname = GATEWAY_PATH;
  return url.href;
}
