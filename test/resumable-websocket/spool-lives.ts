/** A socket whose process is killed, and that comes back with its spool, of the same gateways. */
import { GatewayWorld } from './gateway-world.ts';
import type { WorldOptions } from './gateway-world.ts';
import type { Told } from './told.ts';
import { MemorySpool } from '../spool/memory-spool.ts';
import type { MessageRemains } from '../../src/ports/spool.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { KeptMessages } from '../../src/resumable-websocket/kept-messages.ts';
import { openKeptMessages } from '../../src/resumable-websocket/open-message-spool.ts';
import type { OpenMessageSpoolOptions } from '../../src/resumable-websocket/open-message-spool.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';

export interface SocketLife extends Told {
  readonly spool: KeptMessages;
  readonly remains: MessageRemains | null;
  /** kill -9: nobody is told, and what was not stored never is. */
  kill(): void;
}

export class SocketLives {
  readonly world: GatewayWorld;
  readonly storage = new MemorySpool();
  /** Of storage that is shared by nobody. */
  readonly #spoolOptions: Partial<OpenMessageSpoolOptions>;
  sent = 0;
  #count = 0;

  constructor(world: WorldOptions = {}, spool: Partial<OpenMessageSpoolOptions> = {}) {
    this.world = new GatewayWorld(world);
    this.#spoolOptions = spool;
  }

  get wallMs(): number {
    return 1_800_000_000_000 + this.world.clock.nowMs();
  }

  async begin(
    options: ResumableWebSocketOptions = {},
    spoolOptions: Partial<OpenMessageSpoolOptions> = {},
  ): Promise<SocketLife> {
    const { world } = this;
    this.#count += 1;
    const spool = await openKeptMessages(this.storage, {
      name: 'test',
      wallClock: () => this.wallMs,
      ...this.#spoolOptions,
      ...spoolOptions,
    });
    const process = new SimulatedProcess('client', world.clock, null, 0);
    const client = world.open({
      spool,
      clock: process,
      random: seededRandom(this.#count),
      maxEnqueuedMessages: 10_000,
      transport: {
        dial: (request, handlers) => {
          return world.network.dial(request, {
            onOpen: () => process.run(() => handlers.onOpen()),
            onFrame: (frame) => process.run(() => handlers.onFrame(frame)),
            onPong: () => process.run(() => handlers.onPong()),
            onDrain: () => process.run(() => handlers.onDrain()),
            onEnd: (end) => process.run(() => handlers.onEnd(end)),
          });
        },
      },
      ...options,
    });
    const kill = (): void => {
      process.kill();
      this.storage.kill();
      world.network.memory.reset();
    };
    return { ...client, spool, remains: spool.remains, kill };
  }

  /** One message every 50 ms; each has its number in all lives. */
  async say({ socket }: SocketLife, count: number): Promise<void> {
    for (let said = 0; said < count; said += 1) {
      this.write({ socket });
      await this.world.pass(50);
    }
  }

  write({ socket }: Pick<SocketLife, 'socket'>): void {
    socket.send(`message ${this.sent}`);
    this.sent += 1;
  }
}
