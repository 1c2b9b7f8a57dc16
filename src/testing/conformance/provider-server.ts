/**
 * What a conformance run needs of a service: to be dialled, to refuse, to end, to fall silent, to answer.
 *
 * `ScriptedServer` is a ready one on 127.0.0.1; who has a simulator of their own implements `ProviderServer` on it.
 */
import type { FailureKind } from '../../../machines/failure.ts';
import type { Frame, Transport } from '../../ports/socket.ts';

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

/** What one service says, and how it ends. A kind of failure that is left out is one that it cannot produce. */
export interface ServiceScript {
  readonly refusals: Ways<Refusal>;
  readonly endings: Ways<Ending>;
  /** The final result for these samples, in one frame or several: when it was decoded, they are done with. */
  result(range: SampleRange, text: string, answersFlush: boolean): Frame | readonly Frame[];
  /** What it says by itself as soon as a socket is open. What an adapter's frame leads to is `onFrame`'s to say. */
  greet?(): Frame | readonly Frame[];
  /**
   * Whether a result says of which samples it is. `guessed`: the service tells no times, so that results are held to cover
   * the audio, and not to where in it they are. Default `told`.
   */
  readonly places?: 'told' | 'guessed';
  /** Something that shows the service at work and settles no audio. Default: an empty result of no samples. */
  answer?(): Frame;
  /** Says that the service will end the session in so many milliseconds; left out where it never does. */
  announceEnd?(this: void, inMs: number): Frame;
  /** What the service does about a frame: answer a handshake (`client.say`), a flush (`settle`), a goodbye (`close`). */
  onFrame?(frame: Frame, client: ServiceClient): void;
  /** The PCM s16le in a frame, or null where it carries none. Default: every binary frame is bare audio. */
  audioIn?(frame: Frame): Uint8Array | null;
  /** Which of an adapter's questions `onFrame` answers. Default: both where there is an `onFrame`, else none. */
  readonly answers?: readonly ('flush' | 'goodbye')[];
  /**
   * The credential of a dial; null where the service wants none. Default: one that stands anywhere, where the service can
   * refuse one (`auth`) or the provider can refresh one.
   */
  readonly credential?: CredentialRule | null;
  /**
   * Where it says when to come back. `ScriptedServer` adds to what is `rateLimited` a way with the hint in each of these
   * places, unless one stands there already: headers and body of a refusal, the reason of a close. Default
   * `['retry-after']`.
   */
  readonly retryHints?: readonly ('retry-after' | 'retry-after-ms' | 'body' | 'reason')[];
  /** At which the suite speaks. Default 16,000. */
  readonly sampleRateHz?: number;
}

/** One connection, as a script sees it. */
export interface ServiceClient {
  /** Samples that came in so far. */
  readonly heardSamples: number;
  say(frame: Frame): void;
  /** Says the result of everything that came in since the last one, if there is anything. */
  settle(options?: { readonly answersFlush?: boolean }): void;
  close(code: number, reason?: string): void;
}

/** A result as it was said. */
export interface SaidResult extends SampleRange {
  readonly text: string;
}

/** An open connection, as the test holds it. */
export interface ServiceLink extends ServiceClient {
  /** All audio that came in, PCM s16le. */
  readonly audio: Uint8Array;
  readonly said: readonly SaidResult[];
  readonly isClosed: boolean;
  /** Says something that settles nothing. */
  answer(): void;
  /** Ends it in one of the script's ways, of which the first is 0; `reset` sends a TCP reset. */
  end(how: FailureKind | 'reset', way?: number): void;
  /** Reads nothing any more, so that neither audio nor pings are answered. The other end cannot tell. */
  goSilent(): void;
  /** Reads what piled up meanwhile, and answers it. */
  speakAgain(): void;
}

/** A dial that waits for an answer: nothing happens until one of these is called. */
export interface ServiceDial {
  readonly facts: DialFacts;
  /** The client went away before it was answered. */
  readonly isGone: boolean;
  accept(): ServiceLink;
  /** Refuses it in one of the script's ways, of which the first is 0; `reset` sends a TCP reset. */
  refuse(how: FailureKind | 'reset', way?: number): void;
}

export interface ProviderServer {
  readonly script: ServiceScript;
  /** Where the provider dials, such as `ws://127.0.0.1:41234`; known once started. */
  readonly url: string;
  /** How it is dialled. Default: WebSockets of Node. */
  readonly transport?: Transport;
  /** Told of each dial, and of everything that comes in on a link: the run then looks at the facts. */
  start(listener: ServerListener): Promise<void>;
  /** Ends whatever is open, and resolves when the port is free. */
  stop(): Promise<void>;
}

export interface ServerListener {
  onDial(dial: ServiceDial): void;
  onActivity(): void;
}

/** A result's frames, as a list. */
export function framesOf(result: Frame | readonly Frame[]): readonly Frame[] {
  return Array.isArray(result) ? (result as readonly Frame[]) : [result as Frame];
}

/** A script's ways to fail like this, as a list. */
export function waysOf<Way extends object>(ways: Ways<Way>, kind: FailureKind): readonly Way[] {
  const found: Way | readonly Way[] | undefined = ways[kind];
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly Way[]) : [found as Way];
}
