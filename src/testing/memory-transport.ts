/**
 * A whole network in one object: every dial is kept, and does what the test says, on a clock of the test's own.
 *
 * It keeps TCP's word: a frame is late or lost with its connection, and never out of order.
 */
import { runFaults } from './memory-faults.ts';
import type { FaultTarget, MemoryFault } from './memory-faults.ts';
import type { MemoryPeer } from './memory-network.ts';
import { MemorySocket } from './memory-socket.ts';
import type { Clock } from '../ports/clock.ts';
import { seededRandom } from '../ports/random.ts';
import type { Random } from '../ports/random.ts';
import type { DialRequest, Frame, SocketEnd, SocketHandlers, Transport } from '../ports/socket.ts';

/**
 * What becomes of a dial. `opens`; `hangs`: the socket never opens, and ends when its dial has timed out; or how it is
 * refused, such as `{ code: 1006, reason: '', status: 503 }`.
 */
export type DialOutcome = 'opens' | 'hangs' | Omit<SocketEnd, 'kind'>;

export interface MemoryTransportOptions {
  readonly clock: Clock;
  /** One way; a round trip takes twice as long. Default 5 ms. With 0 a frame arrives before `send` returns. */
  readonly latencyMs?: number;
  /** Up to so much more, for each frame anew, without one overtaking another. Default 0. */
  readonly jitterMs?: number;
  /** Draws the jitter. Default: a stream of its own, the same in every run. */
  readonly random?: Random;
  /** What becomes of the nth dial, counted from 1. Default: all open. */
  readonly outcome?: (dial: number) => DialOutcome;
  /** What the other end does about a frame that has reached it. */
  readonly onFrame?: (socket: MemorySocket, frame: Frame) => void;
  /** Who answers dials that open, pings and closes. Default: dials open, and pings are answered. */
  readonly peer?: MemoryPeer<MemorySocket>;
  /** Whether what is sent can be looked at afterwards (`sent`, `audio`, `texts`, `heard`). Default true. */
  readonly keepsFrames?: boolean;
}

const LATENCY_MS = 5;
const JITTER_SEED = 1;
const UNREACHABLE: DialOutcome = { code: 1006, reason: '', errorCode: 'ECONNREFUSED' };

export class MemoryTransport implements Transport, FaultTarget {
  /** Every socket that was ever dialled, in order. */
  readonly sockets: MemorySocket[] = [];
  /** Asked at every dial; it can be changed at any time. */
  outcome: (dial: number) => DialOutcome;
  /** They hold for what is sent from then on. */
  latencyMs: number;
  jitterMs: number;
  readonly #options: MemoryTransportOptions;
  readonly #random: Random;
  /** What ends each thing that lasts. */
  readonly #lasting = new Set<() => void>();
  readonly #refusals: DialOutcome[] = [];
  readonly #speeds: number[] = [];
  #stalls = 0;
  #outages = 0;
  #callOff: (() => void)[] = [];

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
    this.#random = options.random ?? seededRandom(JITTER_SEED);
    this.outcome = options.outcome ?? (() => 'opens');
    this.latencyMs = options.latencyMs ?? LATENCY_MS;
    this.jitterMs = options.jitterMs ?? 0;
  }

  dial(request: DialRequest, handlers: SocketHandlers): MemorySocket {
    const { peer } = this.#options;
    const socket = new MemorySocket(
      {
        clock: this.#options.clock,
        delayMs: () => this.#delayMs(),
        bytesPerSecond: () => Math.min(...this.#speeds),
        onFrame: this.#options.onFrame ?? (() => undefined),
        keepsFrames: this.#options.keepsFrames ?? true,
        ...(peer === undefined ? {} : { peer }),
      },
      request,
      handlers,
    );
    this.sockets.push(socket);
    socket.stalled(this.#stalls > 0);
    const outcome = this.#outcomeOf(this.sockets.length);
    if (outcome === 'opens' && peer !== undefined) socket.knock(peer);
    else if (outcome === 'opens') socket.opensAfter(this.#delayMs());
    else if (outcome !== 'hangs') socket.refusedAfter(this.#delayMs(), outcome);

    return socket;
  }

  /** @throws Error where nothing was dialled yet. */
  get last(): MemorySocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nothing was dialled');
    return socket;
  }

  /** Sockets that nobody has let go of. */
  get live(): readonly MemorySocket[] {
    return this.sockets.filter(({ isLive }) => isLive);
  }

  /** Refuses the next dial, or the next few, whatever `outcome` says. Default: nobody listens there. */
  refuseNext(outcome: DialOutcome = UNREACHABLE, dials = 1): void {
    for (let dial = 0; dial < dials; dial += 1) this.#refusals.push(outcome);
  }

  /** Every socket breaks. */
  reset(): void {
    for (const socket of this.live) socket.end(1006, '', { errorCode: 'ECONNRESET' });
  }

  /** Nothing moves for so long, and then everything comes at once, in order. Returns what ends it before that. */
  stall(forMs = Infinity): () => void {
    this.#stalls += 1;
    for (const socket of this.live) socket.stalled(true);
    return this.#lasts(forMs, () => {
      this.#stalls -= 1;
      if (this.#stalls === 0) for (const socket of this.live) socket.stalled(false);
    });
  }

  /** The sockets of this moment are up here and dead there; new ones are not. */
  halfOpen(forMs = Infinity): void {
    const ends = this.live.map((socket) => socket.halfOpen());
    this.#lasts(forMs, () => {
      for (const end of ends) end();
    });
  }

  /** Dials are refused. Returns what ends it before its time. */
  refuse(forMs = Infinity): () => void {
    this.#outages += 1;
    return this.#lasts(forMs, () => (this.#outages -= 1));
  }

  /** What is sent goes out no faster than this. Returns what ends it before its time. */
  slow(forMs: number, bytesPerSecond: number): () => void {
    this.#speeds.push(bytesPerSecond);
    this.#speedChanged();
    return this.#lasts(forMs, () => {
      this.#speeds.splice(this.#speeds.indexOf(bytesPerSecond), 1);
      this.#speedChanged();
    });
  }

  /** Has the clock carry out a plan, whose moments count from now. @throws TenutoError FAULT_PLAN_INVALID. */
  faults(plan: readonly MemoryFault[]): void {
    this.#callOff.push(runFaults(this, this.#options.clock, plan));
  }

  /** Ends everything that lasts, and calls off what is planned: from now on the network is well. */
  heal(): void {
    for (const callOff of this.#callOff.splice(0)) callOff();
    for (const end of this.#lasting) end();
    this.#refusals.length = 0;
    for (const socket of this.live) {
      socket.heal();
      socket.drain();
    }
  }

  #outcomeOf(dial: number): DialOutcome {
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) return refusal;
    return this.#outages > 0 ? UNREACHABLE : this.outcome(dial);
  }

  #delayMs(): number {
    return this.latencyMs + this.jitterMs * this.#random.unit();
  }

  #speedChanged(): void {
    for (const socket of this.live) socket.speedChanged();
  }

  #lasts(forMs: number, undo: () => void): () => void {
    const { clock } = this.#options;
    const end = (): void => {
      clock.clearTimeout(timer);
      if (this.#lasting.delete(end)) undo();
    };
    const timer = forMs === Infinity ? null : clock.setTimeout(end, forMs);
    this.#lasting.add(end);
    return end;
  }
}
