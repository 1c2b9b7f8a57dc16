/** The session's status, from the chart's tags: total, and the same however the chart's inside changes. */
import { aborted } from './door.ts';
import type { StateChangeEvent } from './events.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';

const STATUSES: readonly ConnectionStatus[] = [
  'idle',
  'connecting',
  'connected',
  'active',
  'reconnecting',
  'error',
  'disconnected',
];

export function statusOf(snapshot: { hasTag(tag: ConnectionStatus): boolean }): ConnectionStatus {
  return STATUSES.find((status) => snapshot.hasTag(status)) ?? 'disconnected';
}

interface Observed {
  readonly status: ConnectionStatus;
  /** Returns the function that stops listening. */
  readonly onChange: (listener: (event: StateChangeEvent) => void) => () => void;
}

/** The first status that says how a dial ended. Rejects with CONNECT_ABORTED where the signal comes first. */
export function settledStatus(
  session: Observed,
  signal: AbortSignal | undefined,
): Promise<ConnectionStatus> {
  if (isSettled(session.status)) return Promise.resolve(session.status);

  return new Promise((resolve, reject) => {
    const stop = session.onChange(({ current }) => {
      if (!isSettled(current)) return;
      leave();
      resolve(current);
    });
    const abort = (): void => {
      leave();
      reject(aborted());
    };
    const leave = (): void => {
      stop();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort);
  });
}

function isSettled(status: ConnectionStatus): boolean {
  return status !== 'idle' && status !== 'connecting' && status !== 'reconnecting';
}
