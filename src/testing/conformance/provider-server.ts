/**
 * What a conformance run needs of a service: to be dialled, to refuse, to end, to fall silent, to answer.
 *
 * `ScriptedServer` is a ready one on 127.0.0.1 for WebSockets, `ScriptedHttpServer` one for services of requests; who has a
 * simulator of their own implements `ProviderServer` on it.
 */
import type { RequestScript } from './request-script.ts';
import type { DialFacts, Ending, SampleRange, ServiceFacts, Ways } from './service-facts.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { Frame, Transport } from '../../ports/socket.ts';
import type { ProviderWorld, SpeechLimits } from '../../providers/contract.ts';

export type * from './service-facts.ts';
export { waysOf } from './service-facts.ts';

/** What one service says that hears, over a WebSocket, and how it ends. */
export interface ServiceScript extends ServiceFacts {
  readonly endings: Ways<Ending>;
  /** The final result for these samples, in one frame or several: when it was decoded, they are done with. */
  result(range: SampleRange, text: string, answersFlush: boolean): Frame | readonly Frame[];
  /** What it says by itself as soon as a socket is open. What an adapter's frame leads to is `onFrame`'s to say. */
  greet?(): Frame | readonly Frame[];
  /** Something that shows the service at work and settles no audio. Default: an empty result of no samples. */
  answer?(): Frame;
  /** What the service does about a frame: answer a handshake (`client.say`), a flush (`settle`), a goodbye (`close`). */
  onFrame?(frame: Frame, client: ServiceClient): void;
  /** The PCM s16le in a frame, or null where it carries none. Default: every binary frame is bare audio. */
  audioIn?(frame: Frame): Uint8Array | null;
}

/** What a voice says, over a WebSocket: a service that speaks the texts that it is sent. */
export interface SpeechScript extends ServiceFacts {
  readonly endings: Ways<Ending>;
  /** The text in a frame; null where it carries none. */
  textIn(frame: Frame): string | null;
  /** What says that a text was spoken to its end. */
  spoken(text: string): Frame | readonly Frame[];
  /** Some of what a text sounds like, PCM s16le. Default: a binary frame of just these bytes. */
  sound?(pcm: Uint8Array): Frame;
  /** What it says by itself as soon as a socket is open. */
  greet?(): Frame | readonly Frame[];
  /** What the service does about a frame: answer a handshake (`client.say`), be hushed (`hush`), a goodbye (`close`). */
  onFrame?(frame: Frame, client: ServiceClient): void;
  /** How much text the service takes. Default: as much as the provider's `traits.speech` says. */
  readonly limits?: SpeechLimits;
}

/** What a service says, of whichever kind it is. */
export type AnyScript = ServiceScript | SpeechScript | RequestScript;

/** One connection, as a script sees it. */
export interface ServiceClient {
  /** Samples that came in so far. */
  readonly heardSamples: number;
  say(frame: Frame): void;
  /** Says the result of everything that came in since the last one, if there is anything; a voice speaks all that waits. */
  settle(options?: { readonly answersFlush?: boolean }): void;
  /** Of a voice: forgets the texts that wait, and what is left of the one that sounds. Default: it cannot be hushed. */
  hush?(): void;
  close(code: number, reason?: string): void;
}

/** A result as it was said. */
export interface SaidResult extends SampleRange {
  readonly text: string;
  /** What it was said of, PCM s16le, where it was sent as a clip: the samples then count those of the clips. */
  readonly clip?: Uint8Array;
}

/** A text that was spoken to its end, and how it sounded: PCM s16le. */
export interface SpokenText {
  readonly text: string;
  readonly pcm: Uint8Array;
}

/** An open connection, as the test holds it. */
export interface ServiceLink extends ServiceClient {
  /** All audio that came in, PCM s16le. */
  readonly audio: Uint8Array;
  readonly said: readonly SaidResult[];
  /** Of a voice: every text that came in, in order. */
  readonly texts?: readonly string[];
  /** Of a voice: those that were spoken to their end. */
  readonly spoken?: readonly SpokenText[];
  /** A request waits for its answer, so that nothing else is answered either. Default false. */
  readonly isHolding?: boolean;
  readonly isClosed: boolean;
  /** Says something that settles nothing; a voice lets the first text that waits sound, and does not end it. */
  answer(): void;
  /**
   * Ends it in one of the script's ways, of which the first is 0; `reset` sends a TCP reset. Where requests are answered,
   * that is the end of the one that waits longest.
   */
  end(how: FailureKind | 'reset', way?: number): void;
  /** Where requests are answered: declines the one that waits longest, as the script says. */
  decline?(): void;
  /** Reads nothing any more, so that neither audio nor pings are answered. The other end cannot tell. */
  goSilent(): void;
  /** Reads what piled up meanwhile, and answers it. Where requests are answered: from now on each as it comes. */
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
  readonly script: AnyScript;
  /** Where the provider dials, such as `ws://127.0.0.1:41234`; known once started. */
  readonly url: string;
  /** How it is dialled. Default: WebSockets and HTTP of Node. */
  readonly transport?: Transport;
  /**
   * For providers that make their own sockets: makes them by `make`, which is the provider's `over`, and tells of each that
   * is about to open by `onDial`. Default: they open without the server being asked.
   */
  over?(make: (world: ProviderWorld) => Transport, world: ProviderWorld): Transport;
  /** False while a request or its answer is on its way, so that no time may pass. Default true. */
  readonly isCalm?: boolean;
  /** Requests that somebody still waits for. Default 0. */
  readonly openRequests?: number;
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
