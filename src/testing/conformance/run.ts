/** One session against one service, over real sockets and on a clock of its own. */
import type { ProviderServer, ServiceDial, ServiceLink } from './provider-server.ts';
import { StepLog } from './step-log.ts';
import { FaultyClock, Facts, mismatch } from './waiting.ts';
import { WatchedProvider } from './watched-provider.ts';
import { WatchedTransport } from './watched-transport.ts';
import type { WatchedSocket } from './watched-transport.ts';
import type { ReconnectPolicy } from '../../../machines/backoff.ts';
import type { NetworkEvent } from '../../../machines/connection.types.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { LogField, Logger } from '../../ports/logger.ts';
import { seededRandom } from '../../ports/random.ts';
import type { Frame } from '../../ports/socket.ts';
import type { Provider } from '../../providers/contract.ts';
import type { SessionEvent } from '../../session/events.ts';
import { Session } from '../../session/session.ts';
import { nodeWebSocketTransport } from '../../transports/websocket.node.ts';
import type { EdgeCoverage } from '../model/edges.ts';

interface ArrivedDial {
  readonly dial: ServiceDial;
  readonly socket: WatchedSocket;
}

export interface AcceptedLink {
  readonly link: ServiceLink;
  readonly socket: WatchedSocket;
}

export interface RunOptions {
  readonly provider: (url: string) => Provider;
  readonly server: ProviderServer;
  readonly policy: ReconnectPolicy;
  readonly coverage: EdgeCoverage;
}

export const SAMPLE_RATE_HZ = 16_000;

/** Time passes in steps that are shorter than anything that is measured. */
const TICK_MS = 50;

/** So fast that nothing is said twice, and so slow that there is something to see. */
const REPLAY_RATE_RATIO = 1.2;

export class ConformanceRun {
  readonly clock = new FaultyClock(1_000);
  readonly facts = new Facts();
  readonly log = new StepLog(this.facts.changed);
  readonly events: SessionEvent[] = [];
  /** Everything that was logged, as text. */
  readonly logged: string[] = [];
  readonly provider: WatchedProvider;
  readonly transport: WatchedTransport;
  readonly session: Session;
  /** Every connection that was accepted, in order, with our end of it. */
  readonly links: AcceptedLink[] = [];
  isSilent = false;
  readonly #dials: ArrivedDial[] = [];
  readonly #captured: Uint8Array[] = [];
  #answered = 0;
  #acceptsAll = false;
  readonly #server: ProviderServer;
  readonly #chance = seededRandom(11);

  /** Starts the service, then a session that has not connected yet. */
  static async start(options: RunOptions): Promise<ConformanceRun> {
    let run: ConformanceRun | null = null;
    await options.server.start({
      onDial: (dial) => {
        if (run !== null) run.#arrive(dial);
      },
      onActivity: () => run?.facts.changed(),
    });
    run = new ConformanceRun(options);
    return run;
  }

  private constructor({ provider, server, policy, coverage }: RunOptions) {
    this.#server = server;
    this.provider = new WatchedProvider(provider(server.url), {
      replayRateRatio: REPLAY_RATE_RATIO,
    });
    this.transport = new WatchedTransport(
      nodeWebSocketTransport,
      (frame) => this.#audioBytesIn(frame),
      this.facts.changed,
    );
    this.session = new Session({
      candidates: [this.provider],
      transport: this.transport,
      clock: this.clock,
      random: { unit: () => 0.5 },
      reconnect: policy,
      logger: loggerInto(this.logged),
    });
    this.session.on('*', (event) => this.events.push(event));
    this.session.actor.system.inspect(this.log.inspect);
    coverage.observe(this.session.actor);
  }

  /** Whether the service is one that answers when a session says goodbye. */
  get answersGoodbye(): boolean {
    return this.#server.script.onFrame !== undefined;
  }

  /** All audio that was written, PCM s16le. */
  get captured(): Uint8Array {
    return Buffer.concat(this.#captured);
  }

  /** The connection that was accepted last and that nobody has let go of, or else the last of all. */
  get current(): AcceptedLink {
    const current = this.links.filter(({ socket }) => socket.isLive).at(-1) ?? this.links.at(-1);
    if (current === undefined) throw mismatch('no dial was accepted yet');
    return current;
  }

  get link(): ServiceLink {
    return this.current.link;
  }

  /** Speaks so much at once: chance, so that every place in it can be told from every other. */
  speak({ ms, chunkMs }: { readonly ms: number; readonly chunkMs: number }): void {
    const length = (SAMPLE_RATE_HZ * chunkMs) / 1_000;
    for (let spokenMs = 0; spokenMs < ms; spokenMs += chunkMs) {
      const samples = Int16Array.from({ length }, () => this.#sample());
      const chunk = new Uint8Array(samples.buffer);
      this.#captured.push(chunk);
      this.session.write(chunk);
    }
  }

  /** The newest dial, once it has reached the service; each is given out once. */
  async nextDial(): Promise<ArrivedDial> {
    await this.facts.until(
      () =>
        this.#dials.length > this.#answered &&
        !this.#isDialing &&
        this.#newest?.socket.isLive === true,
      () => `dial; the session is ${this.session.status}`,
    );
    this.#answered = this.#dials.length;
    return this.#newest as ArrivedDial;
  }

  accept({ dial, socket }: ArrivedDial): void {
    this.links.push({ link: dial.accept(), socket });
    this.isSilent = false;
  }

  /** From now on the service is well: every dial is accepted, and what was held back is answered. */
  acceptAll(): void {
    this.#acceptsAll = true;
    this.isSilent = false;
    for (const { link } of this.links) if (!link.isClosed) link.speakAgain();
    const isOpen = this.#answered < this.#dials.length;
    this.#answered = this.#dials.length;
    if (isOpen && this.#newest?.socket.isLive === true) this.accept(this.#newest);
  }

  goSilent(): void {
    if (!this.isSilent) this.link.goSilent();
    this.isSilent = true;
  }

  speakAgain(): void {
    this.link.speakAgain();
    this.isSilent = false;
  }

  /** Ends the newest connection. Who does not read would not see the closing handshake end either. */
  end(how: FailureKind | 'reset', way = 0): void {
    this.speakAgain();
    this.link.end(how, way);
  }

  /** The wait that the chart is in. */
  get waitMs(): number {
    return this.log.steps.at(-1)?.snapshot.context.waitMs ?? 0;
  }

  /** Lets a moment pass, with everything that falls due in it. */
  tick(): Promise<void> {
    return this.clock.advanceAsync(TICK_MS);
  }

  tellNetwork(event: NetworkEvent): void {
    this.session.actor.send({ ...event, atMs: this.clock.nowMs() });
  }

  /** Waits until the service has heard all that was sent on the current connection. */
  async heard(): Promise<void> {
    const { link, socket } = this.current;
    await this.facts.until(
      () => link.audio.length >= socket.sentAudioBytes,
      () => `audio at the service after ${link.audio.length} of ${socket.sentAudioBytes} bytes`,
    );
  }

  /** Lets time pass until it is so. Whatever is still on its way over the network arrives first. */
  async passUntil(isSo: () => boolean, what: string, limitMs = 120_000): Promise<void> {
    const untilMs = this.clock.nowMs() + limitMs;
    while (!isSo()) {
      await this.facts.until(
        () => this.#isCalm() || isSo(),
        () => `answer to a ping`,
      );
      if (isSo()) return;
      if (this.clock.nowMs() >= untilMs) throw mismatch(`there was no ${what} in ${limitMs} ms`);
      await this.tick();
    }
  }

  /** Ends everything, whatever state it is in. */
  async stop(): Promise<void> {
    void this.session.close({ drainTimeoutMs: 0 });
    await this.#server.stop();
  }

  /** Time stands still until a dial has arrived, so that there is but one that it can be. */
  #arrive(dial: ServiceDial): void {
    const socket = this.transport.sockets.find(({ isLive, hasArrived }) => isLive && !hasArrived);
    if (socket === undefined) return; // nobody waits for it any more
    socket.hasArrived = true;
    const arrived = { dial, socket };
    this.#dials.push(arrived);
    if (this.#acceptsAll) {
      this.#answered = this.#dials.length;
      this.accept(arrived);
    }
    this.facts.changed();
  }

  get #newest(): ArrivedDial | undefined {
    return this.#dials.at(-1);
  }

  get #isDialing(): boolean {
    return this.transport.live.some(({ hasArrived }) => !hasArrived);
  }

  /** Nothing is on its way that somebody's patience is measured by. */
  #isCalm(): boolean {
    const { live } = this.transport;
    if (this.#isDialing || (this.#acceptsAll && !live.every(({ isOpen }) => isOpen))) return false;
    return this.isSilent || live.every(({ openPings }) => openPings === 0);
  }

  /** Never 0, which is the silence that keeps a connection open. */
  #sample(): number {
    return 1 + Math.floor(this.#chance.unit() * 32_000);
  }

  #audioBytesIn(frame: Frame): number {
    const { script } = this.#server;
    const audio = script.audioIn ? script.audioIn(frame) : typeof frame === 'string' ? null : frame;
    return audio?.length ?? 0;
  }
}

function loggerInto(lines: string[]): Logger {
  const log = (message: string, fields: Readonly<Record<string, LogField>> = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}
