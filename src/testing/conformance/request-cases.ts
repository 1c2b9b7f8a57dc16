/** What a provider that makes its own sockets is tried with beside the walks of its connection. */
import { assertOver, finish } from './finish.ts';
import type { RequestScript } from './request-script.ts';
import type { ConformanceRun } from './run.ts';
import { occupy, stand } from './standing.ts';
import type { NamedCourse } from './speech-cases.ts';
import { mismatch } from './waiting.ts';

/** Longer than any patience of a session's with a link that stands. */
const QUIET_MS = 120_000;

/** Longer than any adapter waits for an answer. */
const MOST_PATIENCE_MS = 1_200_000;

export function requestCases(script: RequestScript): readonly NamedCourse[] {
  return [
    { name: 'Two minutes in which nothing is asked cost no connection.', take: idle },
    { name: 'A request that is never answered ends in its time, and is made again.', take: starve },
    { name: 'A request that is under way when the session is closed is let go of.', take: leave },
    ...(script.declines === undefined
      ? []
      : [
          {
            name: 'A request that is declined by itself is a warning, and the next one is answered.',
            take: decline,
          },
        ]),
  ];
}

async function idle(run: ConformanceRun): Promise<void> {
  await stand(run);
  const untilMs = run.clock.nowMs() + QUIET_MS;
  await run.passUntil(() => run.clock.nowMs() >= untilMs, 'end of the quiet', 2 * QUIET_MS);
  const { length } = run.transport.sockets;
  if (length > 1 || run.session.status !== 'active') {
    throw mismatch(
      `in ${QUIET_MS} ms without a request ${length} sockets were dialled, and the session is ${run.session.status}`,
      'An adapter without a connection answers pings itself while nothing is under way (`answersPings`), or asks for patience by `liveness` in its traits.',
    );
  }
  await finish(run);
}

async function starve(run: ConformanceRun): Promise<void> {
  await stand(run);
  await occupy(run);
  const isLost = (): boolean => run.session.status === 'reconnecting';
  await run.passUntil(isLost, 'end of a request that nobody answers', MOST_PATIENCE_MS);
  await finish(run);
}

async function leave(run: ConformanceRun): Promise<void> {
  await stand(run);
  await occupy(run);
  await run.session.close({ drainTimeoutMs: 0 });
  await assertOver(run);
}

async function decline(run: ConformanceRun): Promise<void> {
  await stand(run);
  await occupy(run);
  run.service.carrying.link.decline?.();
  await run.passUntil(
    () => run.events.some(({ type }) => type === 'warning'),
    'warning that a request was declined',
  );
  if (run.transport.sockets.length > 1 || run.session.status !== 'active') {
    throw mismatch('a request that was declined by itself cost the connection');
  }
  await finish(run);
}
