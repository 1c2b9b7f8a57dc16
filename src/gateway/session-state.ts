/** Where a session stands, and who may take it up: as it is, and as the log has it. */
import { encodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import type { Standing } from './records.ts';
import type { Snapshot } from './fencing.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class SessionState {
  readonly now: Mutable<Standing>;
  /** What is acknowledged, and what may be sent. */
  committed: Standing;
  #card: SessionCard;
  #cardBytes: Uint8Array;

  /** @param standing in the log, with the fence that made us the owner. */
  constructor(standing: Standing, card: SessionCard) {
    this.now = { ...standing };
    this.committed = standing;
    this.#card = card;
    this.#cardBytes = encodeCard(card);
  }

  get card(): SessionCard {
    return this.#card;
  }

  set card(card: SessionCard) {
    this.#card = card;
    this.#cardBytes = encodeCard(card);
  }

  /** The newest token is known to be with the client: those before it are dead. False where that is nothing new. */
  tokenArrived(): boolean {
    const { formerTokens } = this.#card;
    if (formerTokens.length === 0) return false;
    this.card = { ...this.#card, formerTokens: [], spentTokens: formerTokens };
    return true;
  }

  /** For the next record. */
  snapshot(): Snapshot {
    const { epoch, up, down, downAcked, fin, done } = this.now;
    return { standing: { epoch, up, down, downAcked, fin, done }, card: this.#cardBytes };
  }
}
