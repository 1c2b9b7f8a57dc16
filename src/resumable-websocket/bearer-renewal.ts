/** A new bearer for a socket that stands, before the one in use expires: PROTOCOL.md, P12.11. */
import type { WireHost, WireOwner } from './wire.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Frame } from '../ports/socket.ts';
import { encodeControl } from '../protocol/frames.ts';
import type { Claim } from '../providers/gateway/claim.ts';
import { Renewal } from '../session/renewal.ts';
import type { RenewalHost } from '../session/renewal.ts';

type Host = Pick<WireHost, 'clock' | 'send'> & {
  readonly owner: Pick<WireOwner, 'onWarning'>;
};

export class BearerRenewal implements RenewalHost {
  readonly #host: Host;
  readonly #claim: Claim;
  readonly #ask: (() => Promise<string>) | null;
  /** Null until a bearer is to end for which there is another to be had: most never are. */
  #renewal: Renewal | null = null;
  #isOver = false;

  /** @param ask for a new bearer; null where there is nobody to ask. */
  constructor(host: Host, claim: Claim, ask: (() => Promise<string>) | null) {
    this.#host = host;
    this.#claim = claim;
    this.#ask = ask;
  }

  /** @param inMs how long the one in use is still believed; null: for ever. */
  endsIn(inMs: number | null): void {
    if (inMs === null || this.#ask === null || this.#isOver) return;
    this.#renewal ??= new Renewal(this);
    this.#renewal.endsIn(inMs);
  }

  stop(): void {
    this.#isOver = true;
    this.#renewal?.stop();
  }

  get clock(): Clock {
    return this.#host.clock;
  }

  async newCredential(): Promise<Frame | null> {
    const auth = await this.#ask?.();
    if (auth === undefined) return null;
    this.#claim.bearer = auth; // also one that comes too late: the next dial has it
    return encodeControl({ type: 'auth', auth });
  }

  bring(frame: Frame): void {
    this.#host.send(frame);
  }

  onMissed(failure: Failure): void {
    this.#host.owner.onWarning(failure);
  }
}
