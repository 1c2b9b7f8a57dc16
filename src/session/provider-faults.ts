/** Providers are written by others: what they throw is a failure like any other, and never the application's to catch. */
import type { Failure } from '../../machines/failure.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../providers/contract.ts';

const LONGEST_DETAIL = 200;

/** A provider that throws is a bug, which the next socket would meet again. */
export function faulty(error: unknown): Failure {
  return { kind: 'config', code: 'provider', detail: textOf(error) };
}

/** One frame that its provider stumbles over is told, and does not cost the link. */
export function eventsOf(stream: ProviderStream, frame: Frame): readonly ProviderEvent[] {
  try {
    return stream.decode(frame);
  } catch (error) {
    return [{ kind: 'failed', failure: { ...faulty(error), kind: 'perRequest' } }];
  }
}

/** What the end of a socket itself tells. */
export function endEventsOf(stream: ProviderStream, end: SocketEnd): readonly ProviderEvent[] {
  try {
    return stream.decodeEnd?.(end) ?? [];
  } catch {
    return []; // what the end means is asked next, and a fault told there
  }
}

/** The stream knows best, where it has anything to say. */
export function failureOf(provider: Provider, stream: ProviderStream, end: SocketEnd): Failure {
  try {
    return stream.classifyEnd?.(end) ?? provider.classifyEnd(end);
  } catch (error) {
    return { ...faulty(error), kind: 'transient' };
  }
}

export function textOf(error: unknown): string {
  return wordsOf(error).slice(0, LONGEST_DETAIL);
}

/** In full: what is to be hidden in it may stand across the place where it would be cut. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
