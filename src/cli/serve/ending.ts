/** How `tenuto serve` ends: clients go, sessions are left, and all is closed, in the time that was given for the whole of it. */
import { EXIT_FAILED, EXIT_OK } from '../io.ts';
import type { CliIo } from '../io.ts';
import { closeInSteps } from './closing.ts';
import type { Closer } from './closing.ts';
import type { ServeSettings } from './settings.ts';
import { drainText, lastWords } from './words.ts';
import { aborted } from '../sleep.ts';
import type { DrainReport } from '../../gateway/departure.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';

/** Clients have all of the time but this; of less than twice as much, half. */
const END_RESERVE_MS = 8_000;
/** Of the reserve this is for sessions to get into the log, and the rest for what is closed after them. */
const STOP_RATIO = 5 / 8;

export interface Opened {
  readonly gateway: Pick<Gateway, 'isHandover' | 'drain' | 'close'>;
  /** How many sessions there are. */
  readonly sessions: () => number;
  /** Whatever was opened, side by side: once sessions are left nothing needs another. */
  readonly closers: readonly Closer[];
}

export interface EndOptions {
  readonly settings: Pick<ServeSettings, 'drainMs' | 'drainTo' | 'store'>;
  readonly json: boolean;
  readonly clock: Clock;
}

/**
 * Once the first signal has come. @returns the exit status, and what could not be closed as it should. 0: all that was accepted
 * was handled, and all that came of it acknowledged, or it is in a log that outlives the process.
 */
export async function endServing(
  { gateway, sessions, closers }: Opened,
  { settings, json, clock }: EndOptions,
  io: Pick<CliIo, 'write' | 'note' | 'haste'>,
): Promise<{ readonly status: number; readonly failures: readonly unknown[] }> {
  const { drainMs, drainTo, store } = settings;
  const startedAtMs = clock.nowMs();
  const reserveMs = Math.min(END_RESERVE_MS, drainMs / 2);
  const deadlineMs = drainMs - reserveMs;
  const had = sessions();
  const where = gateway.isHandover(drainTo) ? store : deadlineMs;
  if (!json && had > 0) io.note(drainText(had, where));
  void aborted(io.haste).then(() => gateway.close());
  const report = await gateway.drain({ deadlineMs, to: drainTo, stopMs: reserveMs * STOP_RATIO });
  const tookMs = clock.nowMs() - startedAtMs;
  const lost = store.kind === 'memory' ? report.unfinished - report.gone : 0;
  const isWhole = lost === 0 && report.unwritten === 0;
  tell(report, { lost, isWhole, tookMs }, { settings, json, clock }, io);
  const closed = await closeInSteps([closers], clock, drainMs - tookMs);
  const failures = closed.filter((failure) => TenutoError.is(failure)); // no service that did not say goodbye
  return { status: isWhole && failures.length === 0 ? EXIT_OK : EXIT_FAILED, failures };
}

function tell(
  report: DrainReport,
  { lost, isWhole, tookMs }: { lost: number; isWhole: boolean; tookMs: number },
  { settings, json }: EndOptions,
  io: Pick<CliIo, 'write' | 'note'>,
): void {
  if (!json) for (const line of lastWords(report, settings.store)) io.note(line);
  else {
    const { left, unwritten } = report;
    const kept = settings.store.kind === 'memory' ? 0 : left;
    const facts = { drained: isWhole, kept, lost, unwritten, tookMs: Math.round(tookMs) };
    io.write(JSON.stringify({ type: 'summary', ...facts }));
  }
}
