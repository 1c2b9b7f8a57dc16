/**
 * A session: one recording or conversation, kept whole over as many sockets as it takes.
 *
 * It joins a chart that decides, an uplink that keeps the audio, and a provider that knows one service's facts.
 */
import { Announcer } from './announcer.ts';
import type { Conversation } from './conversation.ts';
import { startDeciding } from './decider.ts';
import type { Decider } from './decider.types.ts';
import { Demux } from './demux.ts';
import { aborted, bytesOf, closed, drainMsOf, signalOf } from './door.ts';
import { Drain } from './drain.ts';
import { SessionEmitter } from './emitter.ts';
import type {
  CloseOptions,
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionEventType,
  SessionLedger,
} from './events.ts';
import { retentionOf } from './keeping-part.ts';
import { type ResolvedOptions, resolveOptions, type SessionOptions } from './options.ts';
import { Parting } from './parting.ts';
import type { SimulatedFailure, SimulationOptions } from './rehearsal.ts';
import { gapEventOf, ledgerOf } from './session-ledger.ts';
import { Talking } from './talking.ts';
import type { ConnectionActor, OrchestratorActor } from './wired-machine.ts';
import { Wiring } from './wiring.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { Uplink } from '../audio/uplink.ts';
import type { WriteOutcome } from '../audio/uplink.types.ts';
import type { Abortion } from '../ports/abort.ts';
import type { TenutoError } from '../ports/errors.ts';

/** Fits into a frame of any service with its head: tenuto.v1 takes 64 KiB in all (PROTOCOL.md, P3.2). */
const MAX_CHUNK_BYTES = 32 * 1_024;

export class Session {
  readonly #options: ResolvedOptions;
  readonly #emitter: SessionEmitter;
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #wiring: Wiring;
  readonly #drain: Drain;
  readonly #announcer: Announcer;
  readonly #decider: Decider;
  readonly #stopNetwork: (() => void) | null;
  readonly #talking: Talking;
  #closing: Promise<CloseResult> | null = null;

  constructor(options: SessionOptions) {
    const resolved = resolveOptions(options);
    const { clock, format, logger } = (this.#options = resolved);
    this.#emitter = new SessionEmitter(resolved.eventCapacity, logger);
    this.#uplink = new Uplink({
      clock,
      bytesPerSecond: format.sampleRateHz * BYTES_PER_SAMPLE,
      capacityBytes: resolved.retentionBytes,
      retentionMs: resolved.retentionMs,
      retain: retentionOf(resolved),
      onGap: (gap) => {
        this.#emitter.emit(gapEventOf(this.#uplink, gap));
      },
    });
    this.#demux = new Demux(this.#uplink, this.#emitter);
    this.#talking = new Talking(resolved, this.#emitter, (untilMs) => {
      this.#decider.answering(untilMs);
    });
    this.#wiring = new Wiring(
      resolved,
      this.#uplink,
      this.#demux,
      this.#emitter,
      () => this.#talking.talk,
    );
    this.#drain = new Drain(resolved, this.#uplink, this.#wiring.carrier);
    this.#wiring.carrier.listen(this.#drain);
    this.#announcer = new Announcer(
      resolved,
      this.#uplink,
      this.#wiring,
      this.#drain,
      this.#emitter,
    );
    if (resolved.spool !== null) this.#demux.keepIn(resolved.spool, resolved);
    const deciding = startDeciding(resolved, this.#wiring, this.#announcer);
    [this.#decider, this.#stopNetwork] = deciding;
  }

  /** The actor that decides: the connection chart's, or the orchestrator's where there is more to it. Subscribe to it, inspect it. */
  get actor(): ConnectionActor | OrchestratorActor {
    return this.#decider.actor;
  }

  /**
   * What is said, both ways, with services that answer or speak: texts, tools, and the sound of answers.
   *
   * @throws TenutoError OPTION_INVALID where the session was not given the part `conversation`.
   */
  get conversation(): Conversation {
    return this.#talking.talk;
  }

  get status(): ConnectionStatus {
    return this.#announcer.status;
  }

  /** Why the connection was given up; null unless the status is `error`. */
  get error(): TenutoError | null {
    return this.#announcer.error;
  }

  /** The books, balanced at every moment. */
  get ledger(): SessionLedger {
    return ledgerOf(this.#uplink, this.#demux.duplicates);
  }

  /**
   * How often the services said what their adapters make nothing of, by the name of such a message; a copy. At most 32
   * names of 64 characters, then `other`. Each name is told to the logger once, as `a frame was ignored` (debug).
   */
  get ignored(): ReadonlyMap<string, number> {
    return this.#wiring.ignored.counts;
  }

  /**
   * Dials; resolves when audio may flow. Called again after `error`, or in a wait that no service asked for, it dials at once.
   *
   * @throws TenutoError when the connection is given up, or CONNECT_ABORTED.
   */
  async connect(options: { readonly signal?: Abortion } = {}): Promise<void> {
    const signal = signalOf(options);
    if (this.#closing !== null) throw closed();
    const announcer = this.#announcer;
    const isAborted = (): boolean => signal?.aborted === true;
    if (isAborted()) throw aborted();
    if (announcer.isTelling) await Promise.resolve(); // the listener that calls hears of the last dial's end
    const failures: TenutoError[] = []; // of this call: a listener may connect again before they are read
    const stop = this.#emitter.on('error', ({ error }) => failures.push(error));
    announcer.error = null;
    try {
      this.#decider.order('session.connect');
      const status = await announcer.settled(signal);
      if (status === 'error' || status === 'disconnected') {
        throw failures[0] ?? announcer.error ?? closed();
      }
    } catch (error) {
      if (isAborted()) void this.close({ drainTimeoutMs: 0 });
      throw error;
    } finally {
      stop();
    }
  }

  /**
   * Takes one chunk of audio. Its bytes are copied: the caller may reuse them at once. It never blocks, and never
   * throws for being offline.
   *
   * @param capturedAtMs on the session's clock. Default: now.
   * @throws TenutoError AUDIO_CHUNK_INVALID, or SESSION_CLOSED after `close`.
   */
  write(chunk: Uint8Array | Int16Array, capturedAtMs?: number): WriteOutcome {
    if (this.#closing !== null) throw closed();
    const bytes = bytesOf(chunk, capturedAtMs);
    this.#decider.heard(bytes);
    if (bytes.length === 0) return 'buffered';
    if (bytes.length <= MAX_CHUNK_BYTES) return this.#uplink.write(bytes, capturedAtMs);
    let outcome: WriteOutcome = 'sent';
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
      const atMs = capturedAtMs && capturedAtMs + this.#uplink.msOf(at);
      const piece = this.#uplink.write(bytes.subarray(at, at + MAX_CHUNK_BYTES), atMs);
      if (piece === 'evicting' || outcome === 'sent') outcome = piece;
    }
    return outcome;
  }

  /**
   * Rehearses a failure: the link that carries audio fails in this way, and so do as many dials after it as
   * `dials` says. What follows is what would follow the real one. False where no link carries audio just now; the dials
   * fail all the same.
   *
   * @throws TenutoError OPTION_INVALID, or SESSION_CLOSED after `close`.
   */
  simulateFailure(kind: SimulatedFailure, options: SimulationOptions = {}): boolean {
    if (this.#closing !== null) throw closed();
    return this.#wiring.simulate(kind, options);
  }

  /**
   * Listens to one kind of event, or to all with `*`; returns the function that stops it.
   *
   * What a listener throws is reported (`reportError` in browsers, elsewhere `console.error`) and logged; the session and
   * others go on. A promise that it returns is not looked at: where it rejects, that is an unhandled rejection.
   * @throws TenutoError OPTION_INVALID for an event that there is not.
   */
  on<T extends SessionEventType>(type: T, listener: (event: SessionEventOf<T>) => void): () => void;
  on(type: '*', listener: (event: SessionEvent) => void): () => void;
  on(type: never, listener: (event: never) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  /** The same events as an async iterator; it ends with the session. */
  events(): AsyncGenerator<SessionEvent, void, undefined> {
    return this.#emitter.events();
  }

  /**
   * Waits until everything written so far is delivered or reported as a gap, through as many reconnections as it
   * takes. False where the connection was given up, or the signal came first.
   */
  async drain(options: { readonly signal?: Abortion } = {}): Promise<boolean> {
    const signal = signalOf(options);
    if (this.#closing !== null || this.#announcer.isOver) {
      return this.#uplink.ledger.bytes().buffered === 0;
    }
    return this.#drain.wait(signal);
  }

  /** Ends the session. A standing link delivers what is left first; anything else ends at once. Throws nothing but OPTION_INVALID. */
  async close(options: CloseOptions = {}): Promise<CloseResult> {
    return (this.#closing ??= this.#close(drainMsOf(options)));
  }

  async #close(drainTimeoutMs: number): Promise<CloseResult> {
    await Promise.resolve(); // a listener may have called: the chart must have finished what it is telling
    const { carrier } = this.#wiring;
    const onResult = (listener: () => void) => this.#emitter.on('transcript', listener);
    const parting = new Parting(this.#options, this.#drain, carrier, drainTimeoutMs, onResult);
    const isFinished = await parting.finish(this.status);
    this.#wiring.stopWatching(); // nothing is dialled any more, not even beside a silent link
    this.#decider.closing();
    if (!isFinished) await parting.deliver(this.status);
    this.#drain.cancel();
    if (this.status !== 'disconnected') this.#decider.order('session.close');
    this.#stopNetwork?.();
    this.#decider.stop();
    const { ledger } = this;
    const left = { chunks: ledger.buffered, ms: ledger.bufferedMs };
    const finished = isFinished || (parting.isKept ? ledger.captured === 0 : left.ms === 0);
    const spool = await this.#options.spool?.end(finished);
    this.#uplink.release();
    this.#talking.end();
    this.#emitter.end();
    const { durability } = this.#wiring;
    return { drained: left.ms === 0, finished, durability, spool, left, ledger };
  }
}
