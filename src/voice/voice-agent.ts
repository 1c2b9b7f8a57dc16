/**
 * A voice agent of three parts: one that hears, one that thinks, one that speaks, with one face like a session's.
 *
 * Hearing and speaking are sessions of their own, and thinking is asked over HTTP: each fails and recovers alone, says so
 * under its component (`stt`, `tts`, `llm`), and the others go on. Without hearing the user can still type; without
 * speaking there is still text.
 */
import { Asker } from './asker.ts';
import { Dialogue } from './dialogue.ts';
import { Faculties } from './faculties.ts';
import { resolveVoiceOptions } from './options.ts';
import type { VoiceAgentOptions } from './options.ts';
import { Turns } from './turns.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { WriteOutcome } from '../audio/uplink.types.ts';
import type { Abortion } from '../ports/abort.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { Faculty } from '../providers/events.ts';
import type { Conversation } from '../session/conversation.ts';
import { closed } from '../session/door.ts';
import { SessionEmitter } from '../session/emitter.ts';
import type {
  CloseOptions,
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionEventType,
  SessionLedger,
} from '../session/events.ts';
import type { Session } from '../session/session.ts';

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function createVoiceAgent(options: VoiceAgentOptions): VoiceAgent {
  return new VoiceAgent(options);
}

export class VoiceAgent {
  readonly #emitter: SessionEmitter;
  readonly #faculties: Faculties;
  readonly #turns: Turns;
  readonly #dialogue: Dialogue;
  #closing: Promise<CloseResult> | null = null;

  constructor(options: VoiceAgentOptions) {
    const resolved = resolveVoiceOptions(options);
    const { admission, clock, logger } = resolved;
    const tell = (event: SessionEvent): void => this.#emitter.emit(event);
    this.#emitter = new SessionEmitter(resolved.eventCapacity, logger);
    this.#faculties = new Faculties(resolved.sessions, {
      tell,
      onEvent: (faculty, event) => this.#take(faculty, event),
      onGone: (faculty) => {
        if (faculty === 'speaking') this.#dialogue.voiceGone();
      },
    });
    this.#turns = new Turns({
      clock,
      isHeard: () => this.hearing.status === 'active' || this.#faculties.isMissing('hearing'),
      onSpeech: () => this.#dialogue.userSpeaks(),
      onTurn: (turn) => this.#dialogue.userTurn(turn),
      onNothing: () => this.#dialogue.userSaidNothing(),
    });
    this.#dialogue = new Dialogue({
      ...resolved,
      tell,
      thinker: new Asker({ ...resolved, breakers: admission.breakers, tell }),
      voice: {
        say: (text) =>
          this.#faculties.isMissing('speaking') ? null : this.speaking.conversation.say(text),
        stop: () => this.speaking.conversation.interrupt(),
      },
      ear: this.#ear(),
    });
    this.speaking.conversation.onAudio(({ id, ...audio }) => {
      this.#dialogue.sounded(textIdOf(id), audio);
    });
  }

  /** Who transcribes: its actor can be inspected, and its failures rehearsed. */
  get hearing(): Session {
    return this.#faculties.hearing;
  }

  /** Who speaks. */
  get speaking(): Session {
    return this.#faculties.speaking;
  }

  get conversation(): Conversation {
    return this.#dialogue;
  }

  /** As long as hearing or speaking serves, it is what that one's is. */
  get status(): ConnectionStatus {
    return this.#faculties.status;
  }

  /** Why nobody serves; null unless the status is `error`. */
  get error(): TenutoError | null {
    return this.#faculties.error;
  }

  /** The books of what was captured. */
  get ledger(): SessionLedger {
    return this.hearing.ledger;
  }

  /**
   * Dials for hearing and speaking; resolves when both have come to an end, and at least one serves: `session.degraded`
   * says where one does not. Called again, it dials what was given up.
   *
   * @throws TenutoError when neither serves, or CONNECT_ABORTED.
   */
  async connect(options: { readonly signal?: Abortion } = {}): Promise<void> {
    if (this.#closing !== null) throw closed();
    try {
      await this.#faculties.connect(options);
    } finally {
      if (options.signal?.aborted === true) void this.close({ drainTimeoutMs: 0 });
    }
  }

  /**
   * Takes one chunk of audio, as a session does.
   *
   * @throws TenutoError AUDIO_CHUNK_INVALID, or SESSION_CLOSED after `close`.
   */
  write(chunk: Uint8Array | Int16Array): WriteOutcome {
    if (this.#closing !== null) throw closed();
    return this.hearing.write(chunk);
  }

  /** Listens to one kind of event, or to all with `*`; returns the function that stops it. */
  on<T extends SessionEventType>(type: T, listener: (event: SessionEventOf<T>) => void): () => void;
  on(type: '*', listener: (event: SessionEvent) => void): () => void;
  on(type: never, listener: (event: never) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  /** The same events as an async iterator; it ends with the agent. */
  events(): AsyncGenerator<SessionEvent, void, undefined> {
    return this.#emitter.events();
  }

  /** Waits until everything written so far is transcribed or reported as a gap. */
  drain(options: { readonly signal?: Abortion } = {}): Promise<boolean> {
    return this.hearing.drain(options);
  }

  /**
   * Ends the agent: nothing more is thought or said, and what was captured is still transcribed where hearing stands.
   * Who wants the last words heard waits for `spoken` first. Never throws.
   */
  close(options: CloseOptions = {}): Promise<CloseResult> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close(options: CloseOptions): Promise<CloseResult> {
    this.#dialogue.end();
    this.#faculties.closing();
    const [result] = await Promise.all([this.hearing.close(options), this.speaking.close(options)]);
    this.#turns.end(); // what was heard and never ended belongs to the conversation
    this.#turns.stop();
    this.#faculties.closed();
    this.#emitter.end();
    return result;
  }

  #ear() {
    const turns = this.#turns;
    return {
      get isSpeaking() {
        return turns.isSpeaking;
      },
      endTurn: (): boolean => this.#endTurn(),
    };
  }

  /** What is not final yet is asked for first. */
  #endTurn(): boolean {
    if (this.#turns.end()) return true;
    if (this.ledger.bufferedMs === 0 || this.hearing.status !== 'active') return false;
    void this.hearing.drain().then((isDrained) => {
      if (isDrained && this.#closing === null) this.#turns.end();
    });
    return true;
  }

  #take(faculty: Faculty, event: SessionEvent): void {
    if (faculty === 'speaking') this.#takeSpeech(event);
    else this.#takeHeard(event);
  }

  #takeSpeech(event: SessionEvent): void {
    if (event.type === 'spoken') this.#dialogue.spoken(event.id);
    const isLost = event.type === 'stateChange' && event.current === 'reconnecting';
    if (isLost || event.type === 'candidate.changed') this.#dialogue.voiceLost();
  }

  #takeHeard(event: SessionEvent): void {
    switch (event.type) {
      case 'transcript':
        this.#emitter.emit(event);
        this.#turns.transcript(event);
        return;
      case 'speechStarted':
        this.#emitter.emit(event);
        this.#turns.speechStarted();
        return;
      case 'utteranceEnded':
        this.#emitter.emit(event);
        this.#turns.utteranceEnded(event.atMs);
        return;
      case 'gap':
      case 'audio.flowing':
      case 'transcript.dropped':
        this.#emitter.emit(event);
    }
  }
}

/** A voice names sounds by sentence: `say_3.2` is the second of the text `say_3`. */
function textIdOf(soundId: string): string {
  return soundId.split('.', 1)[0] ?? soundId;
}
