/** How connections end, as close events have it. */
import type { Farewell } from './addresses.ts';
import type { Ended } from './engine.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { SocketEnd } from '../ports/socket.ts';

/** RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1_000;
const NO_STATUS = 1_005;
const BROKEN = 1_006;

/** Without a close frame. */
export function brokenBy(cause: string): Ended {
  return { code: BROKEN, reason: '', wasClean: false, cause };
}

/** With everything on both sides. @param farewell ours; null: the other end's. */
export function closedBy(farewell: Farewell | null): Ended {
  const { code, reason } = farewell ?? { code: NORMAL_CLOSURE, reason: '' };
  return { code: code ?? NO_STATUS, reason, wasClean: true, cause: 'it was closed' };
}

export function endedBy(end: SocketEnd | null, failure: Failure | null): Ended {
  const { code = BROKEN, reason = '' } = end?.kind === 'closed' ? end : {};
  const wasClean = code !== BROKEN;
  const cause = failure === null ? String(code) : `${failure.code} ${failure.detail}`.trim();
  return { code, reason: wasClean ? reason : '', wasClean, cause };
}

/** The same request would fail again. */
export function config(code: string, detail: string): Failure {
  return { kind: 'config', code, detail };
}

export function transient(code: string, detail: string): Failure {
  return { kind: 'transient', code, detail };
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
