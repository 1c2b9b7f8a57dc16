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

export class SpeechSession implements AppHandlers {
  readonly #parts: SpeechParts;
  readonly #stopListening: () => void;
  #tries = 0;
  #timer: unknown = null;
  #isClosed = false;
  /** Waits until services that were given up are tried again, or nobody wants them any more. */
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

  async finish(): Promise<void> {
    const { inner, teller, logger } = this.#parts;
    while (!this.#isClosed) {
      if (await inner.drain()) {
        teller.finish();
        return;
      }
      if (inner.status !== 'error') {
        logger.warn('a service did not tell what came of the last audio', {});
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { inner, stage, clock } = this.#parts;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    this.#stopListening();
    this.#wake?.();
    stage.close();
    await inner.close({ drainTimeoutMs: 0 });
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
