/** A session over a fake network, on a clock of its own. */
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { Provider } from '../../src/providers/contract.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { answerControl, fakeProvider } from '../support/fake-provider.ts';
import type { FakeSocket } from '../support/fake-transport.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

export interface SessionWorldOptions {
  readonly provider?: Provider;
  readonly reconnect?: Partial<ReconnectPolicy>;
  readonly retentionMs?: number;
  readonly onFrame?: (socket: FakeSocket, frame: string | Uint8Array) => void;
}

const CHUNK_MS = 100;
const CHUNK_BYTES = 3_200;

export class SessionWorld {
  readonly clock = new VirtualClock(1_000);
  readonly transport: FakeTransport;
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  #written = 0;

  constructor(options: SessionWorldOptions = {}) {
    this.transport = new FakeTransport({
      clock: this.clock,
      onFrame: options.onFrame ?? answerControl,
    });
    this.session = openSession({
      candidates: [options.provider ?? fakeProvider()],
      transport: this.transport,
      clock: this.clock,
      random: { unit: () => 0.5 },
      reconnect: { jitter: 'none', ...options.reconnect },
      ...(options.retentionMs === undefined ? {} : { retentionMs: options.retentionMs }),
    });
    this.session.on('*', (event) => this.events.push(event));
  }

  of<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  async connect(): Promise<this> {
    const connected = this.session.connect();
    await this.clock.advanceAsync(50);
    await connected;
    return this;
  }

  /** Writes a numbered chunk of 100 ms, whose every byte is its number. */
  write() {
    this.#written += 1;
    return this.session.write(new Uint8Array(CHUNK_BYTES).fill(this.#written));
  }

  /** A microphone that speaks for a while. */
  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.write();
      await this.clock.advanceAsync(CHUNK_MS);
    }
  }

  /** The numbers of the chunks that a socket was sent, in order. */
  heardBy(socket: FakeSocket): readonly number[] {
    const numbers: number[] = [];
    const { audio } = socket;
    for (let at = 0; at < audio.length; at += CHUNK_BYTES) numbers.push(audio[at] ?? 0);
    return numbers;
  }
}
