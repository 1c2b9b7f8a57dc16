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
  /** Made when a record is, and let go of where there is none for a while. */
  #cardBytes: Uint8Array | null = null;
  /** No record was made since somebody looked. */
  #isQuiet = true;

  /** @param standing in the log, with the fence that made us the owner. */
  constructor(standing: Standing, card: SessionCard) {
    this.now = { ...standing };
    this.committed = standing;
    this.#card = card;
  }

  get card(): SessionCard {
    return this.#card;
  }

  set card(card: SessionCard) {
    this.#card = card;
    this.#cardBytes = null;
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
    this.#cardBytes ??= encodeCard(this.#card);
    this.#isQuiet = false;
    const { epoch, up, down, downAcked, fin, done } = this.now;
    return { standing: { epoch, up, down, downAcked, fin, done }, card: this.#cardBytes };
  }

  /** Some time has passed: nothing is kept that can be made again, unless a record was made since. */
  rest(): void {
    if (this.#isQuiet) this.#cardBytes = null;
    this.#isQuiet = true;
  }
}
