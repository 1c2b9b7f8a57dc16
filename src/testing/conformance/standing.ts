import type { ConformanceRun } from './run.ts';

/** Connects, and waits until the connection stands. */
export async function stand(run: ConformanceRun): Promise<void> {
  run.connect();
  run.service.accept(await run.service.nextDial());
  await run.passUntil(() => run.session.status === 'active', 'connection that stands');
}
