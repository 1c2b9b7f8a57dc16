/** PROTOCOL.md, P2.1. */
export const SUBPROTOCOL = 'tenuto.v1';
