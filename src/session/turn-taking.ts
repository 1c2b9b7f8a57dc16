/**
 * The turn chart at work: it is told what the audio and the service say of who speaks, and tells who has the word.
 *
 * Chunks, and the sound of answers, come by the hundred a second: the chart hears of their edges only.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import type { ResolvedOptions } from './options.ts';
import { turnMachine } from '../../machines/turn.machine.ts';
import type { TurnEvent, TurnSignal } from '../../machines/turn.types.ts';
import { SpeechMeter } from '../audio/speech-meter.ts';
import type { Clock } from '../ports/clock.ts';

export interface TurnHandlers {
  onSignal(signal: TurnSignal): void;
  /** The chart itself failed: a bug. */
  onBroken(error: unknown): void;
}

export class TurnTaking {
  readonly #clock: Clock;
  readonly #meter: SpeechMeter;
  readonly #inspect: ResolvedOptions['inspect'];
  readonly #handlers: TurnHandlers;
  /** Made for the first who speaks: an actor with a system of its own weighs more than a socket. */
  #actor: ActorRefFrom<typeof turnMachine> | null = null;
  #isOver = false;
  #isHeard = false;
  /** By the service's account, since the last speech. */
  #isEnded = false;
  #isAnswering = false;
  #heardBytes = 0;
  #spokenThrough = 0;
  #answersUntilMs = 0;
  /** Until the answer's end, as it was last known. */
  #timer: { readonly id: unknown; readonly dueAtMs: number } | null = null;

  constructor({ clock, format, inspect }: ResolvedOptions, handlers: TurnHandlers) {
    this.#clock = clock;
    this.#meter = new SpeechMeter(format);
    this.#inspect = inspect;
    this.#handlers = handlers;
  }

  /** Speech that was captured, in milliseconds. */
  get speechMs(): number {
    return this.#meter.speechMs;
  }

  /** Whether what was captured last is a pause in speech. */
  get isPaused(): boolean {
    return this.#meter.isPaused;
  }

  /** Where in the captured audio speech was heard last, in bytes. */
  get spokenThrough(): number {
    return this.#spokenThrough;
  }

  heard(chunk: Uint8Array): void {
    this.#heardBytes += chunk.length;
    if (this.#meter.hear(chunk)) {
      this.#spokenThrough = this.#heardBytes;
      this.#isEnded = false;
    }
    const isHeard = !(this.#meter.isPaused || this.#isEnded);
    if (isHeard === this.#isHeard) return;
    this.#isHeard = isHeard;
    this.#tell(isHeard ? 'speech.heard' : 'speech.ceased');
  }

  /** The service found that the speaker paused. */
  utteranceEnded(): void {
    this.#isEnded = true;
    this.#isHeard = false;
    this.#tell('utterance.ended');
  }

  /** An answer is made or played until then, as far as that is known now, in milliseconds of the session's clock. */
  answering(untilMs: number): void {
    this.#answersUntilMs = untilMs;
    const isAnswering = untilMs > this.#clock.nowMs();
    if (isAnswering) this.#lookAgain();
    else this.#stopTimer();
    if (isAnswering === this.#isAnswering) return;
    this.#isAnswering = isAnswering;
    this.#tell(isAnswering ? 'answer.begun' : 'answer.ended');
  }

  stop(): void {
    this.#stopTimer();
    this.#isOver = true;
    this.#actor?.stop();
  }

  #tell(type: TurnEvent['type']): void {
    if (this.#isOver) return;
    this.#actor ??= this.#started();
    this.#actor.send({ type, atMs: this.#clock.nowMs() });
  }

  #started(): ActorRefFrom<typeof turnMachine> {
    const inspect = this.#inspect;
    const clock = this.#clock;
    const actor = createActor(turnMachine, { clock, ...(inspect === null ? {} : { inspect }) });
    actor.on('*', (signal) => {
      this.#handlers.onSignal(signal);
    });
    actor.subscribe({
      error: (error) => {
        this.#handlers.onBroken(error);
      },
    });
    return actor.start();
  }

  /** A timer that fires too early sets the next one: sound that goes on makes none of its own. */
  #lookAgain(): void {
    const dueAtMs = this.#answersUntilMs;
    if (this.#timer !== null && this.#timer.dueAtMs <= dueAtMs) return;
    this.#stopTimer();
    const id = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.answering(this.#answersUntilMs);
    }, dueAtMs - this.#clock.nowMs());
    this.#timer = { id, dueAtMs };
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer.id);
    this.#timer = null;
  }
}
