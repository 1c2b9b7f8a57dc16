/**
 * Which service the session has, and what it lacks, as its client is told it: when it changes, and when it comes. Where none is
 * reached, that is told once it lasts (P23.6), long before the session with the services takes it for more than a break.
 */
import { afterFact, NOBODY_YET, tellingOf } from './serving-state.ts';
import type { Served, ServingFact, ServingState } from './serving-state.ts';
import type { AppEvent, AppSession } from '../app.ts';
import type { Clock } from '../../ports/clock.ts';
import { MAX_SPEECH_PROVIDER_CHARS } from '../../protocol/speech-events.ts';
import type { SpeechEvent } from '../../protocol/speech-events.ts';
import type { CandidateOptions } from '../../session/candidates.ts';
import type { SessionEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

export interface ServingOptions {
  readonly session: AppSession;
  readonly inner: Session;
  /** Their names, in order. */
  readonly names: readonly string[];
  readonly clock: Clock;
}

export class Serving {
  readonly #options: ServingOptions;
  #state: ServingState = NOBODY_YET;
  /** Null before anybody served, or failed to. */
  #told: Served | null = null;
  #timer: unknown = null;

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  /** A client is there that may not know. */
  remind(): void {
    if (this.#told !== null) this.#options.session.hint(eventOf(this.#told));
  }

  note(event: SessionEvent): void {
    const fact = this.#factOf(event);
    if (fact !== null) this.#take(fact);
  }

  close(): void {
    this.#take({ type: 'ended' });
  }

  #take(fact: ServingFact): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#state = afterFact(this.#state, fact, nowMs);
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    this.#timer = null;
    const { decidedAtMs } = this.#state;
    if (decidedAtMs !== null) {
      this.#timer = clock.setTimeout(() => {
        this.#take({ type: 'swept' });
      }, decidedAtMs - nowMs);
    }
    this.#tell(tellingOf(this.#state));
  }

  #factOf(event: SessionEvent): ServingFact | null {
    switch (event.type) {
      case 'candidate.changed':
        return { type: 'reached', provider: event.to };
      case 'session.degraded': {
        const { mode, missing } = event;
        return mode === 'recordOnly' ? { type: 'gone' } : { type: 'changed', mode, missing };
      }
      case 'session.restored':
        return { type: 'changed', mode: null, missing: [] }; // where nobody served, a change of state says who does
      case 'stateChange':
        return this.#factOfChange(event.current);
      case 'transcript':
      case 'transcript.dropped':
      case 'speechStarted':
      case 'utteranceEnded':
        return { type: 'heard' };
      default:
        return null;
    }
  }

  #factOfChange(status: Session['status']): ServingFact {
    switch (status) {
      case 'connected':
      case 'active':
        return { type: 'reached', provider: this.#carrier };
      case 'connecting':
      case 'reconnecting':
        return { type: 'lost' };
      case 'error':
        return { type: 'gone' };
      case 'idle':
      case 'disconnected':
        return { type: 'ended' };
    }
  }

  /** As the chart knows it: a session that was given up and taken up again may be with another. */
  get #carrier(): string {
    const { inner, names } = this.#options;
    const { context } = inner.actor.getSnapshot();
    const index = 'carrier' in context ? (context.carrier?.candidate ?? 0) : 0;
    return names[index] ?? names[0] ?? '';
  }

  #tell(served: Served | null): void {
    if (served === null) return;
    if (this.#told !== null && textOf(served) === textOf(this.#told)) return;
    this.#told = served;
    this.#options.session.send(eventOf(served));
  }
}

/** As the orchestrator calls them. */
export function nameOf({ provider, region = '' }: CandidateOptions): string {
  return region === '' ? provider.name : `${provider.name} (${region})`;
}

function eventOf({ provider, mode, missing }: Served): AppEvent {
  return {
    type: 'serving',
    provider: provider?.slice(0, MAX_SPEECH_PROVIDER_CHARS) ?? null,
    mode,
    missing,
  } satisfies SpeechEvent;
}

function textOf(served: Served): string {
  return JSON.stringify(eventOf(served));
}
