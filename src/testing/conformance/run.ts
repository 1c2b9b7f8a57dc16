/** One session against one service, over real sockets and on a clock of its own. */
import { ruleFor } from './credentials.ts';
import { Microphone } from './microphone.ts';
import { isSettingUp } from './moments.ts';
import { nodeTransport } from './node-transport.node.ts';
import type { ProviderServer, SampleRange } from './provider-server.ts';
import { handshakeRemedy } from './remedies.ts';
import {
  answersOf,
  arePlacesTold,
  isByRequest,
  isVoice,
  sampleRateOf,
  workIn,
} from './script-kinds.ts';
import type { Setting } from './settings.ts';
import { SpeechWatch } from './speech-watch.ts';
import { pathOf, StepLog } from './step-log.ts';
import { Switchboard } from './switchboard.ts';
import { FaultyClock, Facts, mismatch } from './waiting.ts';
import { WatchedProvider } from './watched-provider.ts';
import { WatchedTransport } from './watched-transport.ts';
import { ManualNetwork } from '../../network/manual-signals.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { LogField, Logger } from '../../ports/logger.ts';
import type { Transport } from '../../ports/socket.ts';
import type { Provider, ProviderWorld } from '../../providers/contract.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import type { SessionEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';
import { openSession } from '../../session/whole-session.ts';
import type { EdgeCoverage } from '../model/edges.ts';

export interface RunOptions {
  readonly provider: (url: string) => Provider;
  readonly server: ProviderServer;
  readonly setting: Setting;
  readonly coverage: EdgeCoverage;
}

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
  readonly microphone: Microphone;
  readonly mostSockets: number;
  readonly sampleRateHz: number;
  readonly arePlacesTold: boolean;
  /** What is spoken; null where the service is no voice. */
  readonly speech: SpeechWatch | null;
  /** What a voice was given to say, in order. */
  readonly texts: SaidText[] = [];
  /** What was heard of it, PCM s16le. */
  readonly sounds: Uint8Array[] = [];
  /** Its provider makes its own sockets of requests. */
  readonly isByRequest: boolean;

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
    this.arePlacesTold = arePlacesTold(server.script);
    this.isByRequest = isByRequest(server.script);
    this.speech = isVoice(server.script) ? new SpeechWatch(() => this.clock.sound.nowMs()) : null;
    const platform = server.transport ?? nodeTransport(this.clock.sound);
    this.provider = new WatchedProvider(tested, {
      traits: {
        replayRateRatio: REPLAY_RATE_RATIO,
        // What is said here is no silence: where results tell their places, they alone settle it.
        ...(this.arePlacesTold ? { silenceSettlesAfterMs: null } : {}),
        ...setting.traits,
        // A request that waits is silence as well: there the adapter's own patience counts.
        ...(this.isByRequest ? { liveness: tested.traits.liveness ?? {} } : {}),
      },
      credential: ruleFor(server.script, tested),
      saidAs: (text) => this.#saidAs(text),
      speech: this.speech,
      over: (make) => this.#madeBy(make, platform),
      onFact: facts.changed,
      onBroken: facts.breakOff,
    });
    this.transport = new WatchedTransport(
      platform,
      (frame) => workIn(server.script, frame),
      facts.changed,
    );
    service.connect(this.transport);
    this.session = openSession({
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
    this.microphone = new Microphone(this.sampleRateHz, (chunk) => this.session.write(chunk));
    this.session.on('*', (event) => this.events.push(event));
    if (this.speech !== null) this.#listen();
    this.session.actor.system.inspect(this.log.inspect);
    coverage.observe(this.session.actor);
  }

  /** Whether the service answers such a question of a session's. */
  answers(question: 'flush' | 'goodbye'): boolean {
    return answersOf(this.service.server.script).includes(question);
  }

  /** The wait that the chart is in. */
  get waitMs(): number {
    return this.log.steps.at(-1)?.snapshot.context.waitMs ?? 0;
  }

  /** How it ends is in the log. */
  connect(): void {
    this.session.connect().catch(() => undefined);
  }

  /** Has a voice say two sentences that no other text has. */
  say(): void {
    const number = this.texts.length + 1;
    const sentences = [`This is text number ${number}.`, `It has two sentences, number ${number}.`];
    this.sayAll(sentences);
  }

  sayAll(sentences: readonly string[]): void {
    const id = this.session.conversation.say(sentences.join(' '));
    this.texts.push({ id, sentences });
  }

  /** Every text was told to be spoken to its end. */
  get isAllSpoken(): boolean {
    const told = this.events.filter(({ type }) => type === 'spoken').length;
    return told >= this.texts.filter(({ isDropped = false }) => !isDropped).length;
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
        () => handshakeRemedy(this.log, this.provider.traits),
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

  #saidAs(text: string): SampleRange | undefined {
    if (text === '' || !this.arePlacesTold) return undefined;
    const all = this.service.links.flatMap(({ link }) => link.said);
    return all.find((said) => said.text === text);
  }

  #madeBy(make: (world: ProviderWorld) => Transport, transport: Transport): Transport {
    const world = { transport, clock: this.clock.sound };
    return this.transport.over(this.service.server.over?.(make, world) ?? make(world));
  }

  #listen(): void {
    this.session.conversation.onAudio(({ bytes }) => {
      this.sounds.push(bytes.slice());
      this.facts.changed();
    });
  }
}

/** A text that a voice was given to say. */
export interface SaidText {
  readonly id: string;
  readonly sentences: readonly string[];
  /** It was interrupted. */
  isDropped?: boolean;
}

function loggerInto(lines: string[]): Logger {
  const log = (message: string, fields: Readonly<Record<string, LogField>> = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}
