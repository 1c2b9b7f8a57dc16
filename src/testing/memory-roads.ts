/** Both directions of a connection in memory, either of which may be shut. */
import type { MemoryNetwork } from './memory-network.ts';
import { MemoryLine, MemoryRoad } from './memory-way.ts';

/** Which way nothing gets through: `out` is from us to the service, `in` is back. */
export type Direction = 'both' | 'out' | 'in';

/** What of a network its roads depend on. */
type Roadbed = Pick<MemoryNetwork<never>, 'clock' | 'bytesPerSecond' | 'delayMs'>;

export class MemoryRoads {
  /** What waits for the network to take it. */
  readonly line: MemoryLine;
  readonly out: MemoryRoad;
  readonly in: MemoryRoad;
  readonly #network: Roadbed;
  /** Each thing that shuts one, and which: they may overlap. */
  readonly #shuts = new Map<symbol, Direction>();
  #isStalled = false;

  constructor(network: Roadbed, onDrain: () => void) {
    const { clock, bytesPerSecond } = network;
    this.#network = network;
    this.line = new MemoryLine({ clock, bytesPerSecond, onDrain });
    this.out = new MemoryRoad(clock);
    this.in = new MemoryRoad(clock);
  }

  get isShut(): boolean {
    return this.#shuts.size > 0;
  }

  /** Nothing of ours gets out. */
  get isHeld(): boolean {
    return this.#isStalled || this.#isShut('out');
  }

  sendOut(sizeBytes: number, arrive: () => void): void {
    if (this.line.isFree) this.out.put(this.#network.delayMs(), arrive);
    else this.line.put(sizeBytes, () => this.out.put(this.#network.delayMs(), arrive));
  }

  sendIn(arrive: () => void): void {
    this.in.put(this.#network.delayMs(), arrive);
  }

  /** Returns what ends this, and nothing else that shuts them. */
  shut(direction: Direction): () => void {
    const shut = Symbol(direction);
    this.#shuts.set(shut, direction);
    this.#hold();
    return () => {
      this.#shuts.delete(shut);
      this.#hold();
    };
  }

  /** Neither is shut any more, and what was held back comes, in order. */
  open(): void {
    this.#shuts.clear();
    this.#hold();
  }

  /** Nothing moves, or moves on. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.#hold();
  }

  /** Everything under way is lost. */
  cut(): void {
    this.line.cut();
    this.out.cut();
    this.in.cut();
  }

  #isShut(direction: Direction): boolean {
    return [...this.#shuts.values()].some((shut) => shut === 'both' || shut === direction);
  }

  #hold(): void {
    this.out.hold(this.isHeld);
    this.in.hold(this.#isStalled || this.#isShut('in'));
  }
}
