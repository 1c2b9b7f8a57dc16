/** Whether a client stays with its session, as long as nothing happens that no gateway could keep it through. */
import type { Report } from './report.ts';
import type { InvariantId } from '../simulation.types.ts';
import type { Clock } from '../../ports/clock.ts';
import { CLOSE } from '../../protocol/close-codes.ts';

/** Who is heard of within so much of the grace is within all of it. */
const LATELY_RATIO = 0.5;

/** What a session may be lost by, or by what is made of it: of its client, or of all. */
const EXPLAINS: ReadonlySet<string> = new Set([
  // Its log is not what it was, or its age is not known.
  'storeTailLost',
  'storeStale',
  // Three protocol errors in a row end one.
  'lostFrames',
  'lostTail',
  'flippedBits',
  'truncated',
  // What it was told of its session, and of its end, did not come.
  'lostAnswers',
  // Somebody else takes it, or its application gives it up.
  'secondTab',
  'speechThrows',
]);

/** The same, of whichever gateway: for as long as a session may have no newer record than one whose time is wrong. */
const EXPLAINS_OF_GATEWAYS = 'wallClockJump';

/** So many WELCOMEs may be lost in a row before a token of the client's is dead. */
const WELCOMES_LOST_AT_MOST = 3;

/** Until it is welcomed in the next. */
const REDIAL_MS = 10_000;
/** As often within so long a client that is told so begins another session. PROTOCOL.md, P16.3 */
const PROTOCOL_ERRORS = { most: 3, withinMs: 60_000 };

/** After these a client that heeds them dials no more. */
const FINAL: ReadonlySet<number> = new Set([
  CLOSE.superseded,
  CLOSE.tooLarge,
  CLOSE.version,
  CLOSE.overCredit,
]);

interface Known {
  /** Sessions that have something of this client's. */
  sessions: number;
  /** Of so many of them it was told that they are lost. */
  told: number;
  heardAtMs: number;
  /** The code by which it was told to stay away. */
  refusedBy: number | null;
  /** And that its application was not told of yet. */
  untold: number | null;
  protocolErrorsAtMs: number[];
  /** What another process of it has may not open its session any more. */
  mayHaveForgotten: boolean;
}

export class SessionChecks {
  readonly #report: Report;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #latelyMs: number;
  readonly #clients = new Map<number, Known>();

  constructor(report: Report, clock: Pick<Clock, 'nowMs'>, graceMs: number) {
    this.#latelyMs = graceMs * LATELY_RATIO;
    this.#report = report;
    this.#clock = clock;
  }

  /** A gateway that has let it in has heard something of that client. */
  heard(client: number): void {
    this.#knownOf(client).heardAtMs = this.#clock.nowMs();
  }

  /** A log has the first of that client's. */
  begun(client: number): void {
    const known = this.#knownOf(client);
    known.sessions += 1;
    if (known.sessions <= known.told + 1) return;
    this.#violated(
      'I11',
      client,
      `it is in its session number ${known.sessions}, and was told of none`,
    );
  }

  /** Its application wants nothing any more, and is told of no connection. */
  closes(client: number): void {
    this.#knownOf(client).told = Infinity;
  }

  /** That client was told that its session is lost. */
  lost(client: number): void {
    const known = this.#knownOf(client);
    known.told = Math.max(known.told, known.sessions);
    this.#expectExplained('I11', client, 'its session is lost');
  }

  /** That client tries no more, though nobody asked it to. @param why as it says. */
  gaveUp(client: number, why: string): void {
    const known = this.#knownOf(client);
    if (known.untold !== null && !why.includes(String(known.untold)))
      this.#violated('I11', client, `it was refused by ${known.untold}, and says ${why}`);
    known.untold = null;
    if (known.refusedBy === null) this.#expectExplained('I10', client, 'it gives up');
  }

  /** Another process of that client goes on. @param mayHaveForgotten with less than the one before knew of its session. */
  restarted(client: number, mayHaveForgotten: boolean): void {
    const known = this.#knownOf(client);
    if (mayHaveForgotten) known.told = Math.max(known.told, known.sessions);
    Object.assign(known, { mayHaveForgotten, refusedBy: null, untold: null });
    known.protocolErrorsAtMs = [];
  }

  /** A socket of that client's was closed by its other end. */
  ended(client: number, code: number): void {
    const known = this.#knownOf(client);
    if (FINAL.has(code)) known.refusedBy = known.untold = code;
    if (code === CLOSE.protocolError) known.protocolErrorsAtMs.push(this.#clock.nowMs());
  }

  /** That client ended because it was asked to: what its other end says no longer matters. */
  ends(client: number): void {
    this.#knownOf(client).untold = null;
  }

  /** At the end of the run. @param isDead nobody can be told. */
  expectTold(client: number, isDead: boolean): void {
    const { untold } = this.#knownOf(client);
    if (untold === null || isDead) return;
    this.#violated('I11', client, `it was refused by ${untold}, and its application was not told`);
  }

  dialled(client: number): void {
    const { refusedBy } = this.#knownOf(client);
    if (refusedBy === null) return;
    this.#violated('I12', client, `it dials though ${refusedBy} told it to stay away`);
  }

  #expectExplained(invariant: InvariantId, client: number, what: string): void {
    const { heardAtMs, protocolErrorsAtMs, mayHaveForgotten } = this.#knownOf(client);
    if (mayHaveForgotten) return;
    const nowMs = this.#clock.nowMs();
    const awayMs = nowMs - heardAtMs;
    const { most, withinMs } = PROTOCOL_ERRORS;
    const errors = protocolErrorsAtMs.filter((atMs) => nowMs - atMs < withinMs + REDIAL_MS);
    if (awayMs > this.#latelyMs || errors.length >= most || this.#isExplained(client)) return;
    const lately = `${Math.round(awayMs)} ms after a gateway heard of it`;
    this.#violated(invariant, client, `${what} ${lately}, and nothing explains it`);
  }

  #isExplained(client: number): boolean {
    const { happened } = this.#report;
    if ((happened['a WELCOME was lost'] ?? 0) > WELCOMES_LOST_AT_MOST) return true;
    const isOfGateways = (kind: string): boolean => kind === EXPLAINS_OF_GATEWAYS;
    if (this.#report.isUnder(isOfGateways, null, this.#latelyMs / LATELY_RATIO)) return true;
    return this.#report.isUnder((kind) => EXPLAINS.has(kind), client);
  }

  #violated(invariant: InvariantId, client: number, message: string): void {
    this.#report.violated(invariant, `client ${client + 1}: ${message}`);
  }

  #knownOf(client: number): Known {
    const known = this.#clients.get(client) ?? {
      sessions: 0,
      told: 0,
      heardAtMs: 0,
      refusedBy: null,
      untold: null,
      protocolErrorsAtMs: [],
      mayHaveForgotten: false,
    };
    this.#clients.set(client, known);
    return known;
  }
}
