/** Where faults are asked for while a stand-in runs: each strikes at once, or waits here for its moment. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import { invalid } from '../../ports/option-errors.ts';
import type {
  FaultDescription,
  FaultListener,
  FaultReceipt,
  FaultRequest,
  FaultsOnDemand,
} from './on-demand.ts';
import { describe, readFaultRequest } from './table.ts';
import type { AskedFault, FaultTable } from './table.ts';

interface Waiting<Target> {
  readonly asked: AskedFault<Target>;
  left: number;
}

/** A client that asks for more has forgotten about the others. */
const MOST_WAITING = 200;

export interface DeskOptions<Target> extends FaultListener {
  readonly table: FaultTable<Target>;
  readonly target: Target;
  readonly clock: Clock;
}

export class FaultDesk<Target> implements FaultsOnDemand {
  readonly #options: DeskOptions<Target>;
  #waiting: Waiting<Target>[] = [];
  readonly #timers = new Set<unknown>();

  constructor(options: DeskOptions<Target>) {
    this.#options = options;
  }

  get faults(): readonly FaultDescription[] {
    return describe(this.#options.table);
  }

  ask(request: FaultRequest): FaultReceipt {
    const asked = readFaultRequest(this.#options.table, request);
    const { of, values, times, atMs } = asked;
    const isCounted = of.befalls === 'next' || (of.befalls === 'sockets' && atMs !== null);
    const receipt = {
      fault: of.name,
      ...values,
      ...(isCounted ? { times } : {}),
      ...(atMs === null ? {} : { atMs }),
    };
    const isWaiting = of.befalls === 'sockets' ? atMs !== null : (atMs ?? 0) > 0;
    if (isWaiting) {
      this.#wait(asked);
      return { asked: receipt, struck: 0, isWaiting: true };
    }
    const struck = this.#strike(asked, null);
    if (of.befalls === 'sockets' && struck === 0) {
      throw invalid(
        `No socket stands that "${of.name}" could befall.`,
        'Connect first, or add "atMs": it then befalls the next socket, so long after it was opened.',
      );
    }
    return { asked: receipt, struck, isWaiting: of.befalls === 'next' };
  }

  /** A socket is opened, or a request comes: what waits for one counts from here. */
  arrived(): void {
    const due = this.#waiting.filter(({ asked }) => asked.of.befalls !== 'sockets');
    this.#waiting = this.#waiting.filter(({ asked }) => asked.of.befalls === 'sockets');
    for (const { asked } of due) this.#after(asked.atMs ?? 0, () => this.#strike(asked, null));
  }

  /** A socket stands. Each waiting fault takes it, and is used up only where it still stands then. */
  opened(socket: WebSocket): void {
    const timers = this.#waiting
      .filter(({ asked }) => asked.of.befalls === 'sockets')
      .map((waiting) =>
        this.#after(waiting.asked.atMs ?? 0, () => {
          if (waiting.left === 0 || socket.readyState !== socket.OPEN) return;
          if (this.#strike(waiting.asked, socket) === 0) return;
          waiting.left -= 1;
          if (waiting.left === 0) this.#waiting = this.#waiting.filter((one) => one !== waiting);
        }),
      );
    socket.once('close', () => {
      for (const timer of timers) this.#forget(timer);
    });
  }

  /** Nothing that waits comes any more. */
  close(): void {
    this.#waiting = [];
    for (const timer of [...this.#timers]) this.#forget(timer);
  }

  #wait(asked: AskedFault<Target>): void {
    if (this.#waiting.length >= MOST_WAITING) {
      throw invalid(
        `${MOST_WAITING} faults wait already.`,
        'Let a client connect that they befall.',
      );
    }
    this.#waiting.push({ asked, left: asked.times });
  }

  #strike({ of, values, times }: AskedFault<Target>, only: WebSocket | null): number {
    const { target, onFault } = this.#options;
    const tell = (more = ''): void => {
      onFault?.({ fault: of.name, text: `${of.told(values)}${more}` });
    };
    const struck = of.strike(target, values, { only, times, told: () => tell() });
    if (of.befalls === 'sockets' && struck > 0) tell(struck > 1 ? ` (${struck} sockets)` : '');
    else if (of.befalls === 'lasting' || of.befalls === 'once') tell();
    return struck;
  }

  #after(delayMs: number, run: () => unknown): unknown {
    const timer = this.#options.clock.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }

  #forget(timer: unknown): void {
    this.#options.clock.clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
