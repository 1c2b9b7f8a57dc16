/** What the page's buttons break: one table, and which of it lasts just now. */
import type { House } from './house.ts';
import type { Lane } from './lane.ts';
import type { Clock } from '../../ports/clock.ts';

export const DEMO_FAULTS = [
  'cut',
  'half-open',
  'kill',
  'rate-limit',
  'expiry',
  'airplane',
] as const;

export type DemoFault = (typeof DEMO_FAULTS)[number];

/** `tab`: one tab's connections. `house`: what all tabs use. */
type Scope = 'tab' | 'house';

interface FaultKind {
  readonly scope: Scope;
  /** 0: it is done as soon as it has happened. */
  readonly lastsMs: number;
  /** @returns what ends it. */
  readonly begin: (lane: Lane, house: House) => () => void;
}

const nothing = (): void => undefined;

const KINDS: Readonly<Record<DemoFault, FaultKind>> = {
  cut: {
    scope: 'tab',
    lastsMs: 0,
    begin: (lane) => {
      lane.cut();
      return nothing;
    },
  },
  'half-open': { scope: 'tab', lastsMs: 12_000, begin: (lane) => lane.silence() },
  kill: { scope: 'house', lastsMs: 10_000, begin: (_lane, house) => house.killServers() },
  'rate-limit': { scope: 'house', lastsMs: 6_000, begin: (_lane, house) => house.limitRate() },
  expiry: {
    scope: 'house',
    lastsMs: 0,
    begin: (_lane, house) => {
      house.expireSessions();
      return nothing;
    },
  },
  airplane: { scope: 'tab', lastsMs: 8_000, begin: (lane) => lane.leave() },
};

export interface RunningFault {
  readonly fault: DemoFault;
  /** Null: it is for all tabs. */
  readonly lane: string | null;
  readonly lastsMs: number;
  /** How much of that is left. */
  readonly leftMs: number;
}

export interface FaultDeskOptions {
  readonly house: House;
  readonly clock: Clock;
  readonly onChange: (lane: string | null) => void;
}

interface Running {
  readonly fault: DemoFault;
  readonly lane: string | null;
  readonly endsAtMs: number;
  readonly end: () => void;
  readonly timer: unknown;
}

export class DemoFaults {
  readonly #options: FaultDeskOptions;
  readonly #running = new Set<Running>();

  constructor(options: FaultDeskOptions) {
    this.#options = options;
  }

  /** What lasts already is not begun again. */
  begin(fault: DemoFault, lane: string, of: Lane): void {
    const { house, clock, onChange } = this.#options;
    const { scope, lastsMs, begin } = KINDS[fault];
    const whose = scope === 'tab' ? lane : null;
    if ([...this.#running].some((one) => one.fault === fault && one.lane === whose)) return;
    const end = begin(of, house);
    if (lastsMs === 0) {
      end();
      return;
    }
    const running: Running = {
      fault,
      lane: whose,
      end,
      endsAtMs: clock.nowMs() + lastsMs,
      timer: clock.setTimeout(() => this.#end(running), lastsMs),
    };
    this.#running.add(running);
    onChange(whose);
  }

  /** What a tab has to do with. */
  runningFor(lane: string): readonly RunningFault[] {
    const nowMs = this.#options.clock.nowMs();
    return [...this.#running]
      .filter((one) => one.lane === null || one.lane === lane)
      .map(({ fault, lane: whose, endsAtMs }) => ({
        fault,
        lane: whose,
        lastsMs: KINDS[fault].lastsMs,
        leftMs: Math.max(0, Math.round(endsAtMs - nowMs)),
      }));
  }

  close(): void {
    for (const running of this.#running) this.#options.clock.clearTimeout(running.timer);
    this.#running.clear();
  }

  #end(running: Running): void {
    this.#running.delete(running);
    running.end();
    this.#options.onChange(running.lane);
  }
}
