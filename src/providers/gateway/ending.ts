/** How one socket to the gateway ends, and what becomes of the session then. */
import type { Custody } from './custody.ts';
import { failureOfClose, failureOfRefusal } from './failures.ts';
import { passedOver } from './results.ts';
import type { ProviderEvent } from '../contract.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';
import { CLOSE, classify } from '../../protocol/close-codes.ts';
import type { RefusedFrame } from '../../protocol/types.ts';

/** A newer socket of this client has the session, or has asked for it: that is what fenced this one. */
const MOVED: Failure = {
  kind: 'planned',
  code: String(CLOSE.fenced),
  detail: 'the session goes on on another socket',
};
const TAKEN =
  'twice in a row the session was not taken up again: somebody else has its token, or the gateway has lost its sessions';

export class Ending {
  readonly #custody: Custody;
  #refused: RefusedFrame | null = null;
  /** Nothing that comes after it is a loss. */
  hasFinAck = false;

  constructor(custody: Custody) {
    this.#custody = custody;
  }

  refused(frame: RefusedFrame): readonly ProviderEvent[] {
    const { goodbyeAt, numbers, addresses } = this.#custody;
    if (goodbyeAt !== null && this.#custody.isConcludedBy(frame, goodbyeAt)) {
      this.hasFinAck = true;
      return [{ kind: 'finished', samples: numbers.endOf(goodbyeAt) }];
    }
    this.#refused = frame;
    if (classify(frame.code, false).action === 'newSession') addresses.stay();
    const failure = this.#judged(failureOfRefusal(frame, this.#custody.app), frame.code);
    const untrusted = passedOver('refused', addresses.sentTo(frame.to ?? []));
    return [...untrusted, ...this.#alarms(frame.code), { kind: 'failed', failure }];
  }

  /** What is told of an end beyond what it means. */
  eventsOf({ code }: SocketEnd): readonly ProviderEvent[] {
    return this.#refused === null ? this.#alarms(code) : [];
  }

  /** @param att which of the client's dials it was. */
  failureOf(end: SocketEnd, att: number): Failure {
    if (this.#refused !== null) return failureOfRefusal(this.#refused, this.#custody.app);
    if (end.code === CLOSE.fenced && this.#custody.att > att) return MOVED;
    return this.#judged(failureOfClose(end, this.hasFinAck), end.code);
  }

  #judged(failure: Failure, code: number): Failure {
    const { clock } = this.#custody;
    return this.#custody.ended(failure, classify(code, this.hasFinAck), clock.nowMs());
  }

  /** What the user is to look into, though all goes on as another session. */
  #alarms(code: number): readonly ProviderEvent[] {
    if (classify(code, this.hasFinAck).isAlarmingTwice !== true) return [];
    if (!this.#custody.blame.isOfOthers()) return [];
    return [{ kind: 'failed', failure: { kind: 'perRequest', code: String(code), detail: TAKEN } }];
  }
}
