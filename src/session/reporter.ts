/** Tells what happened to whom it concerns: the chart of the link, the chart that owns it, the retry budget, other sessions. */
import { ClientBudget } from './admission/client-budget.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import type { OrchestratorEvent } from '../../machines/orchestrator.types.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { ProviderEvent } from '../providers/contract.ts';

export type Tell = (event: ConnectionEvent) => void;

/** The chart that has several connections, and what the reporter needs of it. */
export interface Owner {
  tell(event: OrchestratorEvent): void;
  /** Whether nobody but this candidate could serve just now. */
  isLast(candidate: number): boolean;
  /** The service found that the speaker paused. */
  utteranceEnded(): void;
  /** Speech that was captured, in milliseconds. */
  readonly speechMs: number;
  /** Whether what was captured last is a pause in speech; somebody may be answering meanwhile. */
  readonly isPaused: boolean;
  /** Where in the captured audio speech was heard last, in bytes. */
  readonly spokenThrough: number;
}

/** What a session has to do with others of the same services. */
export interface Dealing {
  /**
   * A dial is about to be made: where the breaker is half open, this is its probe. Tells why it is not made where
   * somebody else could serve, else null.
   */
  dials(link: Link): Failure | null;
  lost(candidate: Link['candidate'] | number, failure: Failure, atMs: number): void;
  committed(link: Link, atMs: number): void;
  released(link: Link, atMs: number): void;
  answered(atMs: number): void;
  /** Speech goes out, bytes come in, and no result does: the service stalls. */
  watchStalls(link: Link, look: LinkMeasured): void;
}

/** Somebody else's probe is under way, or none is due yet: who has another candidate does not dial. */
export const NOT_DIALLED: Failure = {
  kind: 'rateLimited',
  code: 'breaker',
  detail: 'its breaker is open',
};

/** Where no dial was made, no service is to blame. */
const OURS: ReadonlySet<string> = new Set([NOT_DIALLED.code, 'dialQueue', 'credential']);

type FacultyEvent = Extract<ProviderEvent, { kind: 'facultyLost' | 'facultyRestored' }>;

/** What of a link is told about, also of one that never came to be. */
interface Told {
  readonly id: number;
  readonly candidate: number | Link['candidate'];
  readonly tell: Tell;
}

export class Reporter {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  /** Null until a dial fails: who is well needs none. */
  #budget: ClientBudget | null = null;
  #healthyLinks = 0;
  /** Null where a single connection is all there is. */
  owner: Owner | null = null;
  /** Null where nothing is shared with other sessions. */
  dealing: Dealing | null = null;
  /** What a chart was told last: the reason of a state change. */
  lastFact: ConnectionEvent['type'] | OrchestratorEvent['type'] | 'replay.finished' =
    'session.connect';

  constructor(options: ResolvedOptions, uplink: Uplink) {
    this.#options = options;
    this.#uplink = uplink;
  }

  tell({ tell }: { readonly tell: Tell }, event: ConnectionEvent): void {
    if (event.type !== 'link.measured') {
      this.lastFact = event.type;
      tell(event);
      return;
    }
    // The status only changes by a measurement where the chart finds from it that the link is dead.
    const before = this.lastFact;
    this.lastFact = 'link.died';
    tell(event);
    this.lastFact = before;
  }

  /** We slept, and the network may be another: the link is asked for a sign of life. */
  woke(link: Link, { atMs, unit }: LinkMeasured): void {
    this.tell(link, { type: 'network.changed', atMs, unit });
  }

  get bufferedChunks(): number {
    return this.#uplink.bufferedChunks;
  }

  /** @param wasDial it never opened. */
  lost(link: Told, failure: Failure, wasDial: boolean): void {
    const { clock, random, logger } = this.#options;
    const atMs = clock.nowMs();
    logger.info('a socket was lost', { socket: link.id, kind: failure.kind, code: failure.code });
    if (wasDial && !OURS.has(failure.code)) {
      (this.#budget ??= new ClientBudget(this.#healthyLinks)).dialFailed(atMs);
    }
    this.tell(link, {
      type: 'socket.lost',
      id: link.id,
      failure,
      atMs,
      bufferedChunks: this.#uplink.bufferedChunks,
      unit: random.unit(),
      holdMs: this.#budget?.holdMs(atMs) ?? 0,
    });
    if (!OURS.has(failure.code)) this.dealing?.lost(link.candidate, failure, atMs);
  }

  /** A result let audio leave the ring: the link works. */
  committed(link: Link): void {
    if (link.hasCommitted) return;
    const atMs = this.#options.clock.nowMs();
    link.hasCommitted = true;
    this.#healthyLinks += 1;
    this.#budget?.linkRecovered(atMs);
    this.dealing?.committed(link, atMs);
    this.tell(link, { type: 'result.committed', id: link.id, atMs });
  }

  released(link: Link): void {
    const atMs = this.#options.clock.nowMs();
    this.dealing?.released(link, atMs);
    if (!link.hasCommitted) return;
    this.#healthyLinks -= 1;
    this.#budget?.linkLost(atMs);
  }

  answered(event: ProviderEvent): void {
    this.dealing?.answered(this.#options.clock.nowMs());
    const isEnd = event.kind === 'transcript' && event.isFinal && event.endsUtterance;
    if (isEnd || event.kind === 'utteranceEnded') this.owner?.utteranceEnded();
  }

  /** When a service said that it ends the session on this link. */
  tellEnd(link: Link): void {
    const { lane, id, endsAtMs, leavesAtMs } = link;
    if (endsAtMs === null) return;
    const { clock, random } = this.#options;
    const atMs = clock.nowMs();
    const leaves = leavesAtMs === null ? {} : { leavesAtMs };
    if (this.owner !== null) {
      this.owner.tell({ type: 'end.announced', lane, atMs, endsAtMs, ...leaves });
      return;
    }
    if (link.candidate.provider.traits.takesOver !== true) return;
    const inMs = Math.max(0, endsAtMs - atMs);
    this.tell(link, { type: 'link.ending', id, atMs, inMs, unit: random.unit() });
  }

  tellFaculty({ lane }: Link, { kind, faculty }: FacultyEvent): void {
    const type = kind === 'facultyLost' ? 'faculty.lost' : 'faculty.restored';
    this.owner?.tell({ type, lane, faculty, atMs: this.#options.clock.nowMs() });
  }
}
