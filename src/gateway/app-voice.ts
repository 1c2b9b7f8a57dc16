/** What an app can do for its session, and all that it can. */
import type { AppEvent, AppResult, AppSession } from './app.ts';
import { NotCarriedError } from './app-error.ts';
import type { DownStream } from './down-stream.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionState } from './session-state.ts';
import type { SessionHouse } from './session.types.ts';
import type { UpStream } from './up-stream.ts';
import { isSetAside } from '../../machines/lease.rules.ts';
import { DATA_HEADER_BYTES } from '../protocol/frames.ts';
import { writeJson } from '../protocol/json.ts';
import { MAX_FRAME_BYTES, MAX_JSON_DEPTH, MAX_POSITION } from '../protocol/limits.ts';
import type { DataFrame } from '../protocol/types.ts';
import { OWN_TYPES } from '../protocol/set-aside.ts';
import { mustFit } from '../protocol/wire.ts';

/** The session. */
export interface AppVoiceParts {
  readonly id: string;
  readonly keeper: { readonly house: Pick<SessionHouse, 'logger' | 'tagOf'> };
  readonly state: SessionState;
  readonly log: SessionLog;
  readonly up: UpStream;
  readonly down: DownStream;
  /** The app has said all. */
  onEnd(): void;
}

const MAX_EVENT_BYTES = MAX_FRAME_BYTES - DATA_HEADER_BYTES;

const encoder = new TextEncoder();

export class AppVoice implements AppSession {
  readonly #parts: AppVoiceParts;
  #isShut = false;

  constructor(parts: AppVoiceParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#parts.id;
  }

  send(event: AppEvent): void {
    if (!this.#isShut) this.#say('json', bytesOf(event));
  }

  result(result: AppResult): void {
    if (this.#isShut) return;
    // What cannot be said moves nothing: `fin` never goes on without its final.
    mustFit(result.to, MAX_POSITION, 'to');
    const payload = bytesOf(result);
    const { state, log, up, down } = this.#parts;
    log.makeRoom(DATA_HEADER_BYTES + payload.length); // it is in the record that moves `fin`
    state.now.fin = Math.max(state.now.fin, result.to);
    this.handled(up.finished(state.now.fin));
    down.say('json', payload);
    this.#weigh();
  }

  message(data: string | Uint8Array): void {
    if (this.#isShut) return;
    if (typeof data === 'string') this.#say('text', encoder.encode(data));
    else this.#say('binary', data);
  }

  hint(event: AppEvent): void {
    if (!this.#isShut) this.#parts.down.hint(event);
  }

  handled(seq: number): void {
    const { state, up, down, log } = this.#parts;
    const { card, now } = state;
    let done = Math.min(seq, now.up);
    if (this.#isShut || done <= now.done) return;
    while (isSetAside(card.faults ?? [], done + 1)) done += 1;
    now.done = done;
    up.handled(done);
    log.touch();
    down.client?.committed(); // there may be room again
  }

  end(): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.#parts.onEnd();
  }

  /** Nobody listens any more. */
  shut(): void {
    this.#isShut = true;
  }

  #say(codec: DataFrame['codec'], payload: Uint8Array): void {
    const { log, down } = this.#parts;
    if (payload.length > MAX_EVENT_BYTES) throw tooLong(payload.length);
    log.makeRoom(DATA_HEADER_BYTES + payload.length);
    down.say(codec, payload);
    this.#weigh();
  }

  /** Who was held back and goes on all the same has its session ended: what it said until now still arrives. */
  #weigh(): void {
    const { down, keeper } = this.#parts;
    if (!down.isOverfull) return;
    const { logger, tagOf } = keeper.house;
    logger.error('An app says more than its client takes; its session is ended.', {
      session: tagOf(this.id),
    });
    this.end();
  }
}

function bytesOf(event: AppEvent): Uint8Array {
  if (event.type.startsWith(OWN_TYPES)) {
    const what = `An event of an app has a type that begins with ${OWN_TYPES}`;
    throw new NotCarriedError(`${what}, as those of the gateway do.`, 'Give it another.');
  }
  try {
    return writeJson(event, MAX_EVENT_BYTES);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const limits = `${MAX_EVENT_BYTES} bytes and ${MAX_JSON_DEPTH} levels are the most.`;
    throw new NotCarriedError(`${error.message}: ${limits}`, 'Send it in pieces.');
  }
}

function tooLong(bytes: number): NotCarriedError {
  const what = `A message of an app has ${bytes} bytes: ${MAX_EVENT_BYTES} is the most.`;
  return new NotCarriedError(what, 'Send it in pieces.');
}
