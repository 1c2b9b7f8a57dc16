/** What waits for the next upgrade, request or setup, each of them once and in the order of asking. */
import type { HttpAnswer } from '../server/http-answer.ts';
import type { CloseLike } from './faults.ts';

export type RefusedThing = 'any' | 'live' | 'content';

/** Told when it has happened. */
type Told = (() => void) | undefined;

export class Planned {
  readonly #refusals: {
    readonly what: HttpAnswer;
    readonly on: RefusedThing;
    readonly told: Told;
  }[] = [];
  readonly #setupCloses: { readonly what: CloseLike; readonly told: Told }[] = [];

  readonly #breaks: { readonly what: number; readonly told: Told }[] = [];

  refuse(what: HttpAnswer, on: RefusedThing, told?: () => void): void {
    this.#refusals.push({ what, on, told });
  }

  closeSetup(what: CloseLike, told?: () => void): void {
    this.#setupCloses.push({ what, told });
  }

  /** The next answer that is streamed ends after so many pieces. */
  breakOff(pieces: number, told?: () => void): void {
    this.#breaks.push({ what: pieces, told });
  }

  callOff(): void {
    this.#refusals.length = 0;
    this.#setupCloses.length = 0;
    this.#breaks.length = 0;
  }

  takeRefusal(by: RefusedThing): HttpAnswer | null {
    const at = this.#refusals.findIndex(({ on }) => on === 'any' || on === by);
    const planned = at < 0 ? undefined : this.#refusals.splice(at, 1)[0];
    planned?.told?.();
    return planned?.what ?? null;
  }

  takeSetupClose(): CloseLike | null {
    const planned = this.#setupCloses.shift();
    planned?.told?.();
    return planned?.what ?? null;
  }

  /** @returns after how many pieces. */
  takeBreak(): number {
    const planned = this.#breaks.shift();
    planned?.told?.();
    return planned?.what ?? Infinity;
  }
}
