/** A provider under test: it is asked as a session asks it, and what breaks its contract is written down. */
import { missingCredential, secretsIn } from './credentials.ts';
import { placeFault } from './places.ts';
import type { CredentialRule, SampleRange } from './provider-server.ts';
import type { SpeechWatch, WatchedSpeech } from './speech-watch.ts';
import { mismatch } from './waiting.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { AudioFormat } from '../../ports/audio-format.ts';
import type { DialRequest, Frame, SocketEnd, Transport } from '../../ports/socket.ts';
import type {
  Component,
  CredentialReason,
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
  ProviderWorld,
  StreamMemory,
} from '../../providers/contract.ts';

/** Where the provider is made to throw, as one with a bug would. */
export type ProviderFault = 'openStream' | 'encodeAudio';

export interface WatchOptions {
  readonly traits: Partial<ProviderTraits>;
  /** What each dial has to carry; null where that is nothing. */
  readonly credential: CredentialRule | null;
  /** What was said under this text, and of which samples. */
  readonly saidAs: (text: string) => SampleRange | undefined;
  /** What is spoken, where the service is a voice. */
  readonly speech: SpeechWatch | null;
  /** Makes its sockets, where it makes its own. */
  readonly over: (make: (world: ProviderWorld) => Transport) => Transport;
  /** Told when something was asked of the provider, or heard. */
  readonly onFact: () => void;
  /** Told once nothing can come of the run any more, and why. */
  readonly onBroken: (error: Error) => void;
}

export class WatchedProvider implements Provider {
  readonly name: string;
  readonly component: Component;
  readonly traits: ProviderTraits;
  /** What it did that no provider may do, each once. */
  readonly violations = new Set<string>();
  /** Credentials that it put into its dials. */
  readonly secrets = new Set<string>();
  /** What it gave when it was last asked for a flush or a goodbye; undefined before. */
  flush: Frame | null | undefined;
  goodbye: Frame | null | undefined;
  /** A result was decoded that answers a flush. */
  isFlushAnswered = false;
  readonly over?: (world: ProviderWorld) => Transport;
  readonly #provider: Provider;
  readonly #options: WatchOptions;
  #fault: ProviderFault | null = null;

  constructor(provider: Provider, options: WatchOptions) {
    this.#provider = provider;
    this.#options = options;
    this.name = provider.name;
    this.component = provider.component;
    this.traits = { ...provider.traits, ...options.traits };
    if (provider.over === undefined) return;
    this.over = () => options.over((world) => this.#made(world));
  }

  /** The next such call throws. */
  failNext(fault: ProviderFault): void {
    this.#fault = fault;
  }

  checkFormat(format: AudioFormat): void {
    this.#provider.checkFormat(format);
  }

  async dial(
    format: AudioFormat,
    reason: CredentialReason,
    memory?: StreamMemory,
  ): Promise<DialRequest> {
    const request = await this.#dialled(() => this.#provider.dial(format, reason, memory));
    for (const secret of secretsIn(request)) this.secrets.add(secret);
    const { credential } = this.#options;
    const fault = credential === null ? null : missingCredential(request, credential);
    if (fault !== null) this.violations.add(fault);
    return request;
  }

  #made(world: ProviderWorld): Transport {
    const made: Transport | undefined = this.#provider.over?.(world);
    if (typeof made?.dial === 'function') return made;
    const broken = mismatch(
      `over() gave ${made === undefined ? 'undefined' : typeof made}, which dials nothing`,
      'Mend `over` of the provider: it returns a transport whose `dial` makes a socket.',
    );
    this.#options.onBroken(broken);
    throw broken;
  }

  /** Without a request nothing comes of the run, so nobody waits for it. */
  async #dialled(dial: () => Promise<DialRequest>): Promise<DialRequest> {
    let fault: string | null;
    try {
      const request = await dial();
      fault = faultIn(request);
      if (fault === null) return request;
    } catch (error) {
      fault = `dial() threw: ${String(error)}`;
    }
    const broken = brokenDial(fault);
    this.#options.onBroken(broken);
    throw broken;
  }

  openStream(format: AudioFormat, memory?: StreamMemory): ProviderStream {
    this.#failWhereAsked('openStream');
    const stream = this.#provider.openStream(format, memory);
    const speech = this.#options.speech?.open() ?? null;
    return {
      ...this.#ofConversation(stream, speech),
      encodeAudio: (bytes, place) => {
        this.#failWhereAsked('encodeAudio');
        return stream.encodeAudio(bytes, place);
      },
      ...(stream.encodeLost && { encodeLost: (...lost) => stream.encodeLost?.(...lost) ?? null }),
      // `encodeProbe` is left out: the answer to a ping of the socket's own is waited for while time stands still.
      get hasCredit() {
        return stream.hasCredit ?? true;
      },
      encodeKeepAlive: () => stream.encodeKeepAlive(),
      encodeFlush: () => this.#noted((this.flush = stream.encodeFlush())),
      encodeGoodbye: () => this.#noted((this.goodbye = stream.encodeGoodbye())),
      decode: (frame) => this.#decode(stream, frame, speech),
    };
  }

  /** What a stream may leave out: asked as it is, or not at all. */
  #ofConversation(stream: ProviderStream, speech: WatchedSpeech | null): Partial<ProviderStream> {
    return {
      ...(stream.encodeHello && { encodeHello: () => stream.encodeHello?.() ?? [] }),
      ...(stream.encodeRestore && { encodeRestore: () => stream.encodeRestore?.() ?? null }),
      ...(stream.encodeOrder && {
        encodeOrder: (order) => {
          speech?.ordered(order);
          return stream.encodeOrder?.(order) ?? null;
        },
      }),
      ...(stream.settleSilence && {
        settleSilence: (throughSample) => stream.settleSilence?.(throughSample) ?? [],
      }),
      ...(stream.classifyEnd && { classifyEnd: (end) => this.#classified(end, stream) }),
      ...(stream.decodeEnd && { decodeEnd: (end) => stream.decodeEnd?.(end) ?? [] }),
    };
  }

  classifyEnd(end: SocketEnd): Failure {
    return this.#classified(end, this.#provider);
  }

  #classified(end: SocketEnd, by: Pick<ProviderStream, 'classifyEnd'>): Failure {
    try {
      const failure = by.classifyEnd?.(end) ?? this.#provider.classifyEnd(end);
      this.#checkFailure(failure);
      return failure;
    } catch (error) {
      this.violations.add(`classifyEnd threw: ${String(error)}`);
      return { kind: 'transient', code: 'unclassified', detail: '' };
    }
  }

  #decode(
    stream: ProviderStream,
    frame: Frame,
    speech: WatchedSpeech | null,
  ): readonly ProviderEvent[] {
    try {
      const events = stream.decode(frame);
      for (const event of events) {
        this.#check(event);
        const fault = speech?.told(event) ?? null;
        if (fault !== null) this.violations.add(fault);
      }
      return events;
    } catch (error) {
      this.violations.add(`decode threw: ${String(error)}`);
      return [];
    }
  }

  #check(event: ProviderEvent): void {
    if (event.kind === 'failed') this.#checkFailure(event.failure);
    if (event.kind !== 'transcript') return;
    if (event.answersFlush) this.isFlushAnswered = true;
    // Who keeps audio counts from the session's first sample, and not from the connection's.
    const isCounted = event.isFinal && this.traits.keepsAudio !== true;
    const said = isCounted ? this.#options.saidAs(event.text) : undefined;
    const fault = placeFault(event, said);
    if (fault !== null) this.violations.add(fault);
  }

  #noted(frame: Frame | null): Frame | null {
    this.#options.onFact();
    return frame;
  }

  /** A session takes credentials out of what it tells; an adapter that relies on it is careless all the same. */
  #checkFailure({ code, detail }: Failure): void {
    for (const secret of this.secrets) {
      if (!`${code} ${detail}`.includes(secret)) continue;
      this.violations.add('a credential was told in a failure');
    }
  }

  #failWhereAsked(call: ProviderFault): void {
    if (this.#fault !== call) return;
    this.#fault = null;
    throw new Error(`the provider throws in ${call}, as it was told to`);
  }
}

/** What keeps a request from being dialled, in a sentence. */
function faultIn(request: unknown): string | null {
  if (typeof request !== 'object' || request === null) {
    return `dial() gave ${String(request)}`;
  }
  const { url, timeoutMs } = request as Partial<DialRequest>;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    return `dial() gave the address ${JSON.stringify(url)}, which is none`;
  }
  return Number(timeoutMs) > 0 ? null : `dial() gave ${String(timeoutMs)} as \`timeoutMs\``;
}

function brokenDial(what: string): Error {
  return mismatch(
    `the provider cannot be dialled: ${what}`,
    'Mend `dial` of the provider: it resolves with { url, timeoutMs } and, as the service wants them, headers and protocols.',
  );
}
