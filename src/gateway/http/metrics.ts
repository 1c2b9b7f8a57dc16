/**
 * What a gateway counts, in the text that Prometheus reads (prometheus.io, "Exposition formats"). `METRICS` is the only place
 * with names, units and words; docs/gateway.md is checked against it. No label is of a client's making.
 */
import type { Counters, Histogram } from '../counters.ts';
import type { Readiness } from '../lifecycle.ts';

/** What there is to be measured. */
export interface Measured {
  readonly sessions: Iterable<{
    readonly isAttached: boolean;
    readonly card: { readonly isConcluded?: boolean };
  }>;
  readonly counters: Counters;
  readonly readiness: Readiness;
  readonly isStoreAvailable: boolean;
  /** Of what clients have in its memory. */
  readonly memoryBytes: number;
  readonly limits: { readonly memoryBytes: number };
}

/** In base units: seconds, bytes. With `label` a value for each of its words. */
export type Metric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly read: (measured: Measured) => number }
  | {
      readonly type: 'counter' | 'gauge';
      readonly label: string;
      readonly read: (measured: Measured) => Readonly<Record<string, number>>;
    }
  | { readonly type: 'histogram'; readonly read: (measured: Measured) => Histogram }
);

export const METRICS: readonly Metric[] = [
  {
    name: 'tenuto_sessions',
    type: 'gauge',
    help: 'Sessions that live here, by whether their client is there; concluded: all was said, and only the answer is kept for a client that is away.',
    label: 'state',
    read: ({ sessions }) => statesOf(sessions),
  },
  {
    name: 'tenuto_attachments_total',
    type: 'counter',
    help: 'Clients that were let in: to a new session, to one that lives here, to one that another gateway had.',
    label: 'how',
    read: ({ counters }) => counters.arrivals,
  },
  {
    name: 'tenuto_sessions_ended_total',
    type: 'counter',
    help: 'Sessions that are not here any more. aged: they had lasted a day; unopened: their application did not open; failed: their application failed again and again; fenced: another gateway has it; uncertain: the store did not say what it wrote; left: in the log when this gateway stopped.',
    label: 'why',
    read: ({ counters }) => counters.endings,
  },
  {
    name: 'tenuto_refusals_total',
    type: 'counter',
    help: 'Clients that were not let in, or not any more with their bearer, by close code.',
    label: 'code',
    read: ({ counters }) => counters.refusals,
  },
  {
    name: 'tenuto_upgrades_refused_total',
    type: 'counter',
    help: 'Those that came no further than HTTP, by status.',
    label: 'status',
    read: ({ counters }) => counters.upgradeRefusals,
  },
  {
    name: 'tenuto_app_failures_total',
    type: 'counter',
    help: 'Applications that threw in a session, by what came of it: it was opened again, a message was set aside, or the session was given up.',
    label: 'outcome',
    read: ({ counters }) => counters.appFailures,
  },
  {
    name: 'tenuto_frames_total',
    type: 'counter',
    help: 'Frames of tenuto.v1, from clients and to them.',
    label: 'direction',
    read: ({ counters: { framesIn, framesOut } }) => ({ in: framesIn, out: framesOut }),
  },
  {
    name: 'tenuto_bytes_total',
    type: 'counter',
    help: 'Bytes of these frames.',
    label: 'direction',
    read: ({ counters: { bytesIn, bytesOut } }) => ({ in: bytesIn, out: bytesOut }),
  },
  {
    name: 'tenuto_chunks_committed_total',
    type: 'counter',
    help: 'Chunks of clients that came to be in the log.',
    read: ({ counters }) => counters.chunksCommitted,
  },
  {
    name: 'tenuto_duplicates_total',
    type: 'counter',
    help: 'Frames that were sent again and were here already: passed over.',
    read: ({ counters }) => counters.duplicates,
  },
  {
    name: 'tenuto_gaps_total',
    type: 'counter',
    help: 'Stretches of audio that clients reported as lost.',
    read: ({ counters }) => counters.gaps,
  },
  {
    name: 'tenuto_gap_seconds_total',
    type: 'counter',
    help: 'How long these were.',
    read: ({ counters }) => counters.gapMs / 1_000,
  },
  {
    name: 'tenuto_credit_stalls_total',
    type: 'counter',
    help: 'Times that a client had sent all that it was granted, and had to wait.',
    read: ({ counters }) => counters.creditStalls,
  },
  {
    name: 'tenuto_memory_bytes',
    type: 'gauge',
    help: 'Frames in memory: those that are not in the log yet, and those that clients have not acknowledged.',
    read: ({ memoryBytes }) => memoryBytes,
  },
  {
    name: 'tenuto_memory_max_bytes',
    type: 'gauge',
    help: 'As much of it as may be (limits.memoryBytes): then nobody is granted more credit, and no new session begins.',
    read: ({ limits }) => limits.memoryBytes,
  },
  {
    name: 'tenuto_commit_seconds',
    type: 'histogram',
    help: 'How long the store took to commit a record.',
    read: ({ counters }) => counters.commits,
  },
  {
    name: 'tenuto_store_bytes_total',
    type: 'counter',
    help: 'Bytes of records that came to be in the log.',
    read: ({ counters }) => counters.storeBytes,
  },
  {
    name: 'tenuto_unwritten_sessions_total',
    type: 'counter',
    help: 'Sessions that were given up here while the store had not taken all of what came in: their clients were not told that it had, and still have it.',
    read: ({ counters }) => counters.unwritten,
  },
  {
    name: 'tenuto_store_answers_total',
    type: 'counter',
    help: 'What the store answered: all but committed, and conflict (another gateway was first), are errors.',
    label: 'answer',
    read: ({ counters }) => counters.store,
  },
  {
    name: 'tenuto_store_available',
    type: 'gauge',
    help: '1 while the store takes records; 0, and not ready, from an error on until it does again.',
    read: ({ isStoreAvailable }) => Number(isStoreAvailable),
  },
  {
    name: 'tenuto_draining',
    type: 'gauge',
    help: '1 from the beginning of a drain on.',
    read: ({ readiness }) => Number(readiness === 'draining'),
  },
  {
    name: 'tenuto_goaways_total',
    type: 'counter',
    help: 'Clients that were told to go elsewhere; those of tenuto_sessions{state="attached"} have not gone yet.',
    read: ({ counters }) => counters.goAways,
  },
];

export function metricsOf(measured: Measured): string {
  return METRICS.map((metric) => {
    const { name, type, help } = metric;
    const lines = samplesOf(metric, measured).map((sample) => `${name}${sample}\n`);
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }).join('');
}

function samplesOf(metric: Metric, measured: Measured): readonly string[] {
  if (metric.type === 'histogram') return histogramOf(metric.read(measured));
  if (!('label' in metric)) return [` ${numberOf(metric.read(measured))}`];
  const { label, read } = metric;
  return Object.entries(read(measured)).map(([word, value]) => `{${label}="${word}"} ${value}`);
}

function numberOf(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}

/** Cumulative, and in seconds. */
function histogramOf({ boundsMs, counts, sumMs }: Histogram): readonly string[] {
  let sum = 0;
  const bounds = [...boundsMs.map((ms) => String(ms / 1_000)), '+Inf'];
  const buckets = bounds.map((bound, at) => {
    sum += counts[at] ?? 0;
    return `_bucket{le="${bound}"} ${sum}`;
  });
  return [...buckets, `_sum ${sumMs / 1_000}`, `_count ${sum}`];
}

function statesOf(sessions: Measured['sessions']): Readonly<Record<string, number>> {
  const states = { attached: 0, detached: 0, concluded: 0 };
  for (const { isAttached, card } of sessions) {
    states[isAttached ? 'attached' : card.isConcluded === true ? 'concluded' : 'detached'] += 1;
  }
  return states;
}
