/** Who was refused, for who runs the gateway: a line for each kind of reason, and then one each ten seconds, however many come. */
import type { GatewayNews } from './watch.ts';
import type { AuditEvent, AuditType } from '../../gateway/audit.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Clock } from '../../ports/clock.ts';

type News = Extract<GatewayNews, { readonly type: 'client.refused' }>;

/** Those of one kind that are not told one by one. */
interface Quiet {
  readonly timer: unknown;
  last: News | null;
  count: number;
}

/** A client that keeps trying, and a flood, are one line each in this time, with their number at its end. */
const QUIET_MS = 10_000;

/** Beside these nobody was refused. */
const WHY: Readonly<Partial<Record<AuditType, string>>> = {
  'bearer.refused': 'its bearer',
  'bearer.foreign': 'a new bearer of somebody else in mid-session',
  'origin.refused': 'its origin is not among those of --origin (origins in a file)',
  'upgrade.refused': 'its upgrade',
  'hello.refused': 'its HELLO, or what came in place of it',
  'token.reused': 'its resume token is a dead one: a copy of it is about',
  'session.refused': 'its resume token opens no session',
  'session.contested': 'clients take one session from each other',
  'log.unreadable': 'the log of its session cannot be read',
  'app.gaveUp': 'its app fails again and again: the session is given up',
  'limit.reached': 'a limit',
};

export class Refused {
  readonly #tell: (news: GatewayNews) => void;
  readonly #clock: Clock;
  readonly #quiet = new Map<string, Quiet>();

  constructor(tell: (news: GatewayNews) => void, clock: Clock = systemClock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  note({ type, detail, remoteAddress: from, session }: AuditEvent): void {
    const reason = WHY[type];
    if (reason === undefined) return;
    const key = type === 'origin.refused' ? type : `${type} ${detail ?? ''}`; // the rest are of a closed list
    const why = detail === null ? reason : `${reason}: ${detail}`;
    const news: News = { type: 'client.refused', why, from, session, more: 0 };
    const quiet = this.#quiet.get(key);
    if (quiet === undefined) {
      this.#tell(news);
      this.#beQuiet(key);
    } else {
      quiet.last = news;
      quiet.count += 1;
    }
  }

  /** What was not told yet is told now, and nothing after it. */
  stop(): void {
    for (const [key, { timer }] of this.#quiet) {
      this.#clock.clearTimeout(timer);
      this.#tellRest(key);
    }
  }

  #beQuiet(key: string): void {
    const timer = this.#clock.setTimeout(() => {
      if (this.#tellRest(key)) this.#beQuiet(key);
    }, QUIET_MS);
    this.#quiet.set(key, { timer, last: null, count: 0 });
  }

  /** False where there were no others. */
  #tellRest(key: string): boolean {
    const { last, count } = this.#quiet.get(key) ?? { last: null, count: 0 };
    this.#quiet.delete(key);
    if (last !== null) this.#tell({ ...last, more: count - 1 });
    return last !== null;
  }
}
