/** A provider under test: it is asked as a session asks it, and what breaks its contract is written down. */
import type { Failure } from '../../../machines/failure.ts';
import type { AudioFormat } from '../../ports/audio-format.ts';
import type { DialRequest, Frame, SocketEnd } from '../../ports/socket.ts';
import type {
  Component,
  CredentialReason,
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
} from '../../providers/contract.ts';

/** Where the provider is made to throw, as one with a bug would. */
export type ProviderFault = 'openStream' | 'encodeAudio';

const MIN_SECRET_CHARS = 8;

export class WatchedProvider implements Provider {
  readonly name: string;
  readonly component: Component;
  readonly traits: ProviderTraits;
  /** What it did that no provider may do. */
  readonly violations: string[] = [];
  /** Credentials that it put into its dials. */
  readonly secrets = new Set<string>();
  readonly #provider: Provider;
  #fault: ProviderFault | null = null;

  constructor(provider: Provider, traits: Partial<ProviderTraits> = {}) {
    this.#provider = provider;
    this.name = provider.name;
    this.component = provider.component;
    this.traits = { ...provider.traits, ...traits };
  }

  /** The next such call throws. */
  failNext(fault: ProviderFault): void {
    this.#fault = fault;
  }

  checkFormat(format: AudioFormat): void {
    this.#provider.checkFormat(format);
  }

  async dial(format: AudioFormat, reason: CredentialReason): Promise<DialRequest> {
    const request = await this.#provider.dial(format, reason);
    for (const secret of secretsIn(request)) this.secrets.add(secret);
    return request;
  }

  openStream(format: AudioFormat): ProviderStream {
    this.#failWhereAsked('openStream');
    const stream = this.#provider.openStream(format);
    return {
      encodeAudio: (bytes) => {
        this.#failWhereAsked('encodeAudio');
        return stream.encodeAudio(bytes);
      },
      encodeKeepAlive: () => stream.encodeKeepAlive(),
      encodeFlush: () => stream.encodeFlush(),
      encodeGoodbye: () => stream.encodeGoodbye(),
      decode: (frame) => this.#decode(stream, frame),
    };
  }

  classifyEnd(end: SocketEnd): Failure {
    try {
      const failure = this.#provider.classifyEnd(end);
      this.#checkFailure(failure);
      return failure;
    } catch (error) {
      this.violations.push(`classifyEnd threw: ${String(error)}`);
      return { kind: 'transient', code: 'unclassified', detail: '' };
    }
  }

  #decode(stream: ProviderStream, frame: Frame): readonly ProviderEvent[] {
    try {
      const events = stream.decode(frame);
      for (const event of events) this.#check(event);
      return events;
    } catch (error) {
      this.violations.push(`decode threw: ${String(error)}`);
      return [];
    }
  }

  #check(event: ProviderEvent): void {
    if (event.kind === 'failed') this.#checkFailure(event.failure);
    if (event.kind !== 'transcript') return;
    const { startSample, endSample } = event;
    const isRange = Number.isInteger(startSample) && Number.isInteger(endSample);
    if (isRange && startSample >= 0 && endSample >= startSample) return;
    this.violations.push(`decode told of the samples ${startSample} to ${endSample}`);
  }

  /** A session takes credentials out of what it tells; an adapter that relies on it is careless all the same. */
  #checkFailure({ code, detail }: Failure): void {
    for (const secret of this.secrets) {
      if (!`${code} ${detail}`.includes(secret)) continue;
      this.violations.push('a credential was told in a failure');
    }
  }

  #failWhereAsked(call: ProviderFault): void {
    if (this.#fault !== call) return;
    this.#fault = null;
    throw new Error(`the provider throws in ${call}, as it was told to`);
  }
}

/** What a dial carries that must not turn up anywhere else. */
function secretsIn({ headers = {}, protocols = [], url }: DialRequest): readonly string[] {
  const query = new URL(url).searchParams;
  const said = [
    ...Object.entries(headers).flatMap(([name, value]) =>
      /authorization|key|token/i.test(name) ? value.split(' ') : [],
    ),
    ...protocols,
    ...[...query].flatMap(([name, value]) => (/key|token/i.test(name) ? value : [])),
  ];
  return said.filter((word) => word.length >= MIN_SECRET_CHARS);
}
