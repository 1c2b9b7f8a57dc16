/** Which service the session has, and what it lacks, as its client is told it: when it changes, and when it comes. */
import type { DegradedMode, Faculty } from '../../../machines/orchestrator.types.ts';
import type { AppEvent, AppSession } from '../app.ts';
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
}

interface State {
  /** Null while nobody serves. */
  readonly provider: string | null;
  readonly mode: DegradedMode | null;
  readonly missing: readonly Faculty[];
}

const RECORD_ONLY: State = { provider: null, mode: 'recordOnly', missing: ['hearing'] };

export class Serving {
  readonly #options: ServingOptions;
  /** Null before anybody served, or failed to. */
  #told: State | null = null;

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
        if (event.mode === 'recordOnly') this.#tell(RECORD_ONLY);
        else this.#tell({ mode: event.mode, missing: event.missing });
        return;
      case 'session.restored':
        // Where nobody served, a change of state says who does.
        if (this.#told?.provider !== null) this.#tell({ mode: null, missing: [] });
        return;
      case 'stateChange':
        if (event.current === 'error') this.#tell(RECORD_ONLY);
        if (event.current === 'connected' || event.current === 'active') {
          this.#serves(this.#carrier);
        }
        return;
      default:
    }
  }

  /** As the chart knows it: a session that was given up and taken up again may be with another. */
  get #carrier(): string {
    const { inner, names } = this.#options;
    const { context } = inner.actor.getSnapshot();
    const index = 'carrier' in context ? (context.carrier?.candidate ?? 0) : 0;
    return names[index] ?? names[0] ?? '';
  }

  #serves(provider: string): void {
    const wasNobody = this.#told?.mode === 'recordOnly';
    this.#tell(wasNobody ? { provider, mode: null, missing: [] } : { provider });
  }

  #tell(change: Partial<State>): void {
    const state = { ...(this.#told ?? { provider: null, mode: null, missing: [] }), ...change };
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
