/** The session's status, from the chart's tags: total, and the same however the chart's inside changes. */
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

/** Whether it says how a dial ended. */
export function isSettled(status: ConnectionStatus): boolean {
  return status !== 'idle' && status !== 'connecting' && status !== 'reconnecting';
}
