/**
 * A client's session and two gateways of one store, on a virtual clock and a network with faults. The log is written down as
 * it grows, so that what was delivered can be read from it, once and in order.
 */
import { expect } from 'vitest';
import type { WebSocket } from 'ws';

import { NotingApp } from './gateway-world.ts';
import { closeAll, GatewaysStore, unpurged } from './gateways-store.ts';
import type { Housed } from './gateways-store.ts';
import type { App, AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.types.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { listenTo, socketOf } from '../../src/gateway/ws-socket.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { DataFrame, GapFrame } from '../../src/protocol/types.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type { GatewayProviderOptions } from '../../src/providers/gateway/gateway.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import type { ListeningServer } from '../../src/simulators/server/handlers.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const CHUNK_MS = 100;
const CHUNK_BYTES = 3_200;
const TICK_MS = 100;
/** Finals end every so many samples: in the middle of chunks. */
const FINAL_SAMPLES = 10_000;

/** Tells a final for every 625 ms of audio, with the values of the chunks in it. */
class CountingApp extends NotingApp implements App {
  readonly #samples: number;

  constructor(samples: number) {
    super();
    this.#samples = samples;
  }

  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    let { fin } = start;
    const tell = (end: number): void => {
      for (; end - fin >= this.#samples; fin += this.#samples) {
        session.result({ type: 'final', from: fin, to: fin + this.#samples, text: String(fin) });
      }
    };
    return {
      ...handlers,
      audio: (audio) => {
        handlers.audio(audio);
        tell(audio.position + audio.bytes.length / 2);
      },
      gap: (gap) => {
        handlers.gap(gap);
        tell(gap.position + gap.samples);
      },
    };
  }
}

export class LinkWorld {
  readonly clock: VirtualClock;
  readonly random;
  readonly network: SimulatedNetwork;
  readonly store = createMemoryStore();
  readonly app: CountingApp;
  readonly events: SessionEvent[] = [];
  readonly session: Session;
  readonly #gateways: Housed[] = [];
  readonly #server: ListeningServer;
  /** Another gateway of the same sessions, at an address of its own. */
  readonly elsewhere: Gateway;
  readonly elsewhereUrl: string;
  /** Where the gateways are dialled. */
  readonly url: string;
  /** How long the store takes for a record. */
  storeMs = 0;
  readonly #house: Partial<GatewayOptions>;
  #written = 0;

  /**
   * @param finalSamples how much audio a final is of.
   * @param client what the client is told beyond the address.
   * @param house what the gateways are made of beyond the usual.
   * @param clock of the network and the gateways, and of the client unless `options` has another.
   */
  constructor(
    seed = 1,
    options: Partial<SessionOptions> = {},
    finalSamples = FINAL_SAMPLES,
    client: Partial<GatewayProviderOptions> = {},
    house: Partial<GatewayOptions> = {},
    clock = new VirtualClock(1_000),
  ) {
    this.clock = clock;
    this.#house = house;
    this.app = new CountingApp(finalSamples);
    this.random = seededRandom(seed);
    this.network = new SimulatedNetwork({ clock: this.clock, latencyMs: 25 });
    this.#start();
    this.#server = this.network.listen({
      onUpgrade: () => (socket: WebSocket) => {
        const current = this.#gateways.at(-1)?.gateway;
        if (current === undefined) throw new Error('no gateway');
        listenTo(socket, current.accept(socketOf(socket, null, '127.0.0.1')));
      },
      onRequest: () => undefined,
    });
    this.elsewhere = this.#newGateway().gateway;
    const elsewhere = this.network.listen({
      onUpgrade: () => (socket: WebSocket) => {
        listenTo(socket, this.elsewhere.accept(socketOf(socket, null, '127.0.0.1')));
      },
      onRequest: () => undefined,
    });
    this.elsewhereUrl = elsewhere.socketUrl;
    this.url = `${this.#server.socketUrl}/v1/session`;
    this.session = openSession({
      candidates: [
        gateway({ url: this.url, token: 'ann', mayMoveTo: [this.elsewhereUrl], ...client }),
      ],
      transport: this.network,
      clock: this.clock,
      random: this.random,
      reconnect: { maxAttempts: 10, capMs: 30_000, persistMs: 118_000, retryInitialConnect: true },
      ...options,
    });
    this.session.on('*', (event) => this.events.push(event));
  }

  get wallMs(): number {
    return 1_800_000_000_000 + this.clock.nowMs();
  }

  get gateway(): Gateway {
    const { gateway: newest } = this.#gateways.at(-1) ?? {};
    if (newest === undefined) throw new Error('no gateway');
    return newest;
  }

  async connect(): Promise<this> {
    const connected = this.session.connect();
    await this.pass(1_000);
    await connected;
    return this;
  }

  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.session.write(new Uint8Array(CHUNK_BYTES).fill(this.#written & 0xff));
      this.#written += 1;
      await this.pass(CHUNK_MS);
    }
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) await this.clock.advanceAsync(TICK_MS);
  }

  /** kill -9 and a restart: what it had not written is gone, and nobody was told. */
  crash(): void {
    const dying = this.#gateways.at(-1);
    dying?.store.die();
    this.network.memory.reset();
    this.#start();
  }

  /** The store loses all that it had, and nobody has the session any more. */
  async forget(): Promise<void> {
    for (const sid of this.#sessionIds()) await this.store.drop(sid);
    this.crash();
  }

  /** The next dial meets another gateway; the one before goes on, and says so to its clients. */
  replaceGateway(): Gateway {
    const before = this.gateway;
    this.#start();
    return before;
  }

  of<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  get finals(): readonly string[] {
    return this.of('transcript').flatMap(({ isFinal, text }) => (isFinal ? [text] : []));
  }

  /** The client's frames as the logs of its sessions hold them. */
  async logged(): Promise<readonly (DataFrame | GapFrame)[]> {
    const frames: (DataFrame | GapFrame)[] = [];
    for (const sid of this.#sessionIds()) {
      for await (const { bytes } of this.store.read(sid, 0)) {
        for (const logged of decodeRecord(bytes)?.frames ?? []) {
          const frame = decodeFrame(logged.bytes);
          if (!logged.isDown && (frame.type === 'data' || frame.type === 'gap')) frames.push(frame);
        }
      }
    }
    return frames;
  }

  #sessionIds(): ReadonlySet<string> {
    const gateways = [...this.#gateways.map(({ gateway: each }) => each), this.elsewhere];
    return new Set(gateways.flatMap((each) => Array.from(each.sessions, ({ id }) => id)));
  }

  async close(): Promise<void> {
    const closing = this.session.close();
    await this.pass(10_000);
    await closing;
    await this.elsewhere.close();
    await closeAll(this.#gateways, (ms) => this.pass(ms));
    this.network.memory.heal();
    await this.pass(65_000); // by then both ends know of every socket that is gone
    expect(this.clock.pending).toBe(0);
  }

  #start(): void {
    this.#gateways.push(this.#newGateway());
  }

  #newGateway(): Housed {
    const store = new GatewaysStore(unpurged(this.store), () => this.#pause(this.storeMs));
    const made = new Gateway({
      store,
      apps: new Map([['speech', this.app]]),
      verify: null,
      clock: this.clock,
      wallClock: () => this.wallMs,
      ...this.#house,
    });
    return { gateway: made, store };
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => this.clock.setTimeout(resolve, ms));
  }
}

/** Sequence numbers once, in order, without a hole; the audio in them the one that was captured. */
export function expectExactlyOnce(frames: readonly (DataFrame | GapFrame)[], chunks: number): void {
  let nextSeq = 1;
  let position = 0;
  for (const frame of frames) {
    const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
    expect(from).toBe(nextSeq);
    expect(frame.position).toBe(position);
    if (frame.type === 'data') {
      expect(frame.payload[0]).toBe((position / 1_600) & 0xff);
      position += frame.payload.length / 2;
    } else position += frame.samplesLost;
    nextSeq = (frame.type === 'data' ? frame.seq : frame.toSeq) + 1;
  }
  expect(position).toBe(chunks * 1_600);
}
