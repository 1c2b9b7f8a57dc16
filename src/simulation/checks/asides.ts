/** What applications of gateways say between their finals: what of it is in the logs, and what of that a client has heard. */
import type { DataFrame } from '../../protocol/types.ts';
import { speechEventIn } from '../../protocol/speech-events.ts';

interface Aside {
  readonly sessionId: string;
  readonly name: string;
  /** Where its record stands. */
  readonly at: number;
  isHeard: boolean;
  isLost: boolean;
  mayComeAgain: boolean;
}

const decoder = new TextDecoder();

export class Asides {
  readonly #named = new Map<string, Aside>();
  /** Where each client is. */
  readonly #sessionOf = new Map<number, string>();
  /** By session, in the order of its log. */
  readonly #ofSession = new Map<string, Aside[]>();

  /** @returns what is wrong with one more in a log. */
  said(sessionId: string, at: number, { payload }: DataFrame): string | null {
    const event = speechEventIn(JSON.parse(decoder.decode(payload)));
    if (event?.type !== 'dropped') return null;
    const name = event.text;
    if (this.#named.has(name)) return `${name} is in the log again`;
    const aside = { sessionId, name, at, isHeard: false, isLost: false, mayComeAgain: false };
    this.#named.set(name, aside);
    this.#ofSession.set(sessionId, [...this.#of(sessionId), aside]);
    return null;
  }

  /** The store has lost what stood there after that. */
  lost(sessionId: string, after: number): void {
    for (const aside of this.#of(sessionId)) if (aside.at > after) aside.isLost = true;
  }

  /** Whoever heard it is dead, and another life of its client may not know that it did. */
  unsure(name: string): void {
    const aside = this.#named.get(name);
    if (aside !== undefined) aside.mayComeAgain = true;
  }

  /** That may come again, and has come before. */
  isRepeated(name: string): boolean {
    const aside = this.#named.get(name);
    return aside !== undefined && aside.isHeard && aside.mayComeAgain;
  }

  /** @returns what is wrong with it. */
  heard(name: string): string | null {
    const aside = this.#named.get(name);
    if (aside === undefined) return `${name} is in no log`;
    if (aside.isHeard) return aside.mayComeAgain ? null : `${name} came again`;
    const all = this.#of(aside.sessionId);
    const missed = firstDue(all.slice(0, all.indexOf(aside)));
    aside.isHeard = true;
    return missed === undefined ? null : `${name} came before ${missed.name}`;
  }

  /** A client has its first audio in the log of that session. */
  begun(client: number, sessionId: string): void {
    this.#sessionOf.set(client, sessionId);
  }

  /** What a session that is lost has to say, its client does not hear: another tab may. */
  forgo(client: number): void {
    this.#sessionOf.delete(client);
  }

  /** What a client that has heard all has not. */
  missedBy(client: number): string | null {
    const sessionId = this.#sessionOf.get(client) ?? '';
    return firstDue(this.#of(sessionId))?.name ?? null;
  }

  #of(sessionId: string): Aside[] {
    return this.#ofSession.get(sessionId) ?? [];
  }
}

function firstDue(asides: readonly Aside[]): Aside | undefined {
  return asides.find(({ isHeard, isLost }) => !isHeard && !isLost);
}
