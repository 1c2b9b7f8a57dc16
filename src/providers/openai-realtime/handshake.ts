/**
 * How the service and a new socket come to terms: it greets, we ask, it tells what it made of that.
 *
 * A socket that is not greeted is asked for nothing, whatever else is told on it: it has no session of its own (it may
 * be beside somebody else's), and the session's limit for coming to terms ends it.
 */
import type { ProviderEvent } from '../contract.ts';
import type { WallClock } from '../../ports/clock.ts';
import { detailOf } from '../wire/detail.ts';
import { numberAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import { differencesOf } from './session-config.ts';
import { encode } from './wire.ts';
import type { SessionConfig } from './wire.ts';

/** Twice as long as a session lives: an end later than that is told by a clock that is wrong. */
const LATEST_END_MS = 2 * 3_600_000;

export interface HandshakeOptions {
  readonly model: string;
  readonly config: SessionConfig;
  readonly wallClock: WallClock;
  readonly secrets: () => readonly string[];
}

export class Handshake {
  readonly #options: HandshakeOptions;
  #phase: 'new' | 'asked' | 'configured' = 'new';
  #isCreated = false;
  #eventId: string | null = null;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /** Whether an error is about the session that was asked for. */
  isAbout(eventId: string | null): boolean {
    return this.#phase === 'asked' && eventId !== null && eventId === this.#eventId;
  }

  /** The service has a session, or as a compatible one says it: a conversation. Whichever comes first is the greeting. */
  greeted(eventId: string): readonly ProviderEvent[] {
    if (this.#phase !== 'new') return [];
    this.#phase = 'asked';
    this.#eventId = eventId;
    const { config } = this.#options;
    const frame = encode({ type: 'session.update', event_id: eventId, session: config });
    return [{ kind: 'send', frames: [frame] }];
  }

  created(session: JsonObject | null, eventId: string): readonly ProviderEvent[] {
    const greeting = this.greeted(eventId);
    if (this.#isCreated) return greeting;
    this.#isCreated = true;
    const expiresAtS = numberAt(session, 'expires_at') ?? 0;
    const inMs = Math.round(expiresAtS * 1_000 - this.#options.wallClock());
    const isPlausible = inMs > 0 && inMs <= LATEST_END_MS;
    return [...greeting, ...(isPlausible ? [{ kind: 'endAnnounced', inMs } as const] : [])];
  }

  /** Null where it is no answer to what was asked. */
  updated(session: JsonObject | null): readonly ProviderEvent[] | null {
    if (this.#phase !== 'asked') return null;
    this.#phase = 'configured';
    const { config, model, secrets } = this.#options;
    const served = stringAt(session, 'model');
    const isOther = served !== null && !served.startsWith(model); // a dated name is the same model
    const paths = [...(isOther ? ['model'] : []), ...differencesOf(config, session)];
    const detail = detailOf(`the service did not take: ${paths.join(', ')}`, secrets());
    const failure = { kind: 'perRequest', code: 'SESSION_DIFFERS', detail } as const;
    return [
      ...(paths.length === 0 ? [] : [{ kind: 'failed', failure } as const]),
      { kind: 'configured' },
    ];
  }
}
