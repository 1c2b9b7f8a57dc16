/** Signs of life between a client and its gateway, and the round trip that they measure: PROTOCOL.md, P7 and P15. */
import type { Clock } from '../ports/clock.ts';
import { encodePing } from '../protocol/frames.ts';
import type { PingFrame, PongFrame } from '../protocol/types.ts';
import { NO_BOUND } from '../providers/gateway/claim.ts';

/** What stands in every PING and PONG. */
export interface PingFacts {
  readonly epoch: number;
  readonly lastSent: number;
  readonly received: number;
}

export class GatewayPings {
  readonly #clock: Clock;
  readonly #facts: () => PingFacts;
  #nonce = 0;
  #sentAtMs: number | null = null;

  constructor(clock: Clock, facts: () => PingFacts) {
    this.#clock = clock;
    this.#facts = facts;
  }

  ping(): Uint8Array {
    this.#nonce = (this.#nonce + 1) & 0xffff;
    this.#sentAtMs = this.#clock.nowMs();
    return encodePing({ type: 'ping', ...this.#standing(this.#nonce) });
  }

  answerTo({ nonce, sentAtMs: echoMs }: PingFrame): Uint8Array {
    return encodePing({ type: 'pong', ...this.#standing(nonce), echoMs });
  }

  /** The round trip; null for the answer to a ping that was not the newest. */
  answered({ nonce }: PongFrame): number | null {
    if (this.#sentAtMs === null || nonce !== this.#nonce) return null;
    const rttMs = this.#clock.nowMs() - this.#sentAtMs;
    this.#sentAtMs = null;
    return rttMs;
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    const facts = this.#facts();
    return { nonce, ...facts, committed: facts.received, maxSeq: NO_BOUND, sentAtMs: 0 };
  }
}
