/** What a service says that answers requests, for providers that make their own sockets of them (`Provider.over`). */
import type { Refusal, ServiceFacts, Ways } from './service-facts.ts';
import type { SpeechLimits } from '../../providers/contract.ts';

/** A request as it came in. Header names are in lower case. */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface ServiceAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: nothing. */
  readonly body?: string | Uint8Array;
}

/**
 * One service over HTTP, which hears clips of audio or speaks texts. `refusals` answer a dial's own request; `endings` answer
 * any other request, and the adapter's socket ends with it.
 */
export interface RequestScript extends ServiceFacts {
  readonly endings: Ways<Refusal>;
  /** Whether a dial asked this. Default: no dial asks anything; it opens by itself, and none is refused. */
  isDial?(request: ServiceRequest): boolean;
  /** What answers a dial that is accepted. Default: 200, and nothing. */
  readonly welcome?: ServiceAnswer;
  /** What answers a request that fails alone: the adapter tells a failure `perRequest`, and the socket stands. */
  readonly declines?: Refusal;
  /** Of a service that hears. */
  readonly hears?: HearingByRequest;
  /** Of a service that speaks. */
  readonly speaks?: SpeakingByRequest;
}

export interface HearingByRequest {
  /** The clip in a request, PCM s16le; null where it carries none. */
  clipIn(this: void, request: ServiceRequest): Uint8Array | null;
  /** The answer whose text is this. */
  result(this: void, text: string, clip: { readonly samples: number }): ServiceAnswer;
  /** Silence after which the adapter sends what was said. Default 1,000. */
  readonly pauseMs?: number;
}

export interface SpeakingByRequest {
  /** The text in a request; null where it carries none. */
  textIn(this: void, request: ServiceRequest): string | null;
  /** The answer that sounds like this, PCM s16le. Default: just these bytes. */
  sound?(this: void, pcm: Uint8Array): ServiceAnswer;
  /** How much text the service takes. Default: as much as the provider's `traits.speech` says. */
  readonly limits?: SpeechLimits;
}
