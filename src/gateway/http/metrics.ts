/** What a gateway counts, in the text that Prometheus reads. No label is of a client's making. */
import type { Counters } from '../counters.ts';

export interface Measured {
  readonly sessions: Iterable<{ readonly isAttached: boolean }>;
  readonly counters: Counters;
}

type Sample = readonly [labels: string, value: number];

export function metricsOf({ sessions, counters }: Measured): string {
  const { framesIn, framesOut, commits, welcomes, refusals } = counters;
  let attached = 0;
  let detached = 0;
  for (const { isAttached } of sessions) {
    if (isAttached) attached += 1;
    else detached += 1;
  }
  const refused = [...refusals].map(([code, count]): Sample => [`{code="${code}"}`, count]);
  return [
    metric('tenuto_sessions', 'gauge', 'Sessions of this gateway, by whether a client is there.', [
      ['{state="attached"}', attached],
      ['{state="detached"}', detached],
    ]),
    metric('tenuto_frames_total', 'counter', 'Frames of clients, and to them.', [
      ['{direction="in"}', framesIn],
      ['{direction="out"}', framesOut],
    ]),
    metric('tenuto_commits_total', 'counter', 'Records that came to be in the log.', [
      ['', commits],
    ]),
    metric('tenuto_welcomes_total', 'counter', 'Clients that were let in.', [['', welcomes]]),
    metric('tenuto_refusals_total', 'counter', 'Clients that were not, by close code.', refused),
  ].join('');
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
