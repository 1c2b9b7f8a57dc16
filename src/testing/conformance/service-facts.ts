/** What every script of a service says: how dials are refused and connections end, and what a dial has to carry. */
import type { FailureKind } from '../../../machines/failure.ts';
import type { Frame } from '../../ports/socket.ts';

/** How an upgrade is refused over HTTP. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function may echo the request: a careless service does, and no credential may come through. */
  readonly body?: string | ((request: DialFacts) => string);
  /**
   * Where it is `rateLimited`: the hint in it, which the adapter has to hand on; null where an adapter need not see it.
   * Default: what is read in its headers and its body.
   */
  readonly retryAfterMs?: number | null;
}

/** How a standing connection is ended: by a frame, by a close, or by a frame and then a close. */
export interface Ending {
  readonly frame?: Frame;
  readonly code?: number;
  /** At most 123 bytes of UTF-8, which is all that a close frame holds (RFC 6455, section 5.5). */
  readonly reason?: string;
  /** As in a refusal. Default: what is read in its reason and its frame. */
  readonly retryAfterMs?: number | null;
}

/** What a dial asked for. Header names are in lower case. */
export interface DialFacts {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A stretch of one connection's audio, in samples from its first. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

/** By kind of failure, the way in which it comes about; several where a service has several. */
export type Ways<Way> = Readonly<Partial<Record<FailureKind, Way | readonly Way[]>>>;

/** Where a dial may carry a credential. */
export type CredentialPlace = 'header' | 'protocol' | 'query';

export interface CredentialRule {
  /** What the adapter was given, which each dial has to carry. Default: anything that looks like a credential. */
  readonly value?: string;
  /** Where it has to stand. Default: in any of the three. */
  readonly in?: CredentialPlace | readonly CredentialPlace[];
}

/** What every script says, whatever its service does. A kind of failure that is left out is one that it cannot produce. */
export interface ServiceFacts {
  readonly refusals: Ways<Refusal>;
  readonly endings: Ways<Ending | Refusal>;
  /**
   * Whether a result says of which samples it is. `guessed`: the service tells no times, so that results are held to cover
   * the audio, and not to where in it they are. Default `told`.
   */
  readonly places?: 'told' | 'guessed';
  /** Says that the service will end the session in so many milliseconds; left out where it never does. */
  announceEnd?(this: void, inMs: number): Frame;
  /**
   * Which of an adapter's questions are answered. Default: where there is an `onFrame`, both, and of a voice the goodbye;
   * where the adapter makes its own sockets, both, and of a voice the goodbye; else none.
   */
  readonly answers?: readonly ('flush' | 'goodbye')[];
  /**
   * The credential of a dial; null where the service wants none. Default: one that stands anywhere, where the service can
   * refuse one (`auth`) or the provider can refresh one.
   */
  readonly credential?: CredentialRule | null;
  /**
   * Where it says when to come back. The scripted servers add to what is `rateLimited` a way with the hint in each of these
   * places, unless one stands there already: headers and body of a refusal, the reason of a close. Default
   * `['retry-after']`.
   */
  readonly retryHints?: readonly ('retry-after' | 'retry-after-ms' | 'body' | 'reason')[];
  /** At which the suite speaks. Default 16,000. */
  readonly sampleRateHz?: number;
}

/** A script's ways to fail like this, as a list. */
export function waysOf<Way extends object>(ways: Ways<Way>, kind: FailureKind): readonly Way[] {
  const found: Way | readonly Way[] | undefined = ways[kind];
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly Way[]) : [found as Way];
}
