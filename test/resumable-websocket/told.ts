/** Everything that a resumable WebSocket tells, in order. */
import type { LossEvent, ResumableCloseEvent } from '../../src/resumable-websocket/events.ts';
import type { ResumableSocket } from '../../src/resumable-websocket/resumable-socket.ts';

export interface Told {
  readonly socket: ResumableSocket;
  /** Types, without messages. */
  readonly types: string[];
  readonly messages: unknown[];
  readonly closes: Pick<ResumableCloseEvent, 'code' | 'reason' | 'wasClean' | 'willReconnect'>[];
  readonly losses: Pick<LossEvent, 'reason' | 'messages' | 'bytes' | 'isCertain'>[];
  /** Which message each loss is of. */
  readonly indexes: (number | null)[];
  readonly errors: string[];
  /** What the errors say. */
  readonly words: string[];
  readonly warnings: string[];
  /** Whether it was the same session, at each `reconnected`. */
  readonly resumed: boolean[];
}

export function told(socket: ResumableSocket): Told {
  const types: string[] = [];
  const messages: unknown[] = [];
  const closes: Told['closes'] = [];
  const losses: Told['losses'] = [];
  const indexes: (number | null)[] = [];
  const errors: string[] = [];
  const words: string[] = [];
  for (const type of ['open', 'error', 'close', 'loss', 'reconnecting', 'reconnected'] as const) {
    socket.addEventListener(type, () => types.push(type));
  }
  socket.addEventListener('message', ({ data }) => messages.push(data));
  socket.addEventListener('close', ({ code, reason, wasClean, willReconnect }) => {
    closes.push({ code, reason, wasClean, willReconnect });
  });
  socket.addEventListener('loss', (loss) => {
    const { reason, messages: count, bytes, isCertain } = loss;
    losses.push({ reason, messages: count, bytes, isCertain });
    indexes.push(loss.index);
  });
  socket.addEventListener('error', ({ error }) => {
    errors.push(error.code);
    words.push(error.message);
  });
  const warnings: string[] = [];
  socket.addEventListener('warning', ({ error }) => warnings.push(error.message));
  const resumed: boolean[] = [];
  socket.addEventListener('reconnected', ({ isResumed }) => resumed.push(isResumed));
  return { socket, types, messages, closes, losses, indexes, errors, words, warnings, resumed };
}

export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `message ${from + at}`);
}
