/** The end of every path: the session is brought back, says the rest, is closed, and is held to its promises. */
import { assertPromises } from './promises.ts';
import type { ConformanceRun } from './run.ts';
import { assertAllSpoken, speakTheRest } from './speaking.ts';
import { mismatch } from './waiting.ts';
import type { Frame } from '../../ports/socket.ts';

/** Longer than any wait of the chart's and than any timer of a session's. */
const AFTERWARDS_MS = 600_000;

export const LAST_WORDS = { ms: 200, chunkMs: 20 };

/** Enough for the longest backlog at the pace at which it goes out. */
const MOST_TICKS = 1_200;

/** Rejects with a TenutoError `MODEL_MISMATCH` that names each promise that was not kept. */
export async function finish(run: ConformanceRun): Promise<void> {
  if (run.session.status !== 'idle') run.service.acceptAll();
  if (isUnderWay(run)) await bringBack(run);
  const stands = run.session.status === 'active';
  if (stands && run.speech !== null) await speakTheRest(run);
  else if (stands && run.arePlacesTold) await sayTheRest(run);
  else if (stands) run.microphone.speak(LAST_WORDS); // whatever no result covers yet, the flush asks for
  await close(run);
  if (stands) {
    assertNothingLeft(run);
    assertAllSpoken(run);
  }
  await assertOver(run);
}

/** A case that closed its session itself ends with this. */
export async function assertOver(run: ConformanceRun): Promise<void> {
  const { length: dials } = run.transport.sockets;
  const { pending: timers } = run.clock;
  const { openRequests: requests = 0 } = run.service.server;
  await run.clock.advanceAsync(AFTERWARDS_MS);
  await run.facts.until(
    () => run.service.links.every(({ link }) => link.isClosed),
    () => 'end of a connection at the service',
  );
  assertPromises(run, { timers, requests, dials: run.transport.sockets.length - dials });
}

function isUnderWay({ session: { status } }: ConformanceRun): boolean {
  return status === 'connecting' || status === 'connected' || status === 'reconnecting';
}

async function bringBack(run: ConformanceRun): Promise<void> {
  run.network.online();
  await run.passUntil(() => !isUnderWay(run), 'way back to a connection that stands');
}

/** Everything that was captured is delivered on the link that stands, or was told to be a gap. */
async function sayTheRest(run: ConformanceRun): Promise<void> {
  run.microphone.speak(LAST_WORDS);
  for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
    await run.service.heard();
    const { link, socket } = run.service.carrying;
    const frames = socket.frames;
    if (link.heardSamples > (link.said.at(-1)?.to ?? 0)) {
      link.settle();
      await run.facts.until(
        () => socket.frames > frames || !socket.isLive,
        () => 'result at the session',
      );
    }
    if (run.session.ledger.buffered === 0) return;
    await run.tick();
  }
  assertNothingLeft(run);
}

function assertNothingLeft({ session: { ledger } }: ConformanceRun): void {
  if (ledger.buffered === 0) return;
  throw mismatch(`${ledger.bufferedMs} ms of audio were neither delivered nor reported as a gap`);
}

/** A standing link says goodbye, which is answered over the network and not by time. */
async function close(run: ConformanceRun): Promise<void> {
  let isClosed = false;
  const closing = run.session.close().then(() => {
    isClosed = true;
    run.facts.changed();
  });
  if (run.isByRequest) {
    // What was captured last goes out at its pace, and is asked for.
    const isAsked = (): boolean => run.provider.goodbye !== undefined || isClosed;
    await run.passUntil(isAsked, 'goodbye');
  }
  if (run.answers('goodbye')) await run.facts.until(() => isClosed, noEnd(run));
  else await run.passUntil(() => isClosed, 'end after the goodbye');
  await closing;
}

/** What is said of a goodbye that nothing came of. */
export function noEnd({ provider }: ConformanceRun): () => string {
  return () =>
    `end after the goodbye (${shown(provider.goodbye)}): either the script's \`onFrame\` does not know this frame, or the service closes without one, and \`answers\` in the script has to say so`;
}

export function shown(frame: Frame | null | undefined): string {
  if (frame === undefined) return 'never asked for';
  return typeof frame === 'string' ? frame.slice(0, 80) : `${frame?.length ?? 'no'} bytes`;
}
