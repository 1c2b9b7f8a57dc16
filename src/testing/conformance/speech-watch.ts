/** What an adapter is told to speak and tells of it, held against each other: per socket, and over all of them. */
import type { Order, ProviderEvent } from '../../providers/contract.ts';

/** One text as a session ordered it. */
export interface SpeechOrder {
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
  /** How many texts had been spoken by then, on all sockets. */
  readonly spokenBefore: number;
}

export class SpeechWatch {
  /** By socket, in order; those that were told to be silent begin anew. */
  readonly orders: SpeechOrder[][] = [];
  /** Texts that were told to be spoken, by the session's name of each. */
  readonly spoken = new Set<string>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Another socket. */
  open(): WatchedSpeech {
    const orders: SpeechOrder[] = [];
    this.orders.push(orders);
    return new WatchedSpeech(this, orders, this.#nowMs);
  }
}

export class WatchedSpeech {
  readonly #watch: SpeechWatch;
  readonly #orders: SpeechOrder[];
  readonly #nowMs: () => number;
  #open: readonly SpeechOrder[] = [];

  constructor(watch: SpeechWatch, orders: SpeechOrder[], nowMs: () => number) {
    this.#watch = watch;
    this.#orders = orders;
    this.#nowMs = nowMs;
  }

  ordered(order: Order): void {
    if (order.kind === 'interrupt') this.#open = [];
    if (order.kind !== 'say') return;
    const { id, text } = order;
    const { size: spokenBefore } = this.#watch.spoken;
    const said = { id, text, atMs: this.#nowMs(), spokenBefore };
    this.#orders.push(said);
    this.#open = [...this.#open, said];
  }

  /** What is wrong with what was decoded, in a sentence; null where nothing is. */
  told(event: ProviderEvent): string | null {
    if (event.kind === 'audio') return this.#audioFault(event);
    if (event.kind !== 'spoken') return null;
    const { id } = event;
    const fault = this.#spokenFault(id);
    this.#watch.spoken.add(id);
    this.#open = this.#open.filter((order) => order.id !== id);
    return fault;
  }

  #spokenFault(id: string): string | null {
    const said = this.#orders.find((order) => order.id === id);
    if (said === undefined)
      return `decode told \`spoken\` of ${id}, which this socket was not given`;
    if (this.#watch.spoken.has(id)) return `decode told \`spoken\` of "${said.text}" twice`;
    const [next] = this.#open;
    if (next === undefined)
      return `decode told \`spoken\` of "${said.text}", which was interrupted`;
    return next === said ? null : `decode told \`spoken\` of "${said.text}" before "${next.text}"`;
  }

  #audioFault({
    ref,
    bytes,
    sampleRateHz,
  }: Extract<ProviderEvent, { kind: 'audio' }>): string | null {
    if (bytes.length % 2 !== 0) return `decode told audio of ${bytes.length} bytes: half a sample`;
    if (!(sampleRateHz > 0)) return `decode told audio at ${sampleRateHz} Hz`;
    const isOpen = this.#open.some(({ id }) => id === ref);
    return isOpen ? null : `decode told audio of ${ref}, which waits for none`;
  }
}
