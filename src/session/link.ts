/**
 * One socket's life in the data plane: dialled, fed, listened to, let go. It decides nothing: what happens to it is
 * told to whoever dialled it, once.
 */
import { Dialling } from './dialling.ts';
import type { Dialler } from './dialling.ts';
import { GuardedStream } from './guarded-stream.ts';
import { LinkFacts } from './link-facts.ts';
import type { LinkOptions } from './link.types.ts';
import { textOf, wordsOf } from './provider-faults.ts';
import type { Failure } from '../../machines/failure.ts';
import type { DialRequest, Frame, Socket, SocketEnd, SocketHandlers } from '../ports/socket.ts';
import type { CredentialReason, Order, ProviderStream } from '../providers/contract.ts';
import type { ProviderEvent } from '../providers/events.ts';

const NORMAL_CLOSURE = 1_000;

export class Link extends LinkFacts<Link> implements SocketHandlers, Dialler {
  readonly #stream: GuardedStream;
  readonly #dialling: Dialling;
  #socket: Socket | null = null;
  #isReleased = false;
  #isDeaf = false;
  #onEnded: (() => void) | null = null;

  constructor(options: LinkOptions<Link>) {
    super(options);
    this.#dialling = new Dialling(options);
    const onFaulty = (failure: Failure): void => this.fail(failure);
    this.#stream =
      options.rates?.streamFor(options, onFaulty) ?? new GuardedStream(options, onFaulty);
  }

  /** It has asked for a session that another socket may have, and was not answered. */
  get isClaiming(): boolean {
    return this.hasGreeted && !this.isConfigured && !this.#isReleased;
  }

  get bufferedBytes(): number {
    if (this.#isReleased) return Infinity; // what is captured waits for the next
    return this.#stream.hasCredit ? (this.#socket?.bufferedBytes ?? 0) : Infinity;
  }

  /** @param instead why no dial is made: it is barred, or the application rehearses a failure. */
  async dial(reason: CredentialReason, instead: Failure | null): Promise<void> {
    if (instead === null) {
      const failure = await this.#stream.prepare();
      if (failure !== null) this.fail(failure);
      if (!this.#isReleased) await this.#dialling.begin(reason, this);
      return;
    }
    await Promise.resolve(); // as a dial does, it fails later
    this.fail(instead);
  }

  onRequest(request: DialRequest): void {
    try {
      const { transport } = this.candidate;
      const way = this.options.race?.(transport, this.options) ?? transport;
      this.#socket = way.dial(request, this);
    } catch (error) {
      const detail = textOf(this.#dialling.redact(wordsOf(error)));
      this.fail({ kind: 'config', code: 'dial', detail }); // the same request fails again
    }
  }

  /** Asks for the final of all that was sent; false where the service has no such question. */
  askFlush(position: number): boolean {
    if (!this.#sendControl((stream) => stream.encodeFlush())) return false;
    this.flushes.asked(position, this.options.clock.nowMs());
    if (this.#stream.tellsNothingOfSilence) this.probe();
    return true;
  }

  /** @param position in the session, in bytes; -1: nobody captured it, and it only keeps the connection open. */
  sendAudio(bytes: Uint8Array, position: number, capturedAtMs: number): void {
    if (this.#isReleased) return;
    if (position < 0) this.primedBytes += bytes.length;
    const atMs = this.options.clock.nowMs();
    this.audioFlowedAtMs = atMs;
    try {
      this.#sendIfAny(this.#stream.encodeAudio(bytes, atMs, position, capturedAtMs), atMs);
    } catch (error) {
      this.options.handlers.onFaulty(this, error);
    }
  }

  /** Audio goes on at `position`: what lies before it and was not sent never is, which needs no credit. */
  goOnAt(position: number, capturedAtMs: number): void {
    if (this.#isReleased) return;
    const atMs = this.options.clock.nowMs();
    try {
      this.#sendIfAny(this.#stream.encodeLost(position, capturedAtMs), atMs);
    } catch (error) {
      this.options.handlers.onFaulty(this, error);
    }
  }

  /** What brings a new credential to the service; null where there is nobody to ask. */
  newCredential(): Promise<Frame | null> {
    return this.#stream.renewCredential();
  }

  keepAlive(): void {
    this.#sendControl((stream) => stream.encodeKeepAlive());
  }

  sendFrames(frames: readonly Frame[], atMs = this.options.clock.nowMs()): void {
    for (const frame of frames) this.#send(frame, atMs);
  }

  greet(): void {
    this.hasGreeted = this.candidate.provider.traits.takesOver === true;
    this.sendFrames(this.#stream.ask((stream) => stream.encodeHello?.() ?? []) ?? []);
    if (this.hasGreeted) this.probe(); // a service that thinks for long answers this at once
  }

  /** What gives the conversation back; null where there is nothing to give. */
  restoreFrames(): readonly Frame[] | null {
    return this.#stream.ask((stream) => stream.encodeRestore?.() ?? null);
  }

  order(order: Order): boolean {
    const frames = this.#stream.ask((stream) => stream.encodeOrder?.(order) ?? null);
    if (frames !== null) this.sendFrames(frames);
    return frames !== null;
  }

  /**
   * What was sent long ago and led to nothing was silence, if it arrived: what that settles.
   * @param isQuiet here no speech was heard either.
   * @param isAll a final of all that was sent was asked for, and did not come in its time.
   */
  settleSilence(isQuiet: boolean, isAll = false): readonly ProviderEvent[] {
    const { lastInboundAtMs, flushes, pings } = this;
    const nowMs = this.options.clock.nowMs();
    const isLate = this.lateness.isLate;
    const facts = { pings, flushes, lastInboundAtMs, nowMs, isLate, isAll };
    return this.#stream.settleSilence(facts, isQuiet, () => this.probe());
  }

  /** From now on nothing gets through, and nobody is told: a half-open link, on request. */
  deafen(): void {
    this.#isDeaf = true;
  }

  probe(): void {
    this.pings.send(this.options.clock.nowMs(), this.#stream.sentSamples, () => {
      const frame = this.#stream.ask((stream) => stream.encodeProbe?.() ?? null);
      if (frame !== null) this.#send(frame);
      return frame !== null || this.#socket?.ping() === true;
    });
  }

  /** Ends the link, and tells why. */
  fail(failure: Failure): void {
    if (this.#isReleased) return;
    this.#end();
    // What a chart is told, every inspector sees.
    const detail = this.#dialling.redact(failure.detail);
    this.options.handlers.onLost(this, { ...failure, detail });
  }

  /** Resolves when the service has closed, or after that time. */
  async goodbye(withinMs: number): Promise<void> {
    const { clock } = this.options;
    this.watch?.stop(); // nothing may follow
    const ended = new Promise<void>((resolve) => (this.#onEnded = resolve));
    const timer = clock.setTimeout(() => this.#onEnded?.(), withinMs);
    if (!this.sayGoodbye()) this.#socket?.close(NORMAL_CLOSURE, '');
    await ended;
    clock.clearTimeout(timer);
  }

  /** Says that nothing follows, and stays: what is still to be told is waited for. False where the service has no such word. */
  sayGoodbye(): boolean {
    return this.#sendControl((stream) => stream.encodeGoodbye());
  }

  release(): void {
    this.#end();
    this.#onEnded?.();
  }

  /** False where there is nothing to say. */
  #sendControl(encode: (stream: ProviderStream) => Frame | null): boolean {
    return this.#sendIfAny(this.#stream.ask(encode));
  }

  #sendIfAny(frame: Frame | null, atMs = this.options.clock.nowMs()): boolean {
    if (frame !== null) this.#send(frame, atMs);
    return frame !== null;
  }

  #send(frame: Frame, atMs = this.options.clock.nowMs()): void {
    this.lastOutboundAtMs = atMs;
    if (!this.#isDeaf) this.#socket?.send(frame);
  }

  onOpen(): void {
    if (this.#isReleased) return;
    this.#dialling.opened();
    this.opened(this.options.clock.nowMs());
    this.options.handlers.onOpen(this);
  }

  onFrame(frame: Frame): void {
    if (this.#isReleased || this.#isDeaf) return;
    this.spoke(this.options.clock.nowMs());
    const bufferedBytes = this.#socket?.bufferedBytes ?? 0;
    this.options.handlers.onEvents(this, this.#stream.eventsOf(frame, this, bufferedBytes));
  }

  onDrain(): void {
    this.options.handlers.onDrain(this);
  }

  onPong(): void {
    if (this.#isDeaf) return;
    this.spoke(this.options.clock.nowMs());
    this.pings.answered(this.lastInboundAtMs);
    this.lateness.answered(this.pings);
  }

  onEnd(end: SocketEnd): void {
    this.#socket = null;
    const events = this.#stream.endEventsOf(end);
    if (events !== null) this.options.handlers.onEvents(this, events);
    if (this.#onEnded !== null) {
      this.#onEnded();
      return;
    }
    if (!this.mayEnd) this.fail(this.#stream.failureOf(end));
  }

  #end(): void {
    this.#isReleased = true;
    this.watch?.stop();
    this.#dialling.end();
    this.#stream.free();
    this.#socket?.terminate();
    this.#socket = null;
  }
}
