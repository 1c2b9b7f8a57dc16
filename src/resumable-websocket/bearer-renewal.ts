/** A new bearer for a socket that stands, before the one in use expires: PROTOCOL.md, P12.11. */
import type { Failure } from '../../machines/failure.ts';
import type { WireHost, WireOwner } from './wire.ts';
import { encodeFrame } from '../protocol/frames.ts';
import type { Claim } from '../providers/gateway/claim.ts';
import { isFailure, Renewal, RENEWAL_AGAIN_MS, renewalInMs } from '../session/renewal.ts';
import type { Frame } from '../ports/socket.ts';

type Host = Pick<WireHost, 'clock' | 'send'> & {
  readonly owner: Pick<WireOwner, 'onWarning'>;
};

export class BearerRenewal {
  readonly #host: Host;
  readonly #claim: Claim;
  readonly #ask: (() => Promise<string>) | null;
  #dueAtMs = Infinity;
  #renewal: Renewal | null = null;

  /** @param ask for a new bearer; null where there is nobody to ask. */
  constructor(host: Host, claim: Claim, ask: (() => Promise<string>) | null) {
    this.#host = host;
    this.#claim = claim;
    this.#ask = ask;
  }

  /** @param inMs how long the one in use is still believed; null: for ever. */
  endsIn(inMs: number | null): void {
    if (inMs === null || this.#ask === null) return;
    this.#dueAtMs = this.#host.clock.nowMs() + renewalInMs(inMs);
  }

  beat(nowMs: number): void {
    const ask = this.#ask;
    if (nowMs < this.#dueAtMs || ask === null) return;
    this.#dueAtMs = Infinity;
    this.#renewal = new Renewal(
      this.#host.clock,
      async () => this.#brought(await ask()),
      (settled) => {
        this.#settled(settled);
      },
    );
  }

  stop(): void {
    this.#dueAtMs = Infinity;
    this.#renewal?.stop();
  }

  #brought(auth: string): Frame {
    this.#claim.bearer = auth;
    return encodeFrame({ type: 'auth', auth });
  }

  #settled(settled: Frame | Failure): void {
    if (!isFailure(settled)) {
      this.#host.send(settled);
      return;
    }
    this.#dueAtMs = this.#host.clock.nowMs() + RENEWAL_AGAIN_MS;
    this.#host.owner.onWarning(settled);
  }
}
