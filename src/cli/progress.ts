/** The live line: where the recording is, how the connection does. In a pipe, a line now and then instead. */
import { colors } from './colors.ts';
import { wordsOf } from './compare.ts';
import { counted } from './counted.ts';
import { clockText } from './io.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { SessionEvent } from '../session/events.ts';

export interface Attempt {
  readonly number: number;
  /** Infinity where no count ends it. */
  readonly most: number;
}

export interface Progress {
  readonly status: ConnectionStatus;
  readonly positionMs: number;
  readonly durationMs: number;
  readonly bufferedMs: number;
  readonly faults: number;
  readonly reconnects: number;
  /** The dial that is waited for; shown while there is no link. */
  readonly attempt: Attempt | null;
  /** How long a link that is suspected has been silent; null where none is. */
  readonly silentForMs: number | null;
}

const COLOUR: Readonly<Record<ConnectionStatus, (text: string) => string>> = {
  idle: colors.dim,
  connecting: colors.yellow,
  connected: colors.cyan,
  active: colors.green,
  reconnecting: colors.red,
  error: colors.red,
  disconnected: colors.dim,
};

/** `connected` means that a backlog goes out, at the pace that the service takes. */
const WORDS: Readonly<Record<ConnectionStatus, string>> = {
  idle: 'idle',
  connecting: 'connecting',
  connected: 'catching up',
  active: 'live',
  reconnecting: 'reconnecting',
  error: 'error',
  disconnected: 'closed',
};

export function progressLine(progress: Progress): string {
  const { status, positionMs, durationMs, bufferedMs, faults, reconnects } = progress;
  const position = `${clockText(positionMs)}/${clockText(durationMs)}`;

  return [
    COLOUR[status](wordOf(progress).padEnd(12)),
    position,
    `buffered ${(bufferedMs / 1_000).toFixed(1).padStart(4)} s`,
    `faults ${faults}`,
    `reconnects ${reconnects}`,
  ].join('  ');
}

function wordOf({ status, attempt, silentForMs }: Progress): string {
  if (status === 'reconnecting' && attempt !== null) {
    const { number, most } = attempt;
    return most < Infinity ? `attempt ${number}/${most}` : `attempt ${number}`;
  }
  const stands = status === 'active' || status === 'connected';
  if (stands && silentForMs !== null) return `silent ${Math.round(silentForMs / 1_000)} s`;
  return WORDS[status];
}

/** Whether the live line may have changed with it. */
export function changesLine({ type }: SessionEvent): boolean {
  return (
    type === 'stateChange' || type === 'connection.reconnecting' || type === 'connection.suspected'
  );
}

/** What the live line shows that only events tell. */
export class Counts {
  #hasFlowed = false;
  #reconnects = 0;
  #attempt: Attempt | null = null;
  #silentSinceMs: number | null = null;
  #words = 0;

  note(event: SessionEvent, nowMs: number): void {
    if (event.type === 'transcript' && event.isFinal) this.#words += wordsOf(event.text).length;
    if (event.type === 'connection.suspected') this.#silentSinceMs ??= nowMs - event.silentForMs;
    if (event.type === 'connection.recovered') this.#silentSinceMs = null;
    if (event.type === 'connection.reconnecting') {
      this.#attempt = { number: event.attempt, most: event.maxAttempts };
      this.#silentSinceMs = null;
    }
    if (event.type !== 'audio.flowing') return;
    if (this.#hasFlowed) this.#reconnects += 1;
    this.#hasFlowed = true;
    this.#attempt = null;
    this.#silentSinceMs = null;
  }

  get hasFlowed(): boolean {
    return this.#hasFlowed;
  }

  /** How often audio flowed again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Of final results. */
  get words(): number {
    return this.#words;
  }

  get attempt(): Attempt | null {
    return this.#attempt;
  }

  silentForMs(nowMs: number): number | null {
    return this.#silentSinceMs === null ? null : nowMs - this.#silentSinceMs;
  }
}

const SHORTEST_STEP_MS = 5_000;
const LONGEST_STEP_MS = 60_000;

/** What a log has in the place of the live line: a line with each tenth of the recording, and no flood of them. */
export class Milestones {
  readonly #durationMs: number;
  readonly #stepMs: number;
  #nextMs = 0;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
    this.#stepMs = Math.max(SHORTEST_STEP_MS, Math.min(LONGEST_STEP_MS, durationMs / 10));
  }

  /** Null between two of them. The end is told by the summary. */
  line(positionMs: number, words: number): string | null {
    if (positionMs < this.#nextMs || positionMs >= this.#durationMs) return null;
    this.#nextMs = (Math.floor(positionMs / this.#stepMs) + 1) * this.#stepMs;
    const percent = Math.floor((100 * positionMs) / this.#durationMs);
    const place = `${clockText(positionMs)} of ${clockText(this.#durationMs)}`;
    return colors.dim(`${percent} %, ${place} read, ${counted(words, 'word')} final`);
  }
}
