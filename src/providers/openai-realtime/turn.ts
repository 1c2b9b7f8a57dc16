/** One turn of the user's, and how it is told. */
import type { ProviderEvent } from '../contract.ts';

export interface Turn {
  /** The item's; null for a commit that found nothing. */
  readonly ref: string | null;
  /** Both count the socket's samples. */
  readonly startSample: number;
  endSample: number | null;
  text: string | null;
  isInterim: boolean;
  /** The service found its end. */
  hasStopped: boolean;
  isCommitted: boolean;
  /** The item was told. */
  isTold: boolean;
  /** The reply that was begun after it. */
  isAnswered: boolean;
  isDone: boolean;
  answersFlush: boolean;
}

export function newTurn(ref: string | null, startSample: number): Turn {
  return {
    ref,
    startSample,
    endSample: null,
    text: null,
    isInterim: true,
    hasStopped: false,
    isCommitted: ref === null,
    isTold: false,
    isAnswered: false,
    isDone: false,
    answersFlush: false,
  };
}

/** Speech that came to nothing: the service has begun another turn without committing this one. */
export function abandon(turn: Turn, atSample: number): void {
  turn.endSample ??= Math.max(atSample, turn.startSample);
  turn.isCommitted = true;
  turn.isDone = true;
}

/** As an item of the conversation. What a flush committed is none before it has a text. */
export function tell(turn: Turn, status: 'inProgress' | 'completed'): readonly ProviderEvent[] {
  const { ref, text, startSample, endSample } = turn;
  const hasText = text !== null && text !== '';
  if (ref === null || (!turn.isTold && turn.answersFlush && !hasText)) return [];
  turn.isTold = true;
  return [
    {
      kind: 'item',
      ref,
      role: 'user',
      ...(text === null ? {} : { text }),
      status,
      startSample,
      ...(endSample === null ? {} : { endSample }),
    },
  ];
}
