/** The live line: where the recording is, how the connection does. */
import pc from 'picocolors';

import { clockText } from './io.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';

export interface Progress {
  readonly status: ConnectionStatus;
  readonly positionMs: number;
  readonly durationMs: number;
  readonly bufferedMs: number;
  readonly faults: number;
  readonly reconnects: number;
  readonly label?: string;
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
  const { status, positionMs, durationMs, bufferedMs, faults, reconnects, label } = progress;
  const position = `${clockText(positionMs)}/${clockText(durationMs)}`;

  return [
    ...(label === undefined ? [] : [label.padEnd(7)]),
    COLOUR[status](WORDS[status].padEnd(12)),
    position,
    `buffered ${(bufferedMs / 1_000).toFixed(1).padStart(4)} s`,
    `faults ${faults}`,
    `reconnects ${reconnects}`,
  ].join('  ');
}
