/** One session of the local OpenAI Realtime server, from its first word to its close. */
import type { WebSocket } from 'ws';
import { objectAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { afterTool } from '../persona/mind.ts';
import type { Mind, Thought } from '../persona/mind.ts';
import { formatOf } from './audio-format.ts';
import { audioOf, readClientEvent } from './client-events.ts';
import type { Faults } from './faults.ts';
import { complaint, ENDINGS } from './frames.ts';
import type { Complaint, Ending, NewId } from './frames.ts';
import { Hearing } from './hearing.ts';
import { obeyAboutItems } from './item-events.ts';
import type { Items } from './items.ts';
import { Line } from './line.ts';
import { Listening } from './listening.ts';
import type { HeardTurn } from './listening.ts';
import { Responder } from './responder.ts';
import { detectionOf, transcribesOnly, updatedSession } from './session-state.ts';
import type { Transcriber } from './transcriber.ts';

/** Four bytes, so often that no path takes the socket for idle. */
const PING_INTERVAL_MS = 20_000;
const PING = Buffer.from('ping');
const MAX_REASON_BYTES = 123;
/** What a close frame without a code is read as (RFC 6455, section 7.4.1). */
const NO_STATUS = 1_005;

export interface RealtimeConnectionOptions {
  readonly socket: WebSocket;
  readonly session: JsonObject;
  /** What was said so far: of a call there may be something already. */
  readonly items: Items;
  /** Why this socket is ended before anything else is said. */
  readonly rejection: Ending | null;
  readonly transcriber: Transcriber;
  readonly mind: Mind;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly faults: Faults;
  readonly replySpeedRatio: number;
  /** How long the session lives, and how it ends then. */
  readonly sessionMs: number;
  readonly endsBy: Ending;
  onAudio(samples: number): void;
  /** The session is another one now. */
  onSession(session: JsonObject): void;
  onReply(): void;
  /** Once: the socket is gone. */
  onEnd(code: number): void;
}

export class RealtimeConnection {
  readonly #options: RealtimeConnectionOptions;
  readonly items: Items;
  readonly #listening: Listening;
  readonly #responder: Responder;
  readonly #line: Line;
  readonly #hearing: Hearing;
  #session: JsonObject;

  constructor(options: RealtimeConnectionOptions) {
    this.#options = options;
    this.#session = options.session;
    this.items = options.items;
    const session = (): JsonObject => this.#session;
    const { clock, faults, items, newId, transcriber } = options;
    this.#line = new Line(options);
    this.#hearing = new Hearing({ line: this.#line, items, faults, transcriber, session });
    this.#listening = new Listening(
      {
        onStarted: (itemId, startMs) => this.#onStarted(itemId, startMs),
        onStopped: (itemId, endMs) => {
          this.#line.say('input_audio_buffer.speech_stopped', {
            audio_end_ms: endMs,
            item_id: itemId,
          });
        },
        onCommitted: (turn, byItself) => this.#onCommitted(turn, byItself),
      },
      newId,
    );
    this.#responder = new Responder({
      clock,
      line: this.#line,
      items: this.items,
      conversationId: newId('conv'),
      speedRatio: options.replySpeedRatio,
      session,
      think: (tools) => this.#think(tools),
      failure: () => faults.takeReplyFailure(String(this.#session['model'])),
    });
    options.socket.on('message', (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    options.socket.on('error', () => undefined); // `close` follows
    options.socket.on('close', (code) => {
      this.#release();
      options.onEnd(code);
    });
    this.#begin();
  }

  get session(): JsonObject {
    return this.#session;
  }

  end({ error, close }: Ending): void {
    if (this.#line.isOver) return;
    if (error !== undefined) this.#line.complain(error, null);
    if (close === undefined) return;
    this.#release();
    if (close.code === NO_STATUS) this.#options.socket.close();
    else this.#options.socket.close(close.code, close.reason.slice(0, MAX_REASON_BYTES));
  }

  cut(): void {
    this.#release();
    this.#options.socket.terminate();
  }

  #begin(): void {
    const { rejection, faults } = this.#options;
    const fault = rejection === null ? faults.take('reject') : null;
    const ending = rejection ?? (fault === null ? null : ENDINGS[fault.how]);
    if (ending !== null) {
      this.end(ending);
      return;
    }
    this.#line.say('session.created', { session: this.#session });
    this.#line.after(this.#options.sessionMs, () => this.end(this.#options.endsBy));
    this.#ping();
  }

  #ping(): void {
    this.#line.after(PING_INTERVAL_MS, () => {
      this.#options.socket.ping(PING);
      this.#ping();
    });
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#line.isOver) return;
    const read = readClientEvent(data, isBinary, transcribesOnly(this.#session));
    if ('complaint' in read) {
      this.#line.complain(read.complaint, read.eventId);
      return;
    }
    const problem = this.#obey(read.type, read.event);
    if (problem !== null) this.#line.complain(problem, stringAt(read.event, 'event_id'));
  }

  #obey(type: string, event: JsonObject): Complaint | null {
    switch (type) {
      case 'session.update':
        return this.#update(event);
      case 'session.close':
        this.end(ENDINGS.normal);
        return null;
      case 'input_audio_buffer.append':
      case 'session.input_audio_buffer.append':
        return this.#append(event);
      case 'input_audio_buffer.commit':
        return this.#listening.commit();
      case 'input_audio_buffer.clear':
        this.#listening.clear();
        this.#line.say('input_audio_buffer.cleared', {});
        return null;
      case 'response.create':
        return this.#reply(objectAt(event, 'response') ?? {});
      case 'response.cancel':
        if (this.#responder.cancel('client_cancelled')) return null;
        return complaint(
          'response_cancel_not_active',
          'Cancellation failed: no active response found',
        );
      default:
        return obeyAboutItems(type, event, {
          items: this.items,
          line: this.#line,
          hearing: this.#hearing,
          faults: this.#options.faults,
        });
    }
  }

  #update(event: JsonObject): Complaint | null {
    if (this.#options.faults.take('refuseUpdate') !== null) {
      return complaint('invalid_value', 'The session cannot be updated like this.', 'session');
    }
    const updated = updatedSession(this.#session, event['session'], this.#responder.hasSpoken);
    if ('complaint' in updated) return updated.complaint;
    if ('ending' in updated) {
      this.end(updated.ending);
      return null;
    }
    this.#session = updated.session;
    this.#options.onSession(updated.session);
    this.#line.say('session.updated', { session: this.#session });
    return null;
  }

  #append(event: JsonObject): Complaint | null {
    const pcm = audioOf(event, formatOf(this.#session, 'input'));
    if (!(pcm instanceof Int16Array)) return pcm;
    this.#options.onAudio(pcm.length);
    this.#listening.append(pcm, detectionOf(this.#session));
    return null;
  }

  #reply(asked: JsonObject): Complaint | null {
    const problem = this.#responder.create(asked);
    if (problem === null) this.#options.onReply();
    return problem;
  }

  #onStarted(itemId: string, startMs: number): void {
    this.#line.say('input_audio_buffer.speech_started', {
      audio_start_ms: startMs,
      item_id: itemId,
    });
    if (detectionOf(this.#session)?.interrupts === true) this.#responder.cancel('turn_detected');
  }

  #onCommitted(turn: HeardTurn, byItself: boolean): void {
    this.#hearing.hear(turn);
    if (!byItself || detectionOf(this.#session)?.creates !== true) return;
    const problem = this.#reply({});
    if (problem !== null) this.#line.complain(problem, null);
  }

  async #think(tools: readonly string[]): Promise<Thought> {
    await this.#hearing.understood;
    const output = this.items.outputSinceUser;
    if (output !== null) return { text: afterTool(output), toolCall: null };
    return this.#options.mind(
      this.items.turns((item) => this.#hearing.textOf(item)),
      tools,
    );
  }

  #release(): void {
    this.#line.release();
    this.#responder.close();
    this.#options.transcriber.close();
  }
}
