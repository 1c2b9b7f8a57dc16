/** Keeps an audio context running as far as the platform allows: policies, calls and sleeping pages suspend it. */
import type { Clock } from '../ports/clock.ts';

export interface ContextHooks {
  /** It stands still. */
  onSuspended(): void;
  onRunning(): void;
}

/** Events in which a browser lets a page have sound. */
const GESTURES = ['pointerdown', 'pointerup', 'touchend', 'click', 'keydown'] as const;

/** Each context begins suspended: it is nothing to tell before that. */
const STARTS_WITHIN_MS = 500;

/** Returns what stops it. Tells a change only. */
export function keepRunning(context: AudioContext, clock: Clock, hooks: ContextHooks): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  let isRunning: boolean | null = null;
  const resume = (): void => {
    const isOver = signal.aborted || context.state === 'closed' || context.state === 'running';
    if (!isOver) void context.resume().catch(() => undefined); // it is tried again at the next occasion
  };
  const look = (): void => {
    if (signal.aborted || context.state === 'closed') return;
    const runs = context.state === 'running';
    if (runs === isRunning) return;
    isRunning = runs;
    if (runs) hooks.onRunning();
    else {
      hooks.onSuspended();
      resume();
    }
  };
  context.addEventListener('statechange', look, { signal });
  const starting = clock.setTimeout(look, STARTS_WITHIN_MS);
  const page = globalThis as unknown as { readonly document?: Document };
  for (const type of GESTURES) {
    page.document?.addEventListener(type, resume, { signal, capture: true });
  }
  page.document?.addEventListener('visibilitychange', resume, { signal });
  if (context.state === 'running') look();
  else resume();
  return () => {
    clock.clearTimeout(starting);
    listening.abort();
  };
}
