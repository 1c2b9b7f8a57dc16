/** A voice at work: whatever it was given to say is spoken to its end. */
import type { ConformanceRun } from './run.ts';
import { mismatch } from './waiting.ts';

/** Longer than it takes to say everything at the pace of any service. */
const MOST_TICKS = 12_000;

/** One more text, and all that waits before it. Rejects where one is never told to be spoken. */
export async function speakTheRest(run: ConformanceRun): Promise<void> {
  run.say();
  await speakAll(run);
}

export async function speakAll(run: ConformanceRun): Promise<void> {
  if (run.isByRequest) run.service.carrying.link.speakAgain();
  for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
    await settle(run);
    if (run.isAllSpoken) return;
    await run.tick();
  }
  assertAllSpoken(run);
}

export function assertAllSpoken(run: ConformanceRun): void {
  if (run.speech === null || run.isAllSpoken) return;
  const left = run.texts.filter(({ id }) => !isTold(run, id)).length;
  throw mismatch(`${left} of ${run.texts.length} texts were never told to be spoken`);
}

/** The service speaks what it was sent, and that has come in. */
async function settle(run: ConformanceRun): Promise<void> {
  await run.facts.until(
    () => run.service.isCalm,
    () => 'answer to a dial, a request or a ping',
  );
  if (run.isByRequest) return;
  await run.service.heard();
  const { link, socket } = run.service.carrying;
  assertSent(run);
  const said = link.spoken?.length ?? 0;
  const before = toldBy(run);
  link.settle();
  const fresh = (link.spoken?.length ?? 0) - said;
  await run.facts.until(
    () => toldBy(run) >= before + fresh || !socket.isLive,
    () => `\`spoken\` of ${before + fresh - toldBy(run)} of ${fresh} texts that were spoken`,
    () =>
      'Mend `decode` of the adapter: it tells `spoken`, with the id of its order, of each text that was spoken to its end.',
  );
}

/** All that was sent has arrived: an adapter that leaves a text out shows it here. */
function assertSent({ service, speech }: ConformanceRun): void {
  const { texts = [] } = service.carrying.link;
  const arrived = new Set(service.links.flatMap(({ link }) => link.texts ?? []));
  const ordered = (speech?.orders ?? []).filter((orders) => orders.length > 0).at(-1) ?? [];
  const left = ordered.find(({ text }) => !arrived.has(text));
  if (left === undefined || texts.length >= ordered.length) return;
  throw mismatch(
    `"${left.text}" was ordered, and never arrived at the service`,
    'Mend `encodeOrder` of the adapter: it gives the frames that have each text spoken.',
  );
}

function toldBy({ speech }: ConformanceRun): number {
  return speech?.spoken.size ?? 0;
}

function isTold({ events }: ConformanceRun, id: string): boolean {
  return events.some((event) => event.type === 'spoken' && event.id === id);
}
