/** One session against one service, over real sockets and on a clock of its own. */
import { ruleFor } from './credentials.ts';
import type { ProviderServer, SampleRange, ServiceScript } from './provider-server.ts';
import type { Setting } from './settings.ts';
import { isSettingUp } from './moments.ts';
import { pathOf, StepLog } from './step-log.ts';
import { Switchboard } from './switchboard.ts';
import { FaultyClock, Facts, mismatch } from './waiting.ts';
import { WatchedProvider } from './watched-provider.ts';
import { WatchedTransport } from './watched-transport.ts';
import { ManualNetwork } from '../../network/manual-signals.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { LogField, Logger } from '../../ports/logger.ts';
import { seededRandom } from '../../ports/random.ts';
import type { Frame } from '../../ports/socket.ts';
import type { Provider } from '../../providers/contract.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import type { SessionEvent } from '../../session/events.ts';
import { Session } from '../../session/session.ts';
import { nodeWebSocketTransport } from '../../transports/websocket.node.ts';
import type { EdgeCoverage } from '../model/edges.ts';

export interface RunOptions {
  readonly provider: (url: string) => Provider;
  readonly server: ProviderServer;
  readonly setting: Setting;
  readonly coverage: EdgeCoverage;
}

const SAMPLE_RATE_HZ = 16_000;

/** Time passes in steps that are shorter than anything that is measured. */
const TICK_MS = 50;

/** So fast that nothing is said twice, and so slow that there is something to see. */
const REPLAY_RATE_RATIO = 1.2;

/** Two sources that agree are believed at once. */
const SOURCES = ['one', 'another'];

export class ConformanceRun {
  readonly clock = new FaultyClock(1_000);
  readonly facts: Facts;
  readonly network = new ManualNetwork(SOURCES);
  readonly log: StepLog;
  readonly events: SessionEvent[] = [];
  /** Everything that was logged, as text. */
  readonly logged: string[] = [];
  readonly service: Switchboard;
  readonly provider: WatchedProvider;
  readonly transport: WatchedTransport;
  readonly session: Session;
  readonly mostSockets: number;
  readonly sampleRateHz: number;
  readonly arePlacesTold: boolean;
  readonly #captured: Uint8Array[] = [];
  readonly #chance = seededRandom(11);

  /** Starts the service, then a session that has not connected yet. */
  static async start(options: RunOptions): Promise<ConformanceRun> {
    const facts = new Facts();
    const service = new Switchboard(options.server, facts);
    await options.server.start(service);
    try {
      return new ConformanceRun(options, service, facts);
    } catch (error) {
      await options.server.stop();
      throw error;
    }
  }

  private constructor(options: RunOptions, service: Switchboard, facts: Facts) {
    const { provider, server, setting, coverage } = options;
    this.service = service;
    this.facts = facts;
    this.mostSockets = setting.mostSockets;
    this.log = new StepLog(setting.lane, facts.changed);
    this.sampleRateHz = sampleRateOf(server.script);
    const tested = provider(server.url);
    this.arePlacesTold = server.script.places !== 'guessed';
    this.provider = new WatchedProvider(tested, {
      traits: {
        replayRateRatio: REPLAY_RATE_RATIO,
        // What is said here is no silence: where results tell their places, they alone settle it.
        ...(this.arePlacesTold ? { silenceSettlesAfterMs: null } : {}),
        ...setting.traits,
      },
      credential: ruleFor(server.script, tested),
      saidAs: (text) => this.#saidAs(text),
      onFact: facts.changed,
      onBroken: facts.breakOff,
    });
    this.transport = new WatchedTransport(
      server.transport ?? nodeWebSocketTransport,
      (frame) => this.#audioBytesIn(frame),
      facts.changed,
    );
    service.connect(this.transport);
    this.session = new Session({
      candidates: setting.candidates(this.provider),
      transport: this.transport,
      format: { encoding: 'pcm_s16le', sampleRateHz: this.sampleRateHz },
      clock: this.clock,
      random: { unit: () => 0.5 },
      network: new NetworkMonitor({ signals: this.network, clock: this.clock }),
      admission: createAdmission(),
      reconnect: setting.policy,
      logger: loggerInto(this.logged),
    });
    this.session.on('*', (event) => this.events.push(event));
    this.session.actor.system.inspect(this.log.inspect);
    coverage.observe(this.session.actor);
  }

  /** Whether the service answers such a question of a session's. */
  answers(question: 'flush' | 'goodbye'): boolean {
    const { script } = this.service.server;
    return script.answers?.includes(question) ?? script.onFrame !== undefined;
  }

  /** All audio that was written, PCM s16le. */
  get captured(): Uint8Array {
    return Buffer.concat(this.#captured);
  }

  /** The wait that the chart is in. */
  get waitMs(): number {
    return this.log.steps.at(-1)?.snapshot.context.waitMs ?? 0;
  }

  /** How it ends is in the log. */
  connect(): void {
    this.session.connect().catch(() => undefined);
  }

  /** Speaks so much at once: chance, so that every place in it can be told from every other. */
  speak({ ms, chunkMs }: { readonly ms: number; readonly chunkMs: number }): void {
    const length = (this.sampleRateHz * chunkMs) / 1_000;
    for (let spokenMs = 0; spokenMs < ms; spokenMs += chunkMs) {
      const samples = Int16Array.from({ length }, () => this.#sample());
      const chunk = new Uint8Array(samples.buffer);
      this.#captured.push(chunk);
      this.session.write(chunk);
    }
  }

  /** Lets a moment pass, with everything that falls due in it. */
  tick(): Promise<void> {
    return this.clock.advanceAsync(TICK_MS);
  }

  /** Lets time pass until it is so. Whatever is still on its way over the network arrives first. */
  async passUntil(isSo: () => boolean, what: string, limitMs = 120_000): Promise<void> {
    const untilMs = this.clock.nowMs() + limitMs;
    while (!isSo()) {
      await this.facts.until(
        () => (this.service.isCalm && !this.#isSettingUp) || isSo(),
        () => 'answer to a dial, a handshake or a ping',
      );
      if (isSo()) return;
      if (this.clock.nowMs() >= untilMs) throw mismatch(`there was no ${what} in ${limitMs} ms`);
      await this.tick();
    }
  }

  /** Ends everything, whatever state it is in. */
  async stop(): Promise<void> {
    void this.session.close({ drainTimeoutMs: 0 });
    await this.service.server.stop();
  }

  /** The two ends come to terms, which takes no time that anybody's patience is measured by. */
  get #isSettingUp(): boolean {
    const last = this.log.steps.at(-1);
    return last !== undefined && isSettingUp(pathOf(last.snapshot));
  }

  /** Never 0, which is the silence that keeps a connection open. */
  #sample(): number {
    return 1 + Math.floor(this.#chance.unit() * 32_000);
  }

  #saidAs(text: string): SampleRange | undefined {
    if (text === '' || !this.arePlacesTold) return undefined;
    const all = this.service.links.flatMap(({ link }) => link.said);
    return all.find((said) => said.text === text);
  }

  #audioBytesIn(frame: Frame): number {
    const { script } = this.service.server;
    const audio = script.audioIn ? script.audioIn(frame) : typeof frame === 'string' ? null : frame;
    return audio?.length ?? 0;
  }
}

/** At which the suite speaks to a service. */
export function sampleRateOf({ sampleRateHz }: ServiceScript): number {
  return sampleRateHz ?? SAMPLE_RATE_HZ;
}

function loggerInto(lines: string[]): Logger {
  const log = (message: string, fields: Readonly<Record<string, LogField>> = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}
