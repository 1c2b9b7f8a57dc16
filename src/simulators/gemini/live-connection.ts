/** One Live socket, from its opening to its end. */
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import type { Turn } from '../persona/mind.ts';
import type { GeminiFaults } from './faults.ts';
import { QUOTA_CLOSE_MS, closeOf } from './faults.ts';
import type { CloseLike } from './faults.ts';
import type { HandleStore } from './handles.ts';
import { flagIn, readJson, textIn } from './json.ts';
import { isObject, objectAt, objectsAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { LiveDialogue } from './live-dialogue.ts';
import type { DialogueWorld } from './live-dialogue.ts';
import { Outbox } from './outbox.ts';
import { readSetup, textOf } from './setup.ts';
import type { LiveSetup } from './setup.ts';
import { LIVE_CLOSES, closeManualActivity, closeUnknownName } from './wire.ts';
import { systemRandom } from '../../ports/random.ts';

/** What the sockets of one server share. */
export interface LiveWorld extends DialogueWorld {
  readonly clock: Clock;
  readonly handles: HandleStore;
  /** For what has no name yet. */
  readonly newName: () => string;
  readonly faults: GeminiFaults;
  isQuotaSpent(): boolean;
  /** Instead of `setupComplete`, once. */
  takeSetupClose(): CloseLike | null;
  /** Whether a session is still held by another socket. */
  isHeld(sessionId: string, by: LiveConnection): boolean;
  onClosing(code: number): void;
  onEnd(connection: LiveConnection): void;
}

const DEFAULT_RATE_HZ = 16_000;

/** What a close frame without a code is read as, and must not have (RFC 6455, section 7.4.1). */
const NO_STATUS = 1_005;

/** A client that closes its old socket first may still be overtaken by its own new one. */
const RESUME_GRACE_MS = 300;

export class LiveConnection {
  readonly #socket: WebSocket;
  readonly #world: LiveWorld;
  readonly #version: string;
  readonly #outbox: Outbox;
  readonly #timers = new Set<unknown>();
  #dialogue: LiveDialogue | null = null;
  #phase: 'new' | 'settingUp' | 'open' | 'closed' = 'new';
  #isSilent = false;
  sessionId: string;

  constructor(socket: WebSocket, version: string, world: LiveWorld) {
    const { faults } = world;
    this.#socket = socket;
    this.#world = world;
    this.#version = version;
    this.sessionId = world.newName();
    this.#outbox = new Outbox({
      socket,
      faults,
      random: faults.random ?? systemRandom,
    });
    socket.on('message', (data) => this.#onMessage(data));
    socket.on('error', () => undefined);
    socket.on('close', (code) => this.#ended(code));
  }

  /** It stands, or is being set up. */
  get isOpen(): boolean {
    return this.#phase !== 'closed' && this.#socket.readyState === this.#socket.OPEN;
  }

  close(close: CloseLike): void {
    if (this.#phase === 'closed') return;
    const { code, reason } = closeOf(close);
    this.#release();
    this.#world.onClosing(code);
    if (code === NO_STATUS) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** @param timeLeft as it is told; null tells none. */
  goAway(timeLeft: string | null, endsInMs: number): void {
    this.#send({ goAway: timeLeft === null ? {} : { timeLeft } });
    this.#isSilent = this.#world.faults.isSilentAfterGoAway ?? false;
    this.#after(endsInMs, () => this.close('aborted'));
  }

  /** Ends what runs, so that the process may too. */
  #release(): void {
    this.#phase = 'closed';
    this.#dialogue?.close();
    for (const timer of this.#timers) this.#world.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #ended(code: number): void {
    if (this.#phase !== 'closed') this.#world.onClosing(code);
    this.#release();
    this.#world.onEnd(this);
  }

  #send(message: JsonObject): void {
    if (this.#phase !== 'closed' && !this.#isSilent) this.#outbox.send(message);
  }

  #after(ms: number, run: () => void): void {
    const timer = this.#world.clock.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #onMessage(data: RawData): void {
    if (this.#phase === 'closed') return;
    const message = readJson(data as Buffer); // ws hands over one Buffer unless it is told otherwise
    if (message === null) this.close('invalidArgument');
    else if (this.#phase === 'new') this.#setUp(message);
    else if (this.#phase === 'settingUp') this.close('invalidArgument');
    else this.#take(message);
  }

  #setUp(message: JsonObject): void {
    const asked = objectAt(message, 'setup');
    if (asked === null || Object.keys(message).length > 1) {
      this.close('invalidArgument');
      return;
    }
    const setup = readSetup(asked, this.#version);
    const instead = this.#world.takeSetupClose();
    if ('code' in setup) this.close(setup);
    else if (instead !== null) this.close(instead);
    else {
      this.#phase = 'settingUp';
      this.#resume(setup);
    }
  }

  #resume(setup: LiveSetup): void {
    if (setup.handle === null) {
      this.#begin(setup, []);
      return;
    }
    const session = this.#world.handles.find(setup.handle);
    if (session === null) this.close('sessionNotFound');
    else if (session.model !== setup.model) this.close('internal');
    else {
      const { sessionId, turns } = session;
      const resume = () => {
        if (this.#world.isHeld(sessionId, this)) {
          this.close('internal'); // another socket still holds it
          return;
        }
        this.sessionId = sessionId;
        this.#begin(setup, turns);
      };
      if (this.#world.isHeld(sessionId, this)) this.#after(RESUME_GRACE_MS, resume);
      else resume();
    }
  }

  #begin(setup: LiveSetup, turns: readonly Turn[]): void {
    const { faults, handles } = this.#world;
    const { goAwayAfterMs = 540_000, goAwayLeadMs = 50_000, goAwayNamesTime = true } = faults;
    this.#phase = 'open';
    this.#dialogue = new LiveDialogue({
      setup,
      turns,
      world: this.#world,
      send: (frame) => this.#send(frame),
      handle: (said) =>
        handles.offer({ sessionId: this.sessionId, model: setup.model, turns: said }),
      onDeaf: () => this.close('unavailable'),
    });
    this.#send({ setupComplete: {} });
    if (this.#world.isQuotaSpent()) {
      this.#after(QUOTA_CLOSE_MS.afterSetup, () => this.close('quotaExceeded'));
    }
    if (goAwayAfterMs === null) return;
    this.#after(goAwayAfterMs, () => {
      this.goAway(goAwayNamesTime ? `${goAwayLeadMs / 1_000}s` : null, goAwayLeadMs);
    });
  }

  #take(message: JsonObject): void {
    const known = ['realtimeInput', 'clientContent', 'toolResponse'];
    const stray = Object.keys(message).find((name) => !known.includes(name));
    if (stray !== undefined) {
      this.close(stray === 'setup' ? LIVE_CLOSES.invalidArgument : closeUnknownName(stray, ''));
      return;
    }
    if (this.#world.isQuotaSpent()) {
      this.#after(QUOTA_CLOSE_MS.afterFrame, () => this.close('quotaExceeded'));
    }
    const input = objectAt(message, 'realtimeInput');
    const content = objectAt(message, 'clientContent');
    const results = objectAt(message, 'toolResponse');
    if (input !== null) this.#hear(input);
    if (content !== null) this.#read(content);
    if (results !== null) this.#dialogue?.takeResults(objectsAt(results, 'functionResponses'));
  }

  #hear(input: JsonObject): void {
    const dialogue = this.#dialogue;
    const marks = isObject(input['activityStart']) || isObject(input['activityEnd']);
    if (marks && dialogue?.findsTurns === true) {
      this.close(closeManualActivity);
      return;
    }
    if (isObject(input['activityStart'])) dialogue?.beginActivity();
    const blobs = [objectAt(input, 'audio'), ...objectsAt(input, 'mediaChunks')];
    for (const blob of blobs) if (blob !== null) this.#hearAudio(blob);
    if (isObject(input['activityEnd']) || flagIn(input, 'audioStreamEnd')) dialogue?.flush();
    const text = textIn(input, 'text');
    if (text !== '') dialogue?.takeTurn(text);
  }

  #hearAudio(blob: JsonObject): void {
    const [, rate] = /^audio\/pcm(?:;\s*rate=(\d{4,6}))?$/.exec(textIn(blob, 'mimeType')) ?? [];
    const data = textIn(blob, 'data');
    const isPcm = /^audio\/pcm\b/.test(textIn(blob, 'mimeType'));
    if (!isPcm || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) this.close('invalidArgument');
    else this.#dialogue?.hear(Buffer.from(data, 'base64'), Number(rate ?? DEFAULT_RATE_HZ));
  }

  #read(content: JsonObject): void {
    const turns = objectsAt(content, 'turns').map((turn) => ({
      role: textIn(turn, 'role') === 'model' ? ('assistant' as const) : ('user' as const),
      text: textOf(turn),
    }));
    const isText = (turn: (typeof turns)[number]): turn is Turn => turn.text !== null;
    if (turns.every(isText)) this.#dialogue?.read(turns, flagIn(content, 'turnComplete'));
    else this.close('invalidArgument'); // audio and function parts are refused here
  }
}
