/**
 * One socket's life in the data plane: dialled, fed, listened to, let go. It decides nothing: what happens to it is
 * told to whoever dialled it, once.
 */
import type { ResolvedCandidate } from './candidates.ts';
import { Dialling } from './dialling.ts';
import type { Dialler } from './dialling.ts';
import { LinkFacts } from './link-facts.ts';
import type { LinkOptions } from './link.types.ts';
import { endEventsOf, eventsOf, failureOf, faulty, textOf, wordsOf } from './provider-faults.ts';
import { Pings } from './pings.ts';
import { ratesFor } from './rates.ts';
import type { Rates } from './rates.ts';
import { arrivedThrough } from './silence.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { DialRequest, Frame, Socket, SocketEnd, SocketHandlers } from '../ports/socket.ts';
import type { CredentialReason, Order, ProviderStream } from '../providers/contract.ts';
import type { ProviderEvent } from '../providers/events.ts';

const NORMAL_CLOSURE = 1_000;

export class Link extends LinkFacts implements SocketHandlers, Dialler {
  readonly #stream: ProviderStream;
  readonly #rates: Rates | null;
  readonly #options: LinkOptions<Link>;
  readonly #dialling: Dialling;
  #socket: Socket | null = null;
  #isReleased = false;
  #isDeaf = false;
  readonly #pings = new Pings();
  #onEnded: (() => void) | null = null;

  constructor(options: LinkOptions<Link>) {
    super(options.clock.nowMs());
    this.#options = options;
    this.#dialling = new Dialling(options);
    const { candidate, format, memory } = options;
    const { traits } = candidate.provider;
    this.#rates = ratesFor(traits, format.sampleRateHz);
    const theirs = traits.inputRateHz ?? format.sampleRateHz;
    this.#stream = candidate.provider.openStream({ ...format, sampleRateHz: theirs }, memory);
  }

  get id(): number {
    return this.#options.id;
  }

  get lane(): number {
    return this.#options.lane;
  }

  get candidate(): ResolvedCandidate {
    return this.#options.candidate;
  }

  get tell(): (event: ConnectionEvent) => void {
    return this.#options.tell;
  }

  get rttMs(): number | null {
    return this.#pings.rttMs;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  /** @param instead why no dial is made: it is barred, or the application rehearses a failure. */
  async dial(reason: CredentialReason, instead: Failure | null): Promise<void> {
    if (instead === null) {
      await this.#prepareRates();
      if (!this.#isReleased) await this.#dialling.begin(reason, this);
      return;
    }
    await Promise.resolve(); // as a dial does, it fails later
    this.fail(instead);
  }

  async #prepareRates(): Promise<void> {
    try {
      await this.#rates?.prepare(this.#options.createResampler);
    } catch (error) {
      this.fail({ kind: 'config', code: 'resampler', detail: textOf(error) });
    }
  }

  onRequest(request: DialRequest): void {
    try {
      this.#socket = this.#options.candidate.transport.dial(request, this);
    } catch (error) {
      const detail = textOf(this.#dialling.redact(wordsOf(error)));
      this.fail({ kind: 'config', code: 'dial', detail }); // the same request fails again
    }
  }

  /** Asks for the final of all that was sent; false where the service has no such question. */
  askFlush(position: number): boolean {
    if (!this.#sendControl((stream) => stream.encodeFlush())) return false;
    this.flushes.asked(position, this.#options.clock.nowMs());
    if (this.#rates?.tellsNothingOfSilence === true) this.probe();
    return true;
  }

  sendAudio(bytes: Uint8Array): void {
    if (this.#isReleased) return;
    const atMs = this.#options.clock.nowMs();
    this.audioFlowedAtMs = atMs;
    try {
      const theirs = this.#rates?.toTheirs(bytes, atMs) ?? bytes;
      if (theirs.length > 0) this.#send(this.#stream.encodeAudio(theirs));
    } catch (error) {
      this.#options.handlers.onFaulty(this, error);
    }
  }

  /** So that the service does not close a connection on which nothing is said. */
  keepAlive(): void {
    this.#sendControl((stream) => stream.encodeKeepAlive());
  }

  /** Silence, so that the service does not close a connection on which nobody speaks yet. */
  sendPrimer(bytes: Uint8Array): void {
    this.primedBytes += bytes.length;
    this.sendAudio(bytes);
  }

  sendFrames(frames: readonly Frame[]): void {
    for (const frame of frames) this.#send(frame);
  }

  /** Says what the service expects first, where it expects anything. */
  greet(): void {
    this.sendFrames(this.#ask((stream) => stream.encodeHello?.() ?? []) ?? []);
  }

  /** What gives the conversation back; null where there is nothing to give. */
  restoreFrames(): readonly Frame[] | null {
    return this.#ask((stream) => stream.encodeRestore?.() ?? null);
  }

  /** False where the service has no such order. */
  order(order: Order): boolean {
    const frames = this.#ask((stream) => stream.encodeOrder?.(order) ?? null);
    if (frames !== null) this.sendFrames(frames);
    return frames !== null;
  }

  /**
   * What was sent long ago and led to nothing was silence, if it arrived: what that settles.
   * @param isAll a final of all that was sent was asked for, and did not come in its time.
   */
  settleSilence(isAll = false): readonly ProviderEvent[] {
    const rates = this.#rates;
    if (rates === null) return [];
    const nowMs = this.#options.clock.nowMs();
    const { traits } = this.candidate.provider;
    const { lastInboundAtMs, flushes } = this;
    const question = { rates, pings: this.#pings, flushes, traits, lastInboundAtMs, nowMs, isAll };
    const { through, needsProof } = arrivedThrough(question);
    if (needsProof) this.probe();
    if (through === null) return [];
    return rates.toOurs(this.#ask((stream) => stream.settleSilence?.(through) ?? null) ?? []);
  }

  /** From now on nothing gets through, either way, and nobody is told: a half-open link, on request. */
  deafen(): void {
    this.#isDeaf = true;
  }

  /** Asks for a sign of life. */
  probe(): void {
    this.#pings.send(this.#options.clock.nowMs(), () => this.#socket?.ping() === true);
  }

  /** Ends the link, and tells why. */
  fail(failure: Failure): void {
    if (this.#isReleased) return;
    this.#end();
    // What a chart is told, every inspector sees.
    const detail = this.#dialling.redact(failure.detail);
    this.#options.handlers.onLost(this, { ...failure, detail });
  }

  /** Says goodbye and resolves when the service has closed, or after that time. */
  async goodbye(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    this.watch?.stop(); // nothing may follow
    const ended = new Promise<void>((resolve) => (this.#onEnded = resolve));
    const timer = clock.setTimeout(() => this.#onEnded?.(), withinMs);
    if (!this.#sendControl((stream) => stream.encodeGoodbye())) {
      this.#socket?.close(NORMAL_CLOSURE, '');
    }
    await ended;
    clock.clearTimeout(timer);
  }

  /** Lets the socket go at once; nothing is told any more. */
  release(): void {
    this.#end();
    this.#onEnded?.();
  }

  /** False where there is nothing to say. */
  #sendControl(encode: (stream: ProviderStream) => Frame | null): boolean {
    const frame = this.#ask(encode);
    if (frame !== null) this.#send(frame);
    return frame !== null;
  }

  /** What the provider answers; null, and the link is lost, where it throws. */
  #ask<T>(question: (stream: ProviderStream) => T | null): T | null {
    try {
      return question(this.#stream);
    } catch (error) {
      this.fail(faulty(error));
      return null;
    }
  }

  #send(frame: Frame): void {
    this.lastOutboundAtMs = this.#options.clock.nowMs();
    if (!this.#isDeaf) this.#socket?.send(frame);
  }

  onOpen(): void {
    if (this.#isReleased) return;
    this.#dialling.opened();
    this.openedAtMs = this.#options.clock.nowMs();
    this.lastInboundAtMs = this.openedAtMs;
    this.lastOutboundAtMs = this.openedAtMs;
    this.#options.handlers.onOpen(this);
  }

  onFrame(frame: Frame): void {
    if (this.#isReleased || this.#isDeaf) return;
    this.lastInboundAtMs = this.#options.clock.nowMs();
    this.#tell(eventsOf(this.#stream, frame));
  }

  #tell(events: readonly ProviderEvent[]): void {
    this.#options.handlers.onEvents(this, this.#rates?.toOurs(events) ?? events);
  }

  onDrain(): void {
    this.#options.handlers.onDrain(this);
  }

  onPong(): void {
    if (this.#isDeaf) return;
    this.lastInboundAtMs = this.#options.clock.nowMs();
    this.#pings.answered(this.lastInboundAtMs);
  }

  onEnd(end: SocketEnd): void {
    this.#socket = null;
    if (this.#stream.decodeEnd !== undefined) this.#tell(endEventsOf(this.#stream, end));
    if (this.#onEnded !== null) {
      this.#onEnded();
      return;
    }
    this.fail(failureOf(this.candidate.provider, this.#stream, end));
  }

  #end(): void {
    this.#isReleased = true;
    this.watch?.stop();
    this.#dialling.end();
    this.#rates?.free();
    this.#socket?.terminate();
    this.#socket = null;
  }
}
