/** When a socket that would take a session over says who it is. */

/**
 * A path that only stood still wakes for all sockets at once. The spare one, which would take the session, says so much later who
 * it is: by then the old one has spoken, if it is alive (PROTOCOL.md, P15.4).
 */
export const SPARE_HELLO_AFTER_MS = 10;
