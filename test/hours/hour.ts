/**
 * An hour of talk in simulated time: a real session, real adapters and the stand-ins of the services on one clock and one
 * network, with somebody who speaks, listens and answers tool calls.
 *
 * `HOUR_SEED` draws another hour.
 */
import { faultMomentsOf, HOUR_MS, RATE_HZ, utterancesOf } from './script.ts';
import type { Utterance } from './script.ts';
import { createLiveResampler } from '../../src/audio/resample.node.ts';
import { createSession } from '../../src/node.ts';
import type { ConversationItem } from '../../src/ports/conversation.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { Conversation } from '../../src/session/conversation.ts';
import type {
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionEventType,
} from '../../src/session/events.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const CONNECT_MS = 5_000;
const CHUNK_MS = 100;
const SAMPLES_PER_MS = RATE_HZ / 1_000;
const BYTES_PER_SAMPLE = 2;
const CHUNK_BYTES = CHUNK_MS * SAMPLES_PER_MS * BYTES_PER_SAMPLE;
const TOOL_TAKES_MS = 400;
const DRAIN_MS = 30_000;
/** After it a server knows of every socket that is gone, however it went. */
const REST_MS = 120_000;
const EPOCH_MS = 1_800_000_000_000;

/** A limit for what hangs: an hour takes some 15 s, and many times that where the machine is busy. */
export const HANGS_AFTER_MS = 600_000;

/** What a session and a voice agent have in common. */
export interface Talker {
  readonly conversation: Conversation;
  on(type: '*', listener: (event: SessionEvent) => void): unknown;
  connect(): Promise<unknown>;
  write(bytes: Uint8Array): unknown;
  close(options: { readonly drainTimeoutMs: number }): Promise<CloseResult>;
}

export class Hour {
  readonly clock = new VirtualClock(1_000);
  readonly wallClock = (): number => EPOCH_MS + this.clock.nowMs();
  readonly network: SimulatedNetwork;
  readonly recogniser = createToneRecogniser();
  readonly utterances: readonly Utterance[];
  readonly events: SessionEvent[] = [];
  /** How long the hour had lasted when each was told. */
  readonly eventAtMs = new Map<SessionEvent, number>();
  /** As each was told last, in the order in which they were told first. */
  readonly items = new Map<string, ConversationItem>();
  /** How long the hour had lasted when each was told last. */
  readonly toldAtMs = new Map<string, number>();
  /** When each call for a tool had its result. */
  readonly resultAtMs = new Map<string, number>();
  /** Asked for each call. */
  toolTakesMs = (): number => TOOL_TAKES_MS;
  readonly #seed: number;
  readonly #lengthMs: number;
  #startAtMs = 0;
  /** Of the answer that sounds: what came of it, and what was played. */
  #sounding: { readonly id: string; madeMs: number; playedMs: number } | null = null;

  constructor(seed: number, lengthMs = HOUR_MS) {
    this.#seed = Number(process.env['HOUR_SEED'] ?? seed);
    this.#lengthMs = lengthMs;
    this.utterances = utterancesOf(this.#seed, lengthMs);
    const random = seededRandom(this.#seed);
    this.network = new SimulatedNetwork({ clock: this.clock, jitterMs: 15, random });
  }

  /** What sessions and agents of this world are made with. */
  get options(): Pick<SessionOptions, 'transport' | 'clock' | 'random' | 'admission'> {
    return {
      transport: this.network,
      clock: this.clock,
      random: seededRandom(this.#seed + 1),
      admission: createAdmission(),
    };
  }

  session(
    candidates: SessionOptions['candidates'],
    options: Partial<SessionOptions> = {},
  ): Session {
    return createSession({ ...this.options, candidates, ...options });
  }

  /** What can befall every service. */
  get networkFaults(): readonly (() => void)[] {
    const { memory } = this.network;
    return [
      () => memory.reset(),
      () => memory.stall(4_000),
      () => memory.halfOpen(),
      () => memory.refuse(5_000),
      () => memory.slow(8_000, 60_000),
      () => memory.stall(12_000),
    ];
  }

  /**
   * Talks for an hour in which each minute has one of the faults, which take turns; waits until all of it is settled, and
   * closes.
   */
  async talk(talker: Talker, faults: readonly (() => void)[]): Promise<CloseResult> {
    (await createLiveResampler(RATE_HZ, RATE_HZ * 2)).free(); // it loads in real time, once
    const { clock } = this;
    this.#startAtMs = clock.nowMs() + CONNECT_MS;
    faultMomentsOf(this.#seed, this.#lengthMs).forEach((atMs, turn) => {
      clock.setTimeout(() => faults[turn % faults.length]?.(), CONNECT_MS + atMs);
    });
    this.#listen(talker);
    void talker.connect();
    await clock.advanceAsync(CONNECT_MS);
    for (let atMs = 0; atMs < this.#lengthMs; atMs += CHUNK_MS) {
      talker.write(this.#chunkAt(atMs));
      this.#play(talker.conversation);
      await clock.advanceAsync(this.#startAtMs + atMs + CHUNK_MS - clock.nowMs());
    }
    const closing = talker.close({ drainTimeoutMs: DRAIN_MS });
    await clock.advanceAsync(DRAIN_MS + REST_MS);
    return closing;
  }

  eventsOf<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  /** Sessions that were replaced before their planned end. */
  get rotations(): number {
    return this.eventsOf('candidate.changed').filter(({ reason }) => reason === 'rotation').length;
  }

  /** What one side said, oldest first. */
  textsOf(role: 'user' | 'assistant'): readonly string[] {
    return [...this.items.values()].flatMap((item) =>
      item.kind === 'message' && item.role === role && item.text !== '' ? [item.text] : [],
    );
  }

  #listen(talker: Talker): void {
    const { conversation } = talker;
    talker.on('*', (event) => {
      this.events.push(event);
      this.eventAtMs.set(event, this.clock.nowMs() - this.#startAtMs);
      if (event.type === 'item') this.#note(event.item);
      if (event.type === 'item.removed') this.items.delete(event.id);
      if (event.type === 'interrupted') this.#sounding = null;
      if (event.type === 'toolCall') {
        const { query } = JSON.parse(event.arguments) as { query: string };
        this.clock.setTimeout(() => {
          this.resultAtMs.set(event.callId, this.clock.nowMs() - this.#startAtMs);
          conversation.answerTool(event.callId, query);
        }, this.toolTakesMs());
      }
    });
    conversation.onAudio(({ id, durationMs }) => {
      if (this.#sounding?.id !== id) this.#sounding = { id, madeMs: 0, playedMs: 0 };
      this.#sounding.madeMs += durationMs;
    });
  }

  #note(item: ConversationItem): void {
    this.items.set(item.id, item);
    this.toldAtMs.set(item.id, this.clock.nowMs() - this.#startAtMs);
  }

  /** The loudspeaker, as far as a chunk lasts. */
  #play(conversation: Conversation): void {
    const sounding = this.#sounding;
    if (sounding === null || sounding.playedMs >= sounding.madeMs) return;
    sounding.playedMs = Math.min(sounding.madeMs, sounding.playedMs + CHUNK_MS);
    conversation.heard(sounding.id, sounding.playedMs);
  }

  /** The microphone. */
  #chunkAt(fromMs: number): Uint8Array {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (const { atMs, pcm } of this.utterances) {
      const from = Math.round((fromMs - atMs) * SAMPLES_PER_MS) * BYTES_PER_SAMPLE;
      if (from + CHUNK_BYTES <= 0 || from >= pcm.length) continue;
      chunk.set(pcm.subarray(Math.max(0, from), from + CHUNK_BYTES), Math.max(0, -from));
    }
    return chunk;
  }
}
