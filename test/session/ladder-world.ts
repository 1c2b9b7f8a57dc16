/** A session over several candidates, each with a network of its own, on one virtual clock. */
import { afterEach, expect } from 'vitest';

import { createAdmission } from '../../src/session/admission/admission.ts';
import type { CandidateOptions } from '../../src/session/candidates.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { NetworkMonitor } from '../../src/network/monitor.ts';
import type { NetworkSignals } from '../../src/ports/network.ts';
import type {
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
} from '../../src/providers/contract.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { expectBalanced } from '../support/expect-quiet.ts';
import { answerControl, fakeProvider, sayFinal } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import type { FakeSocket } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CHUNK_MS = 100;
const CHUNK_BYTES = 3_200;

export interface LadderCandidate extends Omit<CandidateOptions, 'provider' | 'transport'> {
  readonly name: string;
  readonly traits?: Partial<ProviderTraits>;
  /** Asked on every dial. Default: it comes at once. */
  readonly askCredential?: () => Promise<unknown>;
  readonly openStream?: () => Partial<ProviderStream>;
  /** Default `stt`. */
  readonly component?: Provider['component'];
}

export class LadderWorld {
  readonly clock = new VirtualClock(1_000);
  readonly networks: readonly FakeTransport[];
  readonly admission = createAdmission();
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  #written = 0;

  constructor(
    candidates: readonly LadderCandidate[],
    options: Partial<SessionOptions> = {},
    signals: NetworkSignals | null = null,
  ) {
    this.networks = candidates.map(
      () => new FakeTransport({ clock: this.clock, onFrame: answerControl }),
    );
    this.session = openSession({
      candidates: candidates.map(
        ({ name, component = 'stt', region, standby, ...fake }, index) => ({
          ...(region === undefined ? {} : { region }),
          ...(standby === undefined ? {} : { standby }),
          provider: { ...fakeProvider(fake), name, component },
          transport: this.networks[index]!,
        }),
      ),
      transport: this.networks[0]!,
      clock: this.clock,
      random: seededRandom(7),
      admission: this.admission,
      reconnect: { jitter: 'none' },
      ...(signals === null ? {} : { network: new NetworkMonitor({ signals, clock: this.clock }) }),
      ...options,
    });
    this.session.on('*', (event) => this.events.push(event));
  }

  of<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  /** From whom to whom the session went, and why. */
  get changes(): readonly (readonly [string, string, string])[] {
    return this.of('candidate.changed').map(({ from, to, reason }) => [from, to, reason]);
  }

  async connect(): Promise<this> {
    const connected = this.session.connect();
    await this.pass(50);
    await connected;
    return this;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  network(index: number): FakeTransport {
    const network = this.networks[index];
    if (network === undefined) throw new Error(`there is no candidate ${index}`);
    return network;
  }

  /** The service of one candidate is gone: what stands breaks, and new dials are refused. */
  kill(index: number): void {
    this.network(index).outcome = () => ({ code: 1006, reason: '', errorCode: 'ECONNREFUSED' });
    this.network(index).reset();
  }

  revive(index: number): void {
    this.network(index).outcome = () => 'opens';
  }

  /** Sockets that stand, by candidate. */
  get live(): readonly number[] {
    return this.networks.map(({ live }) => live.length);
  }

  /** A microphone that speaks for a while. Each chunk is full of its own number. */
  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.#written += 1;
      this.session.write(new Uint8Array(CHUNK_BYTES).fill(this.#written));
      await this.pass(CHUNK_MS);
    }
  }

  /** The service covers all that it heard on this socket with a final. */
  settle(socket: FakeSocket, text = 'word'): void {
    const toSample = socket.audio.length / 2;
    sayFinal(socket, { fromSample: this.#settled.get(socket) ?? 0, toSample, text });
    this.#settled.set(socket, toSample);
  }

  readonly #settled = new Map<FakeSocket, number>();

  /** The service tells that the speaker paused. */
  pause(socket: FakeSocket): void {
    this.tell(socket, { kind: 'utteranceEnded', atSample: socket.audio.length / 2 });
  }

  tell(socket: FakeSocket, event: ProviderEvent): void {
    socket.say(JSON.stringify(event));
  }

  /** The numbers of the chunks that a socket was sent, in order. */
  heardBy(socket: FakeSocket): readonly number[] {
    const { audio } = socket;
    return Array.from(
      { length: audio.length / CHUNK_BYTES },
      (_, at) => audio[at * CHUNK_BYTES] ?? 0,
    );
  }

  async close(): Promise<void> {
    const closed = this.session.close({ drainTimeoutMs: 0 });
    await this.pass(10);
    await closed;
  }
}

/** The ladder of each test in a file: closed after it, and seen to end quiet. */
export function watchedLadders() {
  let ladder: LadderWorld | null = null;
  const made = (...args: ConstructorParameters<typeof LadderWorld>): LadderWorld =>
    (ladder = new LadderWorld(...args));

  afterEach(async () => {
    if (ladder === null) return;
    await ladder.close();

    expect(ladder.live.every((count) => count === 0)).toBe(true);
    expect(ladder.clock.pending).toBe(0);
    expectBalanced(ladder.session);
    ladder = null;
  });

  return {
    made,
    started: (...args: ConstructorParameters<typeof LadderWorld>) => made(...args).connect(),
  };
}
