/**
 * Plays a recorded conversation to an adapter: what was received is decoded, and what the recorded client did the adapter is
 * asked to do as well. What it sends is then held against what was sent.
 */
import type { Recording, RecordedStep } from './recordings-reader.ts';
import { camelCased, shapeDifferences } from './recordings-shape.ts';
import type { FailureKind } from '../../machines/failure.ts';
import type { ConversationRecord } from '../../src/ports/conversation.ts';
import { NO_CONVERSATION } from '../../src/ports/conversation.ts';
import type { Frame } from '../../src/ports/socket.ts';
import type {
  Order,
  Provider,
  ProviderEvent,
  ProviderStream,
} from '../../src/providers/contract.ts';
import { objectIn } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

/** What the adapter is asked, so that it sends what the recorded client sent. */
export type Asked =
  | { readonly ask: 'order'; readonly orders: readonly Order[] }
  | { readonly ask: 'audio'; readonly bytes: Uint8Array }
  | { readonly ask: 'flush' | 'goodbye' | 'keepAlive' }
  /** It comes by itself: with the handshake, with the restoration, or with what was asked before. */
  | { readonly ask: 'nothing' }
  /** The adapter has no such order. */
  | { readonly ask: 'unknown'; readonly what: string };

/** One recorded socket, in the hands of what knows its service. */
export interface Script {
  readonly provider: Provider;
  readonly sampleRateHz: number;
  readonly conversation?: ConversationRecord;
  readonly handle?: string | null;
  /** @param next what the client sent after it. @param told every event so far. */
  asked(message: JsonObject, next: readonly JsonObject[], told: readonly ProviderEvent[]): Asked;
  /** What comes in, with the names that our own frames would have led to. */
  renamed?(frame: Frame, sent: readonly JsonObject[]): Frame;
  /**
   * What a service says and a recording leaves out, such as the greeting of a session that another one opened.
   * @param message what was received; null at the beginning. @param sent by us so far.
   */
  leftOut?(message: JsonObject | null, sent: readonly JsonObject[]): JsonObject | null;
  /** One message of a client may stand in several frames: as the smallest. Default: as it is. */
  split?(message: JsonObject): readonly JsonObject[];
  /** What a message is, such as `response.create`: the order of these is compared. */
  nameOf(message: JsonObject): string;
}

export interface Played {
  readonly events: readonly ProviderEvent[];
  readonly received: number;
  /** Frames of which something was made, or nothing was to be made. */
  readonly parsed: number;
  /** By what they were called. */
  readonly ignored: ReadonlyMap<string, number>;
  /** Recorded frames that ours were held against. */
  readonly compared: number;
  readonly differences: readonly string[];
  /** Keys that only ours have. */
  readonly extraKeys: ReadonlySet<string>;
  /** Frames that only we sent. */
  readonly extraFrames: readonly string[];
  /** Recorded frames for which there is no order. */
  readonly withoutOrder: readonly string[];
}

const FAILURE_KINDS: readonly FailureKind[] = [
  'planned',
  'transient',
  'staleHandle',
  'rateLimited',
  'quota',
  'auth',
  'config',
  'perRequest',
];

/** Sent by both as often as there is audio. */
const AUDIO = 'audio';

export function play(recording: Recording, script: Script): Played {
  return new Player(script).play(recording.steps);
}

class Player {
  readonly #script: Script;
  readonly #stream: ProviderStream;
  readonly #events: ProviderEvent[] = [];
  readonly #recorded: JsonObject[] = [];
  readonly #ours: JsonObject[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #withoutOrder: string[] = [];
  readonly #held: (() => void)[] = [];
  #isLive: boolean;
  #received = 0;
  #parsed = 0;

  constructor(script: Script) {
    this.#script = script;
    const { provider, sampleRateHz, handle = null, conversation = NO_CONVERSATION } = script;
    this.#isLive = provider.traits.configures !== true;
    const rate = provider.traits.inputRateHz ?? sampleRateHz;
    this.#stream = provider.openStream(
      { encoding: 'pcm_s16le', sampleRateHz: rate },
      { conversation: () => conversation, handle },
    );
  }

  play(steps: readonly RecordedStep[]): Played {
    this.#sends(this.#stream.encodeHello?.() ?? []);
    this.#addLeftOut(null);
    const messages = steps.flatMap((step) => (step.kind === 'sent' ? [step.message] : []));
    let at = 0;
    for (const step of steps) {
      if (step.kind === 'received') this.#receive(step.frame);
      else if (step.kind === 'closed') this.#end(step);
      else if (step.kind === 'audio') this.#hear(step.samples);
      else if (step.kind === 'sent') this.#ask(step.message, messages.slice((at += 1)));
    }
    this.#goLive();
    return this.#outcome();
  }

  #receive(frame: Frame): void {
    const renamed = this.#script.renamed?.(frame, this.#ours) ?? frame;
    const events = this.#stream.decode(renamed);
    this.#received += 1;
    const ignored = events.filter((event) => event.kind === 'ignored');
    for (const { what } of ignored) this.#ignored.set(what, (this.#ignored.get(what) ?? 0) + 1);
    if (ignored.length === 0 || ignored.length < events.length) this.#parsed += 1;
    this.#take(events);
    this.#addLeftOut(objectIn(frame));
  }

  #addLeftOut(after: JsonObject | null): void {
    const added = this.#script.leftOut?.(after, this.#ours) ?? null;
    if (added === null) return;
    this.#take(this.#stream.decode(JSON.stringify(added)));
    this.#addLeftOut(added);
  }

  #take(events: readonly ProviderEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      if (event.kind === 'send') this.#sends(event.frames);
      if (event.kind === 'restored') this.#goLive();
      if (event.kind !== 'configured') continue;
      const frames = this.#stream.encodeRestore?.() ?? null;
      if (frames === null) this.#goLive();
      else this.#sends(frames);
    }
  }

  /** As a session does: what is asked before the link stands waits for it. */
  #goLive(): void {
    this.#isLive = true;
    for (const act of this.#held.splice(0)) act();
  }

  #whenLive(act: () => void): void {
    if (this.#isLive) act();
    else this.#held.push(act);
  }

  #hear(samples: number): void {
    this.#recorded.push({ [AUDIO]: samples });
    this.#whenLive(() => {
      this.#stream.encodeAudio(new Uint8Array(samples * 2));
      this.#ours.push({ [AUDIO]: samples });
    });
  }

  #ask(message: JsonObject, next: readonly JsonObject[]): void {
    const asked = this.#script.asked(message, next, this.#events);
    if (asked.ask === 'unknown') {
      this.#withoutOrder.push(asked.what);
      return;
    }
    this.#recorded.push(message);
    if (asked.ask === 'nothing') return;
    this.#whenLive(() => this.#sends(this.#framesFor(asked)));
  }

  #framesFor(asked: Exclude<Asked, { ask: 'nothing' | 'unknown' }>): readonly Frame[] {
    const stream = this.#stream;
    switch (asked.ask) {
      case 'order':
        return asked.orders.flatMap((order) => stream.encodeOrder?.(order) ?? []);
      case 'audio':
        return [stream.encodeAudio(asked.bytes)];
      case 'flush':
        return [stream.encodeFlush()].filter((frame) => frame !== null);
      case 'goodbye':
        return [stream.encodeGoodbye()].filter((frame) => frame !== null);
      case 'keepAlive':
        return [stream.encodeKeepAlive()].filter((frame) => frame !== null);
    }
  }

  #end({ code, reason }: { readonly code: number; readonly reason: string }): void {
    const end = { kind: 'closed', code, reason } as const;
    const { kind } = this.#stream.classifyEnd?.(end) ?? this.#script.provider.classifyEnd(end);
    if (!FAILURE_KINDS.includes(kind)) throw new Error(`${code} is called ${kind}`);
    this.#take(this.#stream.decodeEnd?.(end) ?? []);
  }

  #sends(frames: readonly Frame[]): void {
    for (const frame of frames) this.#ours.push(objectIn(frame) ?? { [AUDIO]: frame.length });
  }

  #outcome(): Played {
    const { split = (message: JsonObject) => [message], nameOf } = this.#script;
    const named = (messages: readonly JsonObject[]) =>
      messages
        .flatMap(split)
        .map((message) => ({ message, name: AUDIO in message ? AUDIO : nameOf(message) }))
        .filter(({ name }, at, all) => name !== AUDIO || all[at - 1]?.name !== AUDIO);
    const differences: string[] = [];
    const extraKeys = new Set<string>();
    const extraFrames: string[] = [];
    const left = named(this.#ours);
    const recorded = named(this.#recorded);
    for (const { name, message } of recorded) {
      const found = left.findIndex((each) => each.name === name);
      if (found === -1) {
        differences.push(`${name} was sent, and is not by us`);
        continue;
      }
      extraFrames.push(...left.splice(0, found).map((each) => each.name));
      const [ours] = left.splice(0, 1);
      const { missing, extra } = shapeDifferences(camelCased(message), ours?.message);
      differences.push(...missing.map((what) => `${name}: ${what}`));
      for (const key of extra) extraKeys.add(`${name}: ${key}`);
    }
    return {
      events: this.#events,
      received: this.#received,
      parsed: this.#parsed,
      ignored: this.#ignored,
      compared: recorded.length,
      differences,
      extraKeys,
      extraFrames: [...extraFrames, ...left.map((each) => each.name)],
      withoutOrder: this.#withoutOrder,
    };
  }
}
