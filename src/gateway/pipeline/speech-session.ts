/**
 * One session's way from audio to text: a session with the services of its own, which keeps what has no final yet. Where
 * none of them serves for good, audio goes on being kept, and they are tried again.
 */
import type { GuardedStage } from './audio-stage.ts';
import type { Feed } from './feed.ts';
import type { Serving } from './serving.ts';
import type { Teller } from './teller.ts';
import { backoffDelayMs, providerLinkPolicy } from '../../../machines/backoff.ts';
import type { AppAudio, AppGap, AppHandlers } from '../app.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { SessionEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

export interface SpeechParts {
  readonly inner: Session;
  readonly stage: GuardedStage;
  readonly feed: Feed;
  readonly teller: Teller;
  readonly serving: Serving;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Between two tries of services that were all given up: 1, 2, 4, 8, 16, 30, 30 … s at the most, for as long as there is a session. */
const TRIED_AGAIN = { ...providerLinkPolicy, capMs: 30_000 };

/** A service that has not answered may be slow: between two rounds of asking it for its last words. */
const ASKED_AGAIN_MS = 1_000;

export class SpeechSession implements AppHandlers {
  readonly #parts: SpeechParts;
  readonly #stopListening: () => void;
  #tries = 0;
  #timer: unknown = null;
  #isClosed = false;
  /** Ends a wait: services that were given up are tried again, or nobody wants them any more. */
  #wake: (() => void) | null = null;

  constructor(parts: SpeechParts) {
    this.#parts = parts;
    this.#stopListening = parts.inner.on('*', (event) => {
      this.#note(event);
    });
    this.#connect();
  }

  audio({ position, bytes }: AppAudio): void {
    if (!this.#isClosed) this.#parts.feed.take(position, bytes);
  }

  gap({ position, samples }: AppGap): void {
    if (!this.#isClosed) this.#parts.feed.reach(position + samples);
  }

  attached(isAttached: boolean): void {
    if (isAttached) this.#parts.serving.remind();
  }

  /** For as long as it takes: what has no final is not done with, and how long that is waited for is up to the client. */
  async finish(): Promise<void> {
    const { inner, teller, logger } = this.#parts;
    let isTold = false;
    while (!this.#isClosed) {
      if (await inner.drain()) {
        teller.finish();
        return;
      }
      const isTriedAgain = inner.status === 'error';
      if (!isTriedAgain && inner.status !== 'disconnected' && !isTold) {
        isTold = true;
        logger.warn('a service does not tell what comes of the last audio; it is asked again', {});
      }
      await this.#woken(isTriedAgain ? null : ASKED_AGAIN_MS);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { inner, stage, serving, clock } = this.#parts;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    serving.close();
    this.#stopListening();
    this.#wake?.();
    stage.close();
    await inner.close({ drainTimeoutMs: 0 });
  }

  /** @param withinMs null: until somebody wakes it. */
  async #woken(withinMs: number | null): Promise<void> {
    const { clock } = this.#parts;
    if (this.#isClosed) return;
    let timer: unknown = null;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (withinMs !== null) timer = clock.setTimeout(resolve, withinMs);
    });
    if (timer !== null) clock.clearTimeout(timer);
  }

  #note(event: SessionEvent): void {
    const { serving, teller } = this.#parts;
    serving.note(event);
    teller.note(event);
    if (event.type === 'transcript' && event.isFinal) this.#tries = 0;
    if (event.type === 'stateChange' && event.current === 'error') this.#tryAgainLater();
  }

  /** The inner session has kept what no final covers, and goes on from there. */
  #tryAgainLater(): void {
    const { clock, random, logger, inner } = this.#parts;
    if (this.#timer !== null) return;
    this.#tries += 1;
    const delayMs = backoffDelayMs(this.#tries, TRIED_AGAIN, random.unit(), false);
    logger.warn('no service of a session serves; they are tried again', {
      delayMs: Math.round(delayMs),
      error: inner.error?.code ?? '',
    });
    this.#timer = clock.setTimeout(() => {
      this.#timer = null;
      this.#connect();
      this.#wake?.();
    }, delayMs);
  }

  #connect(): void {
    this.#parts.inner.connect().catch(() => undefined); // how it ended is told as a change of state
  }
}
