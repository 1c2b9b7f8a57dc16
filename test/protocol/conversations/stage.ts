/** A real client with real gateways, on a virtual clock and with a chance of its own: what they say is written on a tape. */
import { Listener } from './listener.ts';
import type { Conversation, Holding, Standing, Step } from './steps.ts';
import { Tape } from './tape.ts';
import { RATE_HZ, toldBy } from './told.ts';
import type { WebSocket } from 'ws';

import { Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.types.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import { listenTo, socketOf } from '../../../src/gateway/ws-socket.ts';
import type { Spool } from '../../../src/ports/spool.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import type { Provider } from '../../../src/providers/contract.ts';
import type { Custody } from '../../../src/providers/gateway/custody.ts';
import type { SavedCustody } from '../../../src/providers/gateway/saved-custody.ts';
import { gateway } from '../../../src/providers/gateway/gateway.ts';
import { createAdmission } from '../../../src/session/admission/admission.ts';
import type { SessionLedger } from '../../../src/session/events.ts';
import type { SessionOptions } from '../../../src/session/options.ts';
import type { Session } from '../../../src/session/session.ts';
import { openSession } from '../../../src/session/whole-session.ts';
import { SimulatedProcess } from '../../../src/simulation/process.ts';
import { secretsOf } from '../../../src/simulation/secrets.ts';
import { SimulatedNetwork } from '../../../src/simulators/network/simulated-network.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';
import { closeAll, GatewaysStore, unpurged } from '../../gateway/gateways-store.ts';
import type { Housed } from '../../gateway/gateways-store.ts';

export const CHUNK_MS = 100;
export const CHUNK_SAMPLES = 800;
const CHUNK_BYTES = 2 * CHUNK_SAMPLES;
const LATENCY_MS = 20;
const WALL_MS = 1_800_000_000_000;

export interface StageOptions {
  readonly seed?: number;
  readonly house?: Partial<GatewayOptions>;
  readonly ringMs?: number;
  readonly bearers?: readonly string[];
  readonly mayMove?: boolean;
  /** How many samples a final is of. */
  readonly final?: number;
  readonly spool?: Spool;
}

export class Stage {
  readonly clock = new VirtualClock(1_000);
  readonly network = new SimulatedNetwork({ clock: this.clock, latencyMs: LATENCY_MS });
  readonly store = createMemoryStore();
  readonly tape = new Tape(this.clock);
  readonly options: StageOptions;
  readonly #gateways: Housed[] = [];
  readonly #url: string;
  readonly elsewhere: Gateway;
  readonly elsewhereUrl: string;
  /** How long the store takes for a record. */
  storeMs = 0;
  #process: SimulatedProcess;
  #session: Session;
  #custody: Custody | null = null;
  #spoken = 0;
  #startMs: number | null = null;
  #bearersGiven = 0;
  #isCutOff = false;
  /** Told of what the next life of the client knows, before it dials. */
  #onCustody: ((custody: Custody) => void) | null = null;
  #lives = 1;

  constructor(options: StageOptions = {}) {
    this.options = options;
    this.restart();
    this.#url = this.#listening(() => this.gateway);
    this.elsewhere = this.#housed(2).gateway;
    this.elsewhereUrl = this.#listening(() => this.elsewhere);
    this.#process = new SimulatedProcess('client', this.clock);
    this.#session = this.#opened(options.spool);
    this.tape.standing = () => this.#standing();
  }

  get gateway(): Gateway {
    return this.#gateways.at(-1)!.gateway;
  }

  get client(): Conversation['client'] {
    const { ringMs = 120_000, bearers = ['ann'], mayMove = false } = this.options;
    return {
      url: `${this.#url}/v1/session`,
      mayMoveTo: mayMove ? [this.elsewhereUrl] : [],
      bearers,
      mayRenew: bearers.length > 1,
      sampleRateHz: RATE_HZ,
      ringMs,
    };
  }

  get wallMs(): number {
    return WALL_MS + Math.round(this.clock.nowMs());
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) await this.clock.advanceAsync(Math.min(10, left));
  }

  async connect(): Promise<this> {
    if (this.#onCustody === null) this.tape.user({ who: 'user', does: 'connect' });
    void this.#session.connect().catch(() => undefined); // it is told as an event, too
    await this.pass(200);
    return this;
  }

  /** So many chunks, one each 100 ms; not a moment passes after the last. */
  async speak(chunks: number): Promise<void> {
    for (let spoken = 0; spoken < chunks; spoken += 1) {
      this.#spoken += 1;
      const payload = { byte: this.#spoken & 0xff, times: CHUNK_BYTES };
      this.#startMs ??= this.clock.nowMs();
      this.tape.speak(payload, CHUNK_MS, this.clock.nowMs() - this.#startMs);
      this.#session.write(new Uint8Array(CHUNK_BYTES).fill(payload.byte), this.clock.nowMs());
      if (spoken < chunks - 1) await this.pass(CHUNK_MS);
    }
  }

  async finish(ms = 3_000): Promise<void> {
    this.tape.user({ who: 'user', does: 'finish' });
    const closing = this.#session.close();
    void closing.then(({ finished }) => {
      if (finished) this.tape.told({ tell: 'finished' });
    });
    await this.pass(ms);
  }

  /** A gateway in the place of the one before, which nobody hears of any more. */
  restart(): void {
    this.#gateways.at(-1)?.store.die();
    this.#gateways.push(this.#housed(1));
  }

  /** All gateways lose all that they knew. */
  async forget(): Promise<void> {
    for (const { id } of this.gateway.sessions) await this.store.drop(id);
    this.restart();
  }

  lose(): void {
    this.network.memory.reset();
  }

  /** The socket is lost, and nobody answers for so long. @param meanwhile what happens in that time. */
  async offline(
    ms: number,
    meanwhile: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const startMs = this.clock.nowMs();
    const clear = this.network.memory.refuse();
    this.tape.shut(true);
    this.lose();
    await meanwhile();
    await this.pass(Math.max(0, startMs + ms - this.clock.nowMs()));
    clear();
    this.tape.shut(false);
  }

  /** kill -9 of the client. */
  kill(): void {
    this.tape.user({ who: 'user', does: 'die' });
    this.#process.kill();
    this.#custody = null;
    this.#isCutOff = true;
    this.lose();
    this.#isCutOff = false;
  }

  /** Another process of the client, with what the last one wrote down. @param holdingOf what that is, once it is read. */
  comeBack(spool: Spool, holdingOf: (saved: SavedCustody, ledger: SessionLedger) => Holding): void {
    this.#lives += 1;
    this.#process = new SimulatedProcess('client', this.clock);
    this.#custody = null;
    this.#session = this.#opened(spool);
    this.#onCustody = (custody) => {
      this.tape.user({
        who: 'user',
        does: 'comeBack',
        holding: holdingOf(custody.save(0), this.#session.ledger),
      });
    };
  }

  /** What the client knows: of the one that stands here. */
  get saved(): SavedCustody | null {
    return this.#custody?.save(0) ?? null;
  }

  /** The socket that was dialled last: the gateway, or whoever is in its place, closes it. */
  hangUp(code: number, reason: string): void {
    this.network.memory.last.end(code, reason);
  }

  async end(): Promise<readonly Step[]> {
    const written = structuredClone(this.tape.stop()); // what follows is not part of it
    void this.#session.close();
    await this.pass(12_000);
    this.#process.kill();
    const closing = this.elsewhere.close();
    await closeAll(this.#gateways, (ms) => this.pass(ms));
    await closing;
    this.network.memory.heal();
    await this.pass(65_000);
    return written;
  }

  #opened(spool: Spool | undefined): Session {
    const { ringMs, seed = 1, mayMove = false } = this.options;
    const options: Partial<SessionOptions> = {
      ...(ringMs === undefined ? {} : { retentionMs: ringMs }),
      ...(spool === undefined ? {} : { spool }),
    };
    const url = `${this.#url}/v1/session`;
    const made = gateway({
      url,
      token: this.#bearers(),
      mayMoveTo: mayMove ? [this.elsewhereUrl] : [],
      wallClock: () => this.wallMs,
    });
    const session = openSession({
      candidates: [this.#watched(made)],
      format: { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ },
      transport: this.#alive(this.tape.over(this.network)),
      clock: this.#process,
      random: seededRandom(seed * 10 + this.#lives),
      admission: createAdmission(),
      reconnect: { retryInitialConnect: true },
      ...options,
    });
    session.on('*', (event) => {
      if (!this.#isCutOff) for (const told of toldBy(event)) this.tape.told(told);
    });
    return session;
  }

  /** Each time the next one, and the last for good. One that never changes is none that is brought anew. */
  #bearers(): string | (() => string) {
    const { bearers = ['ann'] } = this.options;
    if (bearers.length === 1) return bearers[0]!;
    return () => bearers[Math.min(this.#bearersGiven++, bearers.length - 1)]!;
  }

  /** What the client keeps of its session is where its streams leave it. */
  #watched(provider: Provider): Provider {
    return {
      ...provider,
      dial: async (format, reason, memory) => {
        const request = await provider.dial(format, reason, memory);
        const custody = memory!.shared!<Custody>(() => {
          throw new Error('nothing was kept');
        });
        this.#onCustody?.(custody);
        this.#onCustody = null;
        this.#custody = custody;
        return request;
      },
    };
  }

  /** A dead process hears nothing. */
  #alive(transport: ReturnType<Tape['over']>): ReturnType<Tape['over']> {
    const living = this.#process;
    return {
      dial: (request, handlers) =>
        transport.dial(request, {
          onOpen: () => living.run(() => handlers.onOpen()),
          onFrame: (frame) => living.run(() => handlers.onFrame(frame)),
          onPong: () => living.run(() => handlers.onPong()),
          onDrain: () => living.run(() => handlers.onDrain()),
          onEnd: (end) => living.run(() => handlers.onEnd(end)),
        }),
    };
  }

  #standing(): Standing | null {
    const saved = this.saved;
    if (saved === null || this.#custody === null) return null;
    const { epoch, acked, received, fin } = saved;
    return { epoch, acked, next: this.#custody.numbers.last + 1, received, fin };
  }

  #listening(current: () => Gateway): string {
    const { socketUrl } = this.network.listen({
      onUpgrade: () => (socket: WebSocket) => {
        listenTo(socket, current().accept(socketOf(socket, null, '127.0.0.1')));
      },
      onRequest: () => undefined,
    });
    return socketUrl;
  }

  #housed(place: number): Housed {
    const { house = {}, seed = 1, final = 4 * CHUNK_SAMPLES } = this.options;
    const store = new GatewaysStore(unpurged(this.store), () => this.#pause(this.storeMs));
    const count = this.#gateways.length + 1;
    const random = seededRandom(seed * 1_000 + place * 100 + count);
    const made = new Gateway({
      store,
      apps: new Map([['speech', new Listener(final)]]),
      verify: null,
      clock: this.clock,
      wallClock: () => this.wallMs,
      random,
      secrets: secretsOf(random),
      ...house,
    });
    return { gateway: made, store };
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => this.clock.setTimeout(resolve, ms));
  }
}
