/** Who came no further than the door, and who was shown out again: counted, and told to who runs the gateway. */
import type { Audit } from './audit.ts';
import type { Counters } from './counters.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import type { GatewaySession } from './session.ts';
import { GATEWAY_PATH } from '../protocol/address.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';

/** What was wrong with an upgrade, by its status; of 503 its limit is told. */
const WHY: Readonly<Record<number, string>> = {
  400: 'no subprotocol tenuto.v1, or a credential in its address',
  404: `another path than ${GATEWAY_PATH}`,
  414: 'its address is too long',
};

/** Codes by which a client that was let in is shown out for what it is, and not for what it does. */
const SHOWN_OUT: readonly CloseCode[] = [CLOSE.unauthorised, CLOSE.badResumeToken];

export class TurnedAway {
  readonly #counters: Counters;
  readonly #audit: Audit;

  constructor(counters: Counters, audit: Audit) {
    this.#counters = counters;
    this.#audit = audit;
  }

  /** @param status of the answer. @param origin of the page, where it is one. */
  upgrade(status: number, origin: string | null, remoteAddress: string): void {
    this.#counters.upgradeRefused(status);
    const why = WHY[status];
    if (status === 403) this.#audit.tell('origin.refused', { remoteAddress, detail: origin });
    else if (why !== undefined) this.#audit.tell('upgrade.refused', { remoteAddress, detail: why });
  }

  /** A socket that had not got as far as to be asked who it is. */
  socket(code: CloseCode, { remoteAddress }: GatewaySocket, hasSpoken: boolean): void {
    this.#counters.refused(code);
    if (code === CLOSE.draining) return; // it came in time for the end
    const detail = hasSpoken ? reasonOf(code) : 'nothing came';
    this.#audit.tell('hello.refused', { remoteAddress, detail });
  }

  /** A client with a session. */
  attached(
    code: CloseCode,
    session: GatewaySession,
    { remoteAddress }: GatewaySocket,
    { isExpired }: { readonly isExpired: boolean },
  ): void {
    if (!SHOWN_OUT.includes(code)) return;
    this.#counters.refused(code);
    if (code !== CLOSE.unauthorised || !isExpired) return; // told by who looked at it
    const { subject } = session.card;
    const facts = { sessionId: session.id, subject, remoteAddress };
    this.#audit.tell('bearer.refused', { ...facts, detail: 'expired in mid-session' });
  }

  /** A bearer of somebody else in mid-session. */
  foreignBearer(session: GatewaySession, { remoteAddress }: GatewaySocket): void {
    const { subject } = session.card;
    this.#audit.tell('bearer.foreign', { sessionId: session.id, subject, remoteAddress });
  }
}
