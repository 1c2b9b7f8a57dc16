/**
 * Waiting until what was captured is delivered.
 *
 * Once the uplink has caught up, the service is asked to flush. If the link breaks meanwhile, the replay that follows
 * catches up again and the question is put again: no attempt is counted here, the chart does that.
 */
import type { Carrier } from './carrier.ts';
import type { Finish } from './finish.ts';
import { keepingOf } from './keeping-part.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Abortion } from '../ports/abort.ts';
import type { Clock } from '../ports/clock.ts';

/** Questions that may stay unanswered on a standing link, while nothing is settled, before the drain is given up. */
const MAX_UNANSWERED = 3;

interface Waiter {
  /** Done when everything before this position is settled. */
  readonly through: number;
  readonly linkOnly: boolean;
  readonly finish: (drained: boolean) => void;
}

const NOBODY: readonly Waiter[] = [];

export class Drain {
  readonly #clock: Clock;
  readonly #uplink: Uplink;
  readonly #carrier: Carrier;
  /** Null where nobody keeps audio. */
  readonly #ending: Finish | null;
  #waiters = NOBODY;
  #timer: unknown = null;
  #unanswered = 0;

  constructor(options: Pick<ResolvedOptions, 'clock' | 'parts'>, uplink: Uplink, carrier: Carrier) {
    this.#clock = options.clock;
    this.#uplink = uplink;
    this.#carrier = carrier;
    this.#ending = keepingOf(options)?.finish(uplink, carrier) ?? null;
  }

  /** @param linkOnly give up when the link that stands now breaks. */
  wait(signal?: Abortion, { linkOnly = false } = {}): Promise<boolean> {
    const through = this.#uplink.ring.endPosition;
    if (this.#isSettled(through)) return Promise.resolve(true);
    if (signal?.aborted === true) return Promise.resolve(false);

    return new Promise((resolve) => {
      const abort = (): void => {
        this.#finish(waiter);
      };
      const waiter: Waiter = {
        through,
        linkOnly,
        finish: (drained) => {
          signal?.removeEventListener('abort', abort);
          resolve(drained);
        },
      };
      signal?.addEventListener('abort', abort);
      this.#waiters = [...this.#waiters, waiter];
      if (this.#uplink.isCaughtUp) this.caughtUp();
    });
  }

  /** Of a service that keeps audio: waits until it has told all that comes of it. False where it did not. */
  finish(signal: Abortion): Promise<boolean> {
    return this.#ending?.wait(signal) ?? Promise.resolve(false);
  }

  finished(link: Link): void {
    this.#ending?.finished(link);
  }

  /** Everything captured is on its way: ask for what is still pending. */
  caughtUp(): void {
    this.#ending?.caughtUp();
    if (this.#waiters.length === 0) return;
    this.#unanswered = 0;
    this.#ask();
  }

  /** A service that is slow is not one that is silent. */
  wentOn(): void {
    this.#unanswered = 0;
  }

  /** Audio was settled: perhaps all that somebody waits for. */
  settled(): void {
    this.wentOn();
    for (const waiter of this.#waiters) {
      if (this.#isSettled(waiter.through)) this.#finish(waiter);
    }
  }

  /** No question is put until the next link has caught up. */
  pause(): void {
    this.#stopTimer();
  }

  linkLost(): void {
    for (const waiter of this.#waiters) if (waiter.linkOnly) this.#finish(waiter);
  }

  cancel(): void {
    this.#ending?.cancel();
    this.#giveUp();
  }

  #giveUp(): void {
    for (const waiter of this.#waiters) this.#finish(waiter);
  }

  #ask(): void {
    this.#stopTimer();
    if (this.#unanswered === MAX_UNANSWERED || !(this.#carrier.flush() || this.#isSentSilence)) {
      this.#giveUp();
      return;
    }
    const askedAtMs = this.#clock.nowMs();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      // Of a link that gives no sign of life the chart decides: another one may answer.
      if ((this.#carrier.link?.lastInboundAtMs ?? 0) >= askedAtMs) this.#unanswered += 1;
      this.#carrier.flushTimedOut();
      if (this.#waiters.length > 0) this.#ask();
    }, this.#carrier.link?.candidate.provider.traits.flushTimeoutMs ?? 0);
  }

  /** A service that cannot be asked ends a turn by itself, in the silence that it is sent. */
  get #isSentSilence(): boolean {
    const traits = this.#carrier.link?.candidate.provider.traits;
    return (traits?.fillsSilenceAfterMs ?? null) !== null;
  }

  #finish(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    if (this.#waiters.length === 0) this.#stopTimer();
    waiter.finish(this.#isSettled(waiter.through));
  }

  #isSettled(position: number): boolean {
    return this.#uplink.ledger.settledThrough >= position;
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
