/** An event in one line, without what is drawn by nobody's seed: names that services make up. */
import { partOf } from './link-checks.ts';
import type { TraceEntry } from '../simulation.types.ts';
import type { DialFact } from './client-side.ts';
import type { CloseResult, SessionEvent } from '../../session/events.ts';

export type Note = (what: string, more?: Pick<TraceEntry, 'to' | 'state'>) => void;

export function factOf(event: SessionEvent): string {
  const part = partOf(event);
  return part === 'hearing' ? lineOf(event) : `${part}: ${lineOf(event)}`;
}

function lineOf(event: SessionEvent): string {
  switch (event.type) {
    case 'transcript': {
      const { isFinal, startMs, endMs, text, provider } = event;
      return `${isFinal ? 'final' : 'interim'} ${startMs}-${endMs} "${text}" (${provider})`;
    }
    case 'gap':
      return `gap ${event.fromMs}-${event.toMs} ${event.reason}`;
    case 'stateChange':
      return `${event.previous} -> ${event.current} (${event.reason})`;
    case 'connection.reconnecting':
      return `reconnecting ${event.attempt}/${event.maxAttempts} in ${event.backoffDelayMs} (${event.cause.kind} ${event.cause.code})`;
    case 'connection.reconnected':
      return `reconnected ${event.outcome} after ${event.downtimeMs}, ${event.audioReplayedMs} replayed`;
    case 'connection.failed':
      return `failed: ${event.failure.kind} ${event.failure.code}`;
    case 'candidate.changed':
      return `${event.from} -> ${event.to} (${event.reason})`;
    case 'item': {
      const { item } = event;
      return item.kind === 'message'
        ? `item ${item.role} ${item.status} "${item.text}"`
        : `item ${item.kind}`;
    }
    case 'toolCall':
      return `toolCall ${event.arguments}`;
    case 'reply.text':
      return `reply.text "${event.delta}"`;
    case 'reply.ended':
      return `reply.ended ${event.status}`;
    case 'warning':
    case 'error':
      return `${event.type} ${event.error.code}`;
    case 'session.degraded':
    case 'session.restored':
      return `${event.type} ${event.mode}`;
    default:
      return event.type;
  }
}

/** What must come about now and then. */
export function happeningsOf(event: SessionEvent): readonly string[] {
  switch (event.type) {
    case 'candidate.changed':
      return [event.reason];
    case 'connection.reconnected':
      if (event.component === 'llm' || event.component === 'tts') {
        return [`${event.component} reconnected`];
      }
      return [event.outcome, ...(event.toolCallsCarried > 0 ? ['toolCall carried'] : [])];
    case 'connection.reconnecting':
      return event.cause.kind === 'rateLimited' ? ['told to wait'] : [];
    case 'gap':
      return ['gap', `gap: ${event.reason}`];
    case 'session.degraded':
      return [event.type, ...(event.mode === 'recordOnly' ? [] : [`degraded: ${event.mode}`])];
    case 'spoken':
    case 'toolCall':
    case 'toolCall.cancelled':
    case 'interrupted':
    case 'connection.suspected':
    case 'connection.recovered':
    case 'connection.failed':
    case 'session.restored':
    case 'session.suspended':
    case 'warning':
      return [event.type];
    default:
      return [];
  }
}

export function dialWords({ kind, end }: DialFact): string {
  if (end === undefined) return kind === 'dialled' ? 'dials' : 'is let in';
  if (end.kind === 'closed') return `its connection ends with ${end.code}`;
  return `is refused with ${end.status ?? end.errorCode ?? end.code}`;
}

export function closedWords({ drained, ledger }: CloseResult): string {
  const { delivered, gap } = ledger;
  return `has closed${drained ? '' : ', with something left'}: ${delivered} chunks delivered, ${gap} in gaps`;
}
