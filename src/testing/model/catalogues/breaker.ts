/** What a breaker can be told, by the names of its chart. */
import type { breakerMachine } from '../../../../machines/breaker.machine.ts';
import type { FailureKind } from '../../../../machines/failure.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof breakerMachine;

/** As long as a breaker stays open at the most. */
const LONGEST_OPEN_MS = 300_000;

export const breakerModel: PathOptions<Machine> = {
  events: {
    'dial.asked': [asked('', 0), asked('', LONGEST_OPEN_MS)],
    'dial.succeeded': [
      { label: '', event: ({ nowMs }) => ({ type: 'dial.succeeded', atMs: nowMs }) },
    ],
    'dial.failed': [
      failed('transient', 'transient', false),
      failed('transient, the last candidate', 'transient', true),
      failed('misconfigured', 'config', false),
    ],
    'stream.stalled': [stalled('', false), stalled('the last candidate', true)],
    'probe.abandoned': [
      { label: '', event: ({ nowMs }) => ({ type: 'probe.abandoned', atMs: nowMs }) },
    ],
  },
  distinguish: ({ failuresInARow, stallsInARow, openings, probeUntilMs, successes }) => [
    failuresInARow,
    stallsInARow,
    Math.min(openings, 1),
    probeUntilMs !== null,
    successes,
  ],
};

function asked(label: string, passMs: number): EventVariant<Machine> {
  return { label, passMs, event: ({ nowMs }) => ({ type: 'dial.asked', atMs: nowMs }) };
}

function failed(label: string, kind: FailureKind, isLast: boolean): EventVariant<Machine> {
  return {
    label,
    event: ({ nowMs }) => ({
      type: 'dial.failed',
      atMs: nowMs,
      failure: { kind, code: 'test', detail: '' },
      isLast,
    }),
  };
}

function stalled(label: string, isLast: boolean): EventVariant<Machine> {
  return { label, event: ({ nowMs }) => ({ type: 'stream.stalled', atMs: nowMs, isLast }) };
}
