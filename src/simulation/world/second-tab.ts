/** A tab that was duplicated: the same code, with what the other one had stored of its session. Its user may insist on it. */
import { Access } from './access.ts';
import { addressOf, BALANCER_URL } from './harbour.ts';
import type { Report } from '../checks/report.ts';
import type { KnownToken } from '../checks/wire-checks.ts';
import type { Struck } from '../nemeses/nemesis.types.ts';
import { SimulatedProcess } from '../process.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import type { Provider, StreamMemory } from '../../providers/contract.ts';
import { Custody } from '../../providers/gateway/custody.ts';
import { gateway } from '../../providers/gateway/gateway.ts';
import { Numbers } from '../../providers/gateway/numbers.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import type { SessionEventOf, TranscriptEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';
import { openSession } from '../../session/whole-session.ts';

/** So often its user presses "use it here". */
const PRESSES = 6;
const PRESSES_AFTER_MS = [100, 1_500] as const;
const LEAVES_WITHIN_MS = 20_000;
/** No session gives more. */
const NUMBERS = 16_000;
const SEAM_MS = 1;
const SUPERSEDED = String(CLOSE.superseded);

type TabWorld = Pick<Struck, 'clock' | 'harbour' | 'wire' | 'report'>;

export interface TabOptions {
  readonly client: number;
  readonly name: string;
  readonly sampleRateHz: number;
  readonly random: SeededRandom;
}

export class SecondTab {
  readonly session: Session;
  readonly #world: TabWorld;
  readonly #options: TabOptions;
  readonly #process: SimulatedProcess;
  readonly #memories = new WeakMap<StreamMemory, StreamMemory>();
  #custody: Custody | null = null;
  #presses = 0;
  #bearers = 0;
  #endMs = 0;
  #wasToldToStayAway = false;
  #isLeaving = false;

  constructor(world: TabWorld, options: TabOptions) {
    const { clock, harbour } = world;
    const { client, name, random, sampleRateHz } = options;
    this.#world = world;
    this.#options = options;
    this.#process = new SimulatedProcess(name, clock);
    this.session = openSession({
      candidates: [this.#provider()],
      format: { encoding: 'pcm_s16le', sampleRateHz },
      reconnect: { retryInitialConnect: true },
      transport: new Access({
        clock,
        process: this.#process,
        random: random.fork('network'),
        peer: harbour,
        onFrame: harbour.onFrame,
        address: `10.0.${client}.9`,
        onDial: () => this.#dialled(),
        onEnd: ({ code }) => {
          this.#wasToldToStayAway ||= code === CLOSE.superseded;
        },
      }),
      admission: createAdmission(),
      clock: this.#process,
      random: random.fork('session'),
    });
    this.session.on('connection.failed', (event) => this.#failed(event));
    this.session.on('connection.reconnecting', ({ cause }) => {
      world.report.tell(name, `reconnecting (${cause.code})`);
    });
    this.session.on('transcript', (event) => this.#told(event));
    this.session.on('gateway.attached', ({ resumed }) => {
      if (resumed) world.report.sometimes('a tab took a session');
    });
  }

  open(): void {
    this.#process.run(() => this.#connect());
  }

  /** Closed by its user. */
  leave(): void {
    this.#isLeaving = true;
    this.#process.run(() => {
      void this.session.close({ drainTimeoutMs: LEAVES_WITHIN_MS }).then(() => {
        const { status } = this.session;
        if (status !== 'disconnected' && status !== 'error')
          this.#violated('I10', `it was closed, and is ${status}`);
        if (this.#wasToldToStayAway)
          this.#violated('I17', 'nobody was told that it was superseded');
      });
    });
  }

  #connect(): void {
    this.#wasToldToStayAway = false;
    if (this.#custody !== null) this.#adopt(this.#custody);
    void this.session.connect().catch(() => undefined); // told by `connection.failed`
  }

  #failed({ failure }: SessionEventOf<'connection.failed'>): void {
    const { report } = this.#world;
    report.tell(this.#options.name, `given up: ${failure.code}`);
    this.#wasToldToStayAway &&= failure.code !== SUPERSEDED;
    if (failure.code !== SUPERSEDED) return;
    report.sometimes('a tab was superseded');
    if (this.#isLeaving || this.#presses >= PRESSES) return;
    this.#presses += 1;
    const [least, most] = PRESSES_AFTER_MS;
    const afterMs = least + this.#options.random.unit() * (most - least);
    this.#process.setTimeout(() => {
      if (!this.#isLeaving) this.#connect();
    }, afterMs);
  }

  #told({ isFinal, startMs, endMs }: TranscriptEvent): void {
    if (!isFinal) return;
    if (startMs < this.#endMs - SEAM_MS)
      this.#violated('I6', `a final begins at ${startMs} ms; one before ended at ${this.#endMs}`);
    this.#endMs = Math.max(this.#endMs, endMs);
  }

  #dialled(): void {
    this.#world.report.tell(this.#options.name, 'dials');
    if (this.#wasToldToStayAway) this.#violated('I12', 'it dials though it was told to stay away');
  }

  /** What any of them has written down last. */
  #stored(): KnownToken | undefined {
    const ofClient = [...this.#world.wire.tokens.values()].filter(
      ([first]) => first?.client === this.#options.client,
    );
    return ofClient.at(-1)?.at(-1);
  }

  #provider(): Provider {
    const { client, name } = this.#options;
    const { clock, harbour } = this.#world;
    const provider = gateway({
      url: BALANCER_URL,
      token: () => `client-${client}/${name.replaceAll(' ', '-')}-${(this.#bearers += 1)}`,
      mayMoveTo: Array.from({ length: harbour.count }, (_, at) => addressOf(at)),
      wallClock: () => clock.nowMs(),
    });
    return {
      ...provider,
      dial: (format, reason, memory) => provider.dial(format, reason, this.#seeded(memory)),
      openStream: (format, memory) => provider.openStream(format, this.#seeded(memory)),
    };
  }

  /** What its streams leave for each other begins with what was stored. */
  #seeded(memory: StreamMemory | undefined): StreamMemory | undefined {
    if (memory?.shared === undefined) return memory;
    const { shared } = memory;
    const seeded = this.#memories.get(memory) ?? {
      ...memory,
      shared: (create) =>
        shared((random, clock) => {
          const made = create(random, clock);
          if (made instanceof Custody) {
            this.#custody = made;
            this.#adopt(made);
          }
          return made;
        }),
    };
    this.#memories.set(memory, seeded);
    return seeded;
  }

  /** It has none of the audio, and knows no more of it than that it has numbers. */
  #adopt(custody: Custody): void {
    const stored = this.#stored();
    if (stored === undefined) return;
    custody.take(stored.welcome);
    custody.received = this.#world.wire.downAcked.get(stored.sessionId) ?? 0;
    custody.numbers = new Numbers(0);
    while (custody.numbers.last < NUMBERS) custody.numbers.place(0, 0);
  }

  #violated(...[invariant, message]: Parameters<Report['violated']>): void {
    this.#world.report.violated(invariant, `${this.#options.name}: ${message}`);
  }
}
