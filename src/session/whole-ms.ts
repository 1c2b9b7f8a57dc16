/** Delays and durations as listeners are told them: in whole milliseconds, since nobody needs what chance and clocks add. */
import type { SessionEvent } from './events.ts';

/** Of signals alone: places in the audio stay exact, so that the books of gaps balance. */
export function inWholeMs(event: SessionEvent): SessionEvent {
  if (!event.type.startsWith('connection.') && event.type !== 'candidate.changed') return event;
  const rounded = Object.entries(event).map(([name, value]: [string, unknown]) =>
    name.endsWith('Ms') && typeof value === 'number' ? [name, Math.round(value)] : [name, value],
  );
  return Object.fromEntries(rounded) as SessionEvent;
}
