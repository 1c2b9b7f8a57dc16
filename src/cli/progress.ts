/** The live line: where the recording is, how the connection does. */
import pc from 'picocolors';

import { clockText } from './io.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { SessionEvent } from '../session/events.ts';

export interface Attempt {
  readonly number: number;
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
}

const COLOUR: Readonly<Record<ConnectionStatus, (text: string) => string>> = {
  idle: pc.dim,
  connecting: pc.yellow,
  connected: pc.cyan,
  active: pc.green,
  reconnecting: pc.red,
  error: pc.red,
  disconnected: pc.dim,
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
  const { status, positionMs, durationMs, bufferedMs, faults, reconnects, attempt } = progress;
  const isDialling = status === 'reconnecting' && attempt !== null;
  const word = isDialling ? `attempt ${attempt.number}/${attempt.most}` : WORDS[status];
  const position = `${clockText(positionMs)}/${clockText(durationMs)}`;

  return [
    COLOUR[status](word.padEnd(12)),
    position,
    `buffered ${(bufferedMs / 1_000).toFixed(1).padStart(4)} s`,
    `faults ${faults}`,
    `reconnects ${reconnects}`,
  ].join('  ');
}

/** Whether the live line may have changed with it. */
export function changesLine({ type }: SessionEvent): boolean {
  return type === 'stateChange' || type === 'connection.reconnecting';
}

/** What the live line shows that only events tell. */
export class Counts {
  #hasFlowed = false;
  #reconnects = 0;
  #attempt: Attempt | null = null;

  note(event: SessionEvent): void {
    if (event.type === 'connection.reconnecting') {
      this.#attempt = { number: event.attempt, most: event.maxAttempts };
    }
    if (event.type !== 'audio.flowing') return;
    if (this.#hasFlowed) this.#reconnects += 1;
    this.#hasFlowed = true;
    this.#attempt = null;
  }

  /** How often audio flowed again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  get attempt(): Attempt | null {
    return this.#attempt;
  }
}
