/** A client that is killed and comes back, of the same gateways: each life is a process, and a session with the spool of the last. */
import { LinkWorld } from '../gateway/link-world.ts';
import { MemorySpool } from './memory-spool.ts';
import type { SpoolStorage } from '../../src/ports/spool.ts';
import type { Socket, Transport } from '../../src/ports/socket.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type {
  CloseResult,
  SessionEvent,
  SessionEventOf,
  SessionEventType,
} from '../../src/session/events.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { openKeptSpool } from '../../src/spool/open-spool.ts';
import type { OpenSpoolOptions } from '../../src/spool/open-spool.ts';
import type { KeptSpool } from '../../src/spool/spool.ts';

const CHUNK_MS = 100;
const CHUNK_BYTES = 3_200;

export class Life {
  readonly process: SimulatedProcess;
  readonly session: Session;
  readonly spool: KeptSpool;
  readonly events: SessionEvent[] = [];
  readonly #lives: Lives;

  constructor(lives: Lives, spool: KeptSpool, options: Partial<SessionOptions>) {
    const { world } = lives;
    this.#lives = lives;
    this.spool = spool;
    this.process = new SimulatedProcess('client', world.clock, null, 0); // as any process's, its clock begins anew
    this.session = openSession({
      candidates: [gateway({ url: world.url, token: 'ann' })],
      transport: this.#only(world.network),
      clock: this.process,
      random: seededRandom(lives.count),
      ...(options.parts === undefined ? { admission: createAdmission() } : {}),
      reconnect: { retryInitialConnect: true },
      spool,
      ...options,
    });
    this.session.on('*', (event) => this.events.push(event));
  }

  of<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  get finals(): readonly string[] {
    return this.of('transcript').flatMap(({ isFinal, text }) => (isFinal ? [text] : []));
  }

  async connect(): Promise<this> {
    void this.session.connect().catch(() => undefined);
    await this.#lives.world.pass(1_000);
    return this;
  }

  /** Chunks of 100 ms; each byte is the chunk's number in all lives. */
  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.write();
      await this.#lives.world.pass(CHUNK_MS);
    }
  }

  write(): void {
    this.session.write(new Uint8Array(CHUNK_BYTES).fill(this.#lives.written & 0xff));
    this.#lives.written += 1;
  }

  /** kill -9: nobody is told, and what was not stored never is. */
  kill(): void {
    this.process.kill();
    this.#lives.storage.kill();
    this.#lives.world.network.memory.reset();
  }

  async close(): Promise<CloseResult> {
    const closing = this.session.close();
    await this.#lives.world.pass(12_000);
    return closing;
  }

  /** A dead process hears nothing, and dials nothing. */
  #only(transport: Transport): Transport {
    return {
      dial: (request, handlers): Socket =>
        transport.dial(request, {
          onOpen: () => this.process.run(() => handlers.onOpen()),
          onFrame: (frame) => this.process.run(() => handlers.onFrame(frame)),
          onPong: () => this.process.run(() => handlers.onPong()),
          onDrain: () => this.process.run(() => handlers.onDrain()),
          onEnd: (end) => this.process.run(() => handlers.onEnd(end)),
        }),
    };
  }
}

export class Lives {
  readonly world: LinkWorld;
  readonly storage = new MemorySpool();
  /** What lies between a spool and that. */
  over: (storage: SpoolStorage) => SpoolStorage = (storage) => storage;
  count = 0;
  written = 0;

  constructor(world = new LinkWorld()) {
    this.world = world;
  }

  async begin(
    options: Partial<SessionOptions> = {},
    spoolOptions: Partial<OpenSpoolOptions> = {},
  ): Promise<Life> {
    this.count += 1;
    const spool = await openKeptSpool(this.over(this.storage), {
      name: 'test',
      wallClock: () => this.world.wallMs,
      ...spoolOptions,
    });
    return new Life(this, spool, options);
  }
}
