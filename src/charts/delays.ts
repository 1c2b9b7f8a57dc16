/** Delays as a person says them. */
import type { AnyStateMachine } from 'xstate';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DELAY = /^after (\S+?)(?: ms)?$/;

/** `after 5000 ms` is `after 5 s`; a delay with a name and a fixed length tells both: `after patience (1.5 s)`. */
export function delayInWords(label: string, machine: AnyStateMachine): string {
  const delay = DELAY.exec(label)?.[1];
  if (delay === undefined) return label;
  if (/^\d+$/.test(delay)) return `after ${durationInWords(Number(delay))}`;
  const length: unknown = machine.implementations.delays[delay];
  return typeof length === 'number' ? `${label} (${durationInWords(length)})` : label;
}

/** `250 ms`, `1.5 s`, `2 min`. */
export function durationInWords(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${durationMs} ms`;
  if (durationMs < 2 * MINUTE_MS) return `${durationMs / SECOND_MS} s`;
  return `${durationMs / MINUTE_MS} min`;
}
