/** Brings a run to where something can be tried. */
import type { ConformanceRun } from './run.ts';
import { isByRequest } from './script-kinds.ts';

/** What is said to have a request made of it; in a replay, with more behind it, so that the replay goes on. */
const CLAUSE = { ms: 200, chunkMs: 20 };
const MORE = { ms: 2_000, chunkMs: 20 };
const DEFAULT_PAUSE_MS = 1_000;

/** Connects, and waits until the connection stands. */
export async function stand(run: ConformanceRun): Promise<void> {
  run.connect();
  run.service.accept(await run.service.nextDial());
  await run.passUntil(() => run.session.status === 'active', 'connection that stands');
}

/** Where requests are answered: gives the provider cause for one, until one waits for its answer. */
export async function occupy(run: ConformanceRun): Promise<void> {
  const { microphone, service, session } = run;
  const { script } = service.server;
  const isHeld = (): boolean => service.carrying.link.isHolding === true;
  if (!isByRequest(script) || isHeld()) return;
  if (script.speaks !== undefined) {
    if (run.isAllSpoken) run.say();
  } else {
    microphone.speak(CLAUSE);
    microphone.pause(script.hears?.pauseMs ?? DEFAULT_PAUSE_MS);
    if (session.status !== 'active') microphone.speak(MORE);
  }
  await run.passUntil(isHeld, 'request at the service');
}
