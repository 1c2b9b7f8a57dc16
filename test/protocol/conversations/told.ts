/** What a session tells of what its user has to hear. */
import type { Told } from './steps.ts';
import type { SessionEvent } from '../../../src/session/events.ts';

export const RATE_HZ = 8_000;

/** What a user has to be told of an event; of most nothing. */
export function toldBy(event: SessionEvent): readonly Told[] {
  switch (event.type) {
    case 'connection.reconnecting':
      return event.attempt === 1 ? [{ tell: 'interrupted' }] : [];
    case 'gateway.attached':
      return [{ tell: 'attached', resumed: event.resumed }];
    case 'gap':
      return [{ tell: 'gap', from: samples(event.fromMs), to: samples(event.toMs) }];
    case 'transcript': {
      if (!event.isFinal) return [];
      const { text, startMs, endMs } = event;
      return [{ tell: 'final', from: samples(startMs), to: samples(endMs), text }];
    }
    case 'warning':
      return [{ tell: 'warning' }];
    case 'connection.failed':
      return [{ tell: 'ended', code: event.failure.code }];
    default:
      return [];
  }
}

function samples(ms: number): number {
  return Math.round((ms * RATE_HZ) / 1_000);
}
