/**
 * Which service the session has, and what it lacks, as its client is told it: when it changes, and when it comes. Where none is
 * reached, that is told once it lasts (P23.6), long before the session with the services takes it for more than a break.
 */
import type { ConnectionStatus } from '../../../machines/connection.types.ts';
import type { DegradedMode, Faculty } from '../../../machines/orchestrator.types.ts';
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

/** A break that its first redial mends, 1 s later at the latest, is told to nobody: the audio of it is heard at once. */
const AWAY_AFTER_MS = 1_500;

interface State {
  readonly provider: string | null;
  readonly mode: DegradedMode | null;
  readonly missing: readonly Faculty[];
}

const RECORD_ONLY: State = { provider: null, mode: 'recordOnly', missing: ['hearing'] };

export class Serving {
  readonly #options: ServingOptions;
  /** Who serves, or served last, and how. */
  #state: State = { provider: null, mode: null, missing: [] };
  #isAway = false;
  /** Null before anybody served, or failed to. */
  #told: State | null = null;
  #timer: unknown = null;

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  /** A client is there that may not know. */
  remind(): void {
    if (this.#told !== null) this.#options.session.hint(eventOf(this.#told));
  }

  note(event: SessionEvent): void {
    switch (event.type) {
      case 'candidate.changed':
        this.#serves(event.to);
        return;
      case 'session.degraded':
        if (event.mode === 'recordOnly') this.#goesAway();
        else this.#changes({ mode: event.mode, missing: event.missing });
        return;
      case 'session.restored':
        this.#changes({ mode: null, missing: [] }); // where nobody served, a change of state says who does
        return;
      case 'stateChange':
        this.#follow(event.current);
        return;
      default:
    }
  }

  close(): void {
    this.#stopWaiting();
  }

  #follow(status: ConnectionStatus): void {
    if (status === 'error') this.#goesAway();
    else if (status === 'connected' || status === 'active') this.#serves(this.#carrier);
    else if (status === 'connecting' || status === 'reconnecting') this.#mayGoAway();
  }

  /** As the chart knows it: a session that was given up and taken up again may be with another. */
  get #carrier(): string {
    const { inner, names } = this.#options;
    const { context } = inner.actor.getSnapshot();
    const index = 'carrier' in context ? (context.carrier?.candidate ?? 0) : 0;
    return names[index] ?? names[0] ?? '';
  }

  #serves(provider: string): void {
    this.#stopWaiting();
    this.#isAway = false;
    this.#changes({ provider });
  }

  #mayGoAway(): void {
    if (this.#isAway) return;
    this.#timer ??= this.#options.clock.setTimeout(() => {
      this.#goesAway();
    }, AWAY_AFTER_MS);
  }

  #goesAway(): void {
    this.#stopWaiting();
    this.#isAway = true;
    this.#tell(RECORD_ONLY);
  }

  #stopWaiting(): void {
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #changes(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#isAway) this.#tell(this.#state);
  }

  #tell(state: State): void {
    if (this.#told !== null && textOf(state) === textOf(this.#told)) return;
    this.#told = state;
    this.#options.session.send(eventOf(state));
  }
}

/** As the orchestrator calls them. */
export function nameOf({ provider, region = '' }: CandidateOptions): string {
  return region === '' ? provider.name : `${provider.name} (${region})`;
}

function eventOf({ provider, mode, missing }: State): AppEvent {
  return {
    type: 'serving',
    provider: provider?.slice(0, MAX_SPEECH_PROVIDER_CHARS) ?? null,
    mode,
    missing,
  } satisfies SpeechEvent;
}

function textOf(state: State): string {
  return JSON.stringify(eventOf(state));
}
