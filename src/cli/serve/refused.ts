/** Who was refused, for who runs the gateway: a line for each kind of reason, and then no other for a while, however many come. */
import type { GatewayNews } from './watch.ts';
import type { AuditEvent, AuditType } from '../../gateway/audit.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Clock } from '../../ports/clock.ts';

interface Told {
  readonly atMs: number;
  /** Of the same kind since then. */
  more: number;
}

/** A client that keeps trying, and a flood, are one line each in this time. */
const QUIET_MS = 10_000;

/** Beside these nobody was refused. */
const WHY: Readonly<Partial<Record<AuditType, string>>> = {
  'bearer.refused': 'its bearer',
  'bearer.foreign': 'a new bearer of somebody else in mid-session',
  'origin.refused': 'its origin is not among the origins',
  'token.reused': 'its resume token is a dead one: a copy of it is about',
  'session.refused': 'its resume token opens no session',
  'session.contested': 'clients take one session from each other',
  'log.unreadable': 'the log of its session cannot be read',
  'limit.reached': 'a limit',
};

export class Refused {
  readonly #tell: (news: GatewayNews) => void;
  readonly #clock: Clock;
  readonly #told = new Map<string, Told>();

  constructor(tell: (news: GatewayNews) => void, clock: Clock = systemClock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  note({ type, detail, remoteAddress, session }: AuditEvent): void {
    const why = WHY[type];
    if (why === undefined) return;
    const key = type === 'origin.refused' ? type : `${type} ${detail ?? ''}`; // the rest are of a closed list
    const told = this.#told.get(key);
    const nowMs = this.#clock.nowMs();
    if (told !== undefined && nowMs - told.atMs < QUIET_MS) {
      told.more += 1;
      return;
    }
    this.#told.set(key, { atMs: nowMs, more: 0 });
    const words = detail === null ? why : `${why}: ${detail}`;
    const more = told?.more ?? 0;
    this.#tell({ type: 'client.refused', why: words, from: remoteAddress, session, more });
  }
}
