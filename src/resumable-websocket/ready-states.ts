/** The four states, as constants of the interface (WHATWG WebSockets Standard, section 3.1; Web IDL, section 3.7.5). */

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSING | typeof CLOSED;

/** On a class and on its prototype, where nobody changes them, takes them away or hides them behind others. */
export function defineReadyStates(socketClass: { readonly prototype: object }): void {
  for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
    const constant = { value, enumerable: true, writable: false, configurable: false };
    Object.defineProperty(socketClass, name, constant);
    Object.defineProperty(socketClass.prototype, name, constant);
  }
}
