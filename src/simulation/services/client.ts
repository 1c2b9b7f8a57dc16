/** One client of a run: a real session, somebody who speaks into it, and an application that does what applications do. */
import { between } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { ClientClock } from './client-side.ts';
import type { ClientWorld } from './client.types.ts';
import { ClientDials } from './client-dials.ts';
import { Expectations } from './expectations.ts';
import { Microphone } from './microphone.ts';
import type { ClientPlan, Spell } from './plan.ts';
import { closedWords, factOf, happeningsOf } from './facts.ts';
import { partOf } from './link-checks.ts';
import { STANDS, isAgent, serve, statusesOf } from './served.ts';
import type { Served } from './served.ts';
import { ManualNetwork } from '../../network/manual-signals.ts';
import { silentLogger, type Logger } from '../../ports/logger.ts';
import type { CloseResult, SessionEvent, SessionLedger } from '../../session/events.ts';

const TOOL_TAKES_MS = 400;
const SLOW_TOOL_MS = 15_000;
const SLOW_TOOLS_RATIO = 0.2;
/** An application that was given up on lets its user ask again after so long. */
const ASKED_AGAIN_AFTER_MS = { least: 3_000, most: 15_000 } as const;
const DRAIN_MS = 30_000;
/** After all is well. */
const TYPES_AFTER_MS = 35_000;
/** After that: of what it had captured the last words may not have been ended by a pause. */
const ENDS_TURN_AFTER_MS = 15_000;

export class Client {
  readonly clock: ClientClock;
  readonly signals: ManualNetwork | null;
  readonly session: Served;
  readonly expectations: Expectations;
  readonly #plan: ClientPlan;
  readonly #world: ClientWorld;
  readonly #microphone: Microphone;
  readonly #random: SeededRandom;
  readonly #dials: ClientDials;
  #chunks = 0;
  #isClosing = false;
  #isWell = false;
  #isAsking = false; // it is about to ask for a connection again
  #hadVoice = false;
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
    this.session = serve({
      ...{ plan, world, clock: this.clock, signals: this.signals },
      logger: this.#logger(),
      onDial: (part, target, fact) => this.#dials.take(part, target, fact),
    });
    this.expectations = new Expectations(
      { retentionMs, longestChunkMs, mayRepeatTurns, isAgent: isAgent(this.session) },
      report,
    );
    this.#dials = new ClientDials({
      ...{ plan, expectations: this.expectations, clock: this.clock, note: world.note },
      statusOf: (part) => this.#statuses[part === 'speaking' ? 1 : 0],
      isOver: () => this.#result !== null,
    });
    this.expectations.spoken = this.#microphone.words;
  }

  get chunks(): number {
    return this.#chunks;
  }

  /** Of its sessions: the one that hears comes first. */
  get #statuses(): readonly [string, ...string[]] {
    return statusesOf(this.session);
  }

  start(): void {
    const { session } = this;
    session.on('*', (event) => this.#hear(event));
    session.conversation.onAudio(({ id, durationMs }) =>
      this.expectations.replies?.sounded(id, durationMs),
    );
    this.connect();
    this.#capture();
    const { finishesAtMs } = this.#plan;
    if (finishesAtMs !== null) this.clock.setTimeout(() => this.close(), finishesAtMs);
  }

  /** The user asks for a connection. */
  connect(): void {
    if (this.#isClosing) return;
    this.expectations.ordered();
    this.session.connect().catch(() => undefined); // it is told as an event as well
  }

  /** All is well from now on: it says no more, and looks after its connection. */
  heal(): void {
    this.#isWell = true;
    const statuses = this.#statuses;
    if (statuses.includes('error') || statuses.includes('reconnecting')) this.connect();
    if (isAgent(this.session)) this.clock.setTimeout(() => this.#type(), TYPES_AFTER_MS);
  }

  close(): void {
    if (this.#isClosing) return;
    const [status] = this.#statuses;
    const askedAtMs = this.clock.nowMs();
    if (this.#isWell) this.#converge(askedAtMs);
    this.#isClosing = true;
    this.#world.note('closes');
    void this.session.close({ drainTimeoutMs: DRAIN_MS }).then((result) => {
      this.#result = result;
      const tookMs = this.clock.nowMs() - askedAtMs;
      if (this.#dials.brokenAtMs < askedAtMs) this.expectations.parted(result, status, tookMs);
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

  #converge(atMs: number): void {
    const { expectations, session } = this;
    const [hearing, speaking] = this.#statuses;
    expectations.converged(hearing, atMs);
    if (speaking !== undefined) {
      expectations.converged(speaking, atMs, 'speaking');
      expectations.converged('active', atMs, 'thinking');
    }
    expectations.replies?.converged(session.conversation.items, this.#hadVoice, atMs);
  }

  /** The last turn of the user of a voice agent. */
  #type(): void {
    if (this.#isClosing || !isAgent(this.session)) return;
    this.#hadVoice = STANDS.includes(this.session.speaking.status);
    this.session.conversation.send('w0');
    this.clock.setTimeout(() => this.session.conversation.endTurn(), ENDS_TURN_AFTER_MS);
  }

  /** What is told as an error was thrown somewhere. */
  #logger(): Logger {
    const { note } = this.#world;
    return {
      ...silentLogger,
      error: (message, fields = {}) => {
        note(`log ${message}`);
        this.#world.report('I19', `${message}: ${String(fields['error'])}`);
      },
    };
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
    if (event.type === 'connection.reconnecting' && partOf(event) === 'hearing') {
      this.#dials.broke();
    }
    if (event.type === 'toolCall') this.#answerTool(event.callId);
    if (this.#isGivenUp(event)) this.#askAgain();
  }

  #isGivenUp(event: SessionEvent): boolean {
    if (event.type === 'session.degraded') return isAgent(this.session);
    return event.type === 'stateChange' && event.current === 'error';
  }

  #checkBooks(ledger: SessionLedger): void {
    const [status] = this.#statuses;
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
    if (this.#isAsking && isAgent(this.session)) return; // each of its parts is told of
    this.#isAsking = true;
    this.clock.setTimeout(
      () => {
        this.#isAsking = false;
        if (this.#statuses.includes('error')) this.connect();
      },
      between(this.#random, least, most),
    );
  }
}
