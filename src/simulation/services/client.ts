/** One client of a run: a real session, somebody who speaks into it, and an application that does what applications do. */
import { between } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { ClientClock, ClientTransport, type DialFact } from './client-side.ts';
import { Expectations } from './expectations.ts';
import type { Report } from './told-audio.ts';
import { Microphone } from './microphone.ts';
import { nameOf, type Place } from './places.ts';
import type { ClientPlan, Spell } from './plan.ts';
import { createRepeatingResampler } from './recogniser.ts';
import { closedWords, dialWords, factOf, happeningsOf, type Note } from './facts.ts';
import { RATE_HZ } from './voice.ts';
import { ManualNetwork } from '../../network/manual-signals.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import { silentLogger, type Logger } from '../../ports/logger.ts';
import type { Admission } from '../../session/admission/admission.ts';
import type { CloseResult, SessionEvent, SessionLedger } from '../../session/events.ts';
import { Session } from '../../session/session.ts';

export interface ClientWorld {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly places: readonly Place[];
  readonly admission: Admission;
  readonly random: SeededRandom;
  readonly report: Report;
  /** Everything that happens, for the hash and the trace. */
  readonly note: Note;
  readonly count: (what: string) => void;
}

const TOOL_TAKES_MS = 400;
const SLOW_TOOL_MS = 15_000;
const SLOW_TOOLS_RATIO = 0.2;
/** An application that was given up on lets its user ask again after so long. */
const ASKED_AGAIN_AFTER_MS = { least: 3_000, most: 15_000 } as const;
const DRAIN_MS = 30_000;
/** Refusals that no wait mends. */
const FOR_GOOD: readonly (number | undefined)[] = [401, 402, 403];
const STANDS: readonly string[] = ['active', 'connected'];

export class Client {
  readonly clock: ClientClock;
  readonly signals: ManualNetwork | null;
  readonly session: Session;
  readonly expectations: Expectations;
  readonly #plan: ClientPlan;
  readonly #world: ClientWorld;
  readonly #microphone: Microphone;
  readonly #random: SeededRandom;
  #chunks = 0;
  #isClosing = false;
  #isWell = false;
  #brokenAtMs = -1; // its last connection that was lost
  #result: CloseResult | null = null;

  constructor(plan: ClientPlan, world: ClientWorld) {
    const { clock, random, report } = world;
    this.#plan = plan;
    this.#world = world;
    this.#random = random;
    this.clock = new ClientClock(clock);
    this.signals = plan.hasSignals ? new ManualNetwork(['one', 'other']) : null;
    this.#microphone = new Microphone(random.fork('speech'));
    const { retentionMs, chunkMs: longestChunkMs } = plan;
    const mayRepeatTurns = world.places.some(({ service }) => service === 'gemini');
    this.expectations = new Expectations({ retentionMs, longestChunkMs, mayRepeatTurns }, report);
    this.expectations.spoken = this.#microphone.words;
    this.session = this.#open();
  }

  get chunks(): number {
    return this.#chunks;
  }

  start(): void {
    const { session } = this;
    session.on('*', (event) => this.#hear(event));
    session.conversation.onAudio(() => undefined);
    this.connect();
    this.#capture();
    const { finishesAtMs } = this.#plan;
    if (finishesAtMs !== null) this.clock.setTimeout(() => this.close(), finishesAtMs);
  }

  /** The user asks for a connection. */
  connect(): void {
    if (this.#isClosing) return;
    this.expectations.dials.ordered();
    this.session.connect().catch(() => undefined); // it is told as an event as well
  }

  /** All is well from now on: it says no more, and looks after its connection. */
  heal(): void {
    this.#isWell = true;
    const { status } = this.session;
    if (status === 'error' || status === 'reconnecting') this.connect();
  }

  close(): void {
    if (this.#isClosing) return;
    const { status } = this.session;
    const askedAtMs = this.clock.nowMs();
    if (this.#isWell) this.expectations.converged(status, askedAtMs);
    this.#isClosing = true;
    this.#world.note('closes');
    void this.session.close({ drainTimeoutMs: DRAIN_MS }).then((result) => {
      this.#result = result;
      const tookMs = this.clock.nowMs() - askedAtMs;
      if (this.#brokenAtMs < askedAtMs) this.expectations.parted(result, status, tookMs);
      this.#world.note(closedWords(result));
    });
  }

  /** @returns chunks that became a gap. */
  finish(): number {
    const isEarly = this.#plan.finishesAtMs !== null;
    const { ledger, conversation } = this.session;
    if (!isEarly || this.#result?.drained === true) {
      this.expectations.closed(this.#result, conversation.items);
    } else if (this.#result === null) this.expectations.closed(null, []);
    if (ledger.duplicatesSuppressed > 0) this.#world.count('duplicates');
    return ledger.gap;
  }

  #open(): Session {
    const { places, admission, random, wallClock, note } = this.#world;
    const { clock } = this;
    const { hasStandby, isKeyRenewable, retentionMs, holdDownMs } = this.#plan;
    const apiKey = isKeyRenewable ? () => 'local' : 'local';
    const candidates = places.map((at, place) => {
      const caller = { apiKey, wallClock, random: random.fork(`caller ${place}`) };
      const made = at.provider(caller);
      const mayStandBy = hasStandby && place === 0 && made.traits.makesBeforeBreaks !== false;
      return {
        provider: made,
        region: `region ${place}`,
        transport: new ClientTransport(clock, at, (fact) => this.#dial(place, fact)),
        standby: mayStandBy ? (1 as const) : (0 as const),
      };
    });
    const [{ transport }] = candidates as [(typeof candidates)[number]];
    return new Session({
      candidates,
      transport,
      clock,
      admission,
      retentionMs,
      holdDownMs,
      rotationLeadMs: 20_000,
      format: { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ },
      createResampler: createRepeatingResampler,
      random: random.fork('session'),
      logger: this.#loggerOf(note),
      ...(this.signals === null
        ? {}
        : { network: new NetworkMonitor({ signals: this.signals, clock }) }),
    });
  }

  /** What is told as an error was thrown somewhere. */
  #loggerOf(note: Note): Logger {
    return {
      ...silentLogger,
      error: (message, fields = {}) => {
        note(`log ${message}`);
        this.#world.report('I19', `${message}: ${String(fields['error'])}`);
      },
    };
  }

  #dial(place: number, fact: DialFact): void {
    const { kind, end } = fact;
    const nowMs = this.clock.nowMs();
    this.#world.note(dialWords(fact), { to: nameOf(place) });
    if (kind === 'opened') this.expectations.dials.accepted(place);
    if (end !== undefined && end.code !== 1000) this.#brokenAtMs = nowMs;
    if (kind === 'dialled') this.expectations.dials.dialled(place, nowMs, this.#result !== null);
    const hintMs = Number(end?.headers?.['retry-after'] ?? 0) * 1_000;
    if (end?.status === 429 && hintMs > 0 && !this.#plan.hasStandby) {
      this.expectations.dials.refusedUntil(place, nowMs + hintMs);
    }
    if (end?.kind === 'refused' && FOR_GOOD.includes(end.status) && !this.#plan.isKeyRenewable) {
      // What a second socket beside one that stands is told, the next in its place may not be.
      const beside = Number(this.#plan.hasStandby) + Number(STANDS.includes(this.session.status));
      this.expectations.dials.refusedForGood(place, beside);
    }
  }

  /** One chunk after another, as long as it captures. */
  #capture(): void {
    if (this.#isClosing || this.#isWell) return;
    const { chunkMs } = this.#plan;
    const kind = this.#spell();
    if (kind !== 'off') {
      const chunk = this.#microphone.capture(chunkMs, kind === 'silent');
      this.expectations.captured(chunkMs);
      this.#chunks += 1;
      try {
        if (this.session.write(chunk) === 'evicting') this.#world.count('evicting');
      } catch (error) {
        this.#world.report('I14', `writing threw: ${String(error)}`);
      }
      this.#checkBooks(this.session.ledger);
    }
    this.clock.setTimeout(() => this.#capture(), chunkMs);
  }

  #spell(): Spell['kind'] {
    const nowMs = this.clock.nowMs();
    return this.#plan.spells.filter(({ fromMs }) => fromMs <= nowMs).at(-1)?.kind ?? 'talk';
  }

  #hear(event: SessionEvent): void {
    const { count, note } = this.#world;
    const { ledger } = this.session; // read once: it is made anew
    note(factOf(event), event.type === 'stateChange' ? { state: event.current } : {});
    this.expectations.event(event, ledger, this.clock.nowMs());
    this.#checkBooks(ledger);
    for (const what of happeningsOf(event)) count(what);
    if (event.type === 'connection.reconnecting') this.#brokenAtMs = this.clock.nowMs();
    if (event.type === 'toolCall') this.#answerTool(event.callId);
    if (event.type === 'stateChange' && event.current === 'error') this.#askAgain();
  }

  #checkBooks(ledger: SessionLedger): void {
    const { status } = this.session;
    this.expectations.books(ledger, status === 'reconnecting' || status === 'error');
  }

  #answerTool(callId: string): void {
    const takesMs = this.#random.chance(SLOW_TOOLS_RATIO) ? SLOW_TOOL_MS : TOOL_TAKES_MS;
    this.clock.setTimeout(() => {
      if (this.#isClosing) return;
      this.expectations.calls.answered(callId);
      this.session.conversation.answerTool(callId, 'this and that');
    }, takesMs);
  }

  #askAgain(): void {
    const { least, most } = ASKED_AGAIN_AFTER_MS;
    this.clock.setTimeout(
      () => {
        if (this.session.status === 'error') this.connect();
      },
      between(this.#random, least, most),
    );
  }
}
