/** `tenuto transcribe FILE.wav`: streams a recording through a session and prints what the service hears. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { Attempts } from '../attempts.ts';
import { colors } from '../colors.ts';
import type { CliIo } from '../io.ts';
import { reportError } from '../io.ts';
import { firingLines } from '../firing.ts';
import { deadAtMostMs, outagesOf, outagesOfParts, outageTable } from '../outages.ts';
import { changesLine, Counts, Milestones, progressLine } from '../progress.ts';
import type { Recording, StreamReport } from '../recording.ts';
import { RETENTION_MS, streamRecording } from '../recording.ts';
import type { Stream } from '../stream.ts';
import type { Services } from '../services.ts';
import {
  adviceOn,
  courseLines,
  exitStatusOf,
  isLeftToAdvise,
  jsonLine,
  ledgerLine,
  remainders,
  summaryOf,
} from '../summary.ts';
import { Talk } from '../talk.ts';
import { plain, tell, tellTalk } from '../telling.ts';
import type { Surroundings } from '../telling.ts';
import { nameOf, throughOf } from '../through.ts';
import type { ThroughOptions } from '../through.ts';
import { partLines, VOICE_PARTS } from '../voice-parts.ts';
import { readWav } from '../../audio/wav.ts';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { systemRandom } from '../../ports/random.ts';
import { formatFaultPlan, parseFaultPlan } from '../../simulators/faults/plan.ts';
import type { FaultPlan } from '../../simulators/faults/plan.ts';

export interface TranscribeOptions extends ThroughOptions {
  readonly faults: string;
  /** Default: another one each time, so that a crowd of clients does not come back in step. */
  readonly seed?: number;
  readonly speed: number;
  readonly json: boolean;
  readonly maxAttempts?: number;
  readonly retention?: number;
}

export async function runTranscribe(
  file: string,
  given: TranscribeOptions,
  io: CliIo,
): Promise<number> {
  const options = { ...given, seed: given.seed ?? newSeed() };
  const through = throughOf(options);
  const recording = await readRecording(file, options.json ? () => undefined : io.note);
  const plan = parseFaultPlan(options.faults, {
    seed: options.seed,
    lengthMs: recording.durationMs,
    targets: through.targets,
  });
  const services = await through.start({ ...options, plan, speedRatio: options.speed });
  if (!options.json && plan.faults.length > 0) {
    io.note(`faults: ${formatFaultPlan(plan)}  (seed ${options.seed})`);
  }
  try {
    return await transcribe(recording, plan, services, options, io);
  } finally {
    io.live('');
    await services.close();
  }
}

type Seeded = TranscribeOptions & { readonly seed: number };

async function transcribe(
  recording: Recording,
  plan: FaultPlan,
  services: Services,
  options: Seeded,
  io: CliIo,
): Promise<number> {
  const startedAtMs = systemClock.nowMs();
  const counts = new Counts();
  const talk = new Talk();
  const attempts = new Attempts();
  const milestones = new Milestones(recording.durationMs);
  const show = (session: Stream, positionMs: number): void => {
    if (options.json) return;
    const milestone = io.isTerminal ? null : milestones.line(positionMs, counts.words);
    if (milestone !== null) io.note(milestone);
    const { status, ledger } = session;
    const { reconnects, attempt } = counts;
    const faults = services.faults().length;
    const silentForMs = counts.silentForMs(systemClock.nowMs());
    const shown = { status, positionMs, bufferedMs: ledger.bufferedMs, faults, reconnects };
    io.live(progressLine({ ...shown, durationMs: recording.durationMs, attempt, silentForMs }));
  };
  const around = surroundingsOf(services, options);
  const report = await streamRecording({
    recording,
    candidates: services.candidates,
    speedRatio: options.speed,
    seed: options.seed,
    ...(services.openAgent === undefined ? {} : { openAgent: services.openAgent }),
    signal: io.signal,
    haste: io.haste,
    ...(options.retention === undefined ? {} : { retentionMs: options.retention }),
    ...(options.maxAttempts === undefined
      ? {}
      : { reconnect: { maxAttempts: options.maxAttempts, persistMs: 0 } }),
    onEvent: (event, session) => {
      const nowMs = systemClock.nowMs();
      counts.note(event, nowMs);
      if (options.json) io.write(jsonLine(plain(event)));
      else {
        const triedForMs = attempts.note(event, nowMs);
        tell(event, io, { ...around, hasFlowed: counts.hasFlowed, triedForMs });
        for (const line of talk.note(event)) tellTalk(line, io);
      }
      if (changesLine(event)) {
        show(session, Math.min(session.ledger.capturedMs, recording.durationMs));
      }
    },
    onProgress: show,
    onWait: (session, waitedMs) => {
      if (options.json) return;
      show(session, recording.durationMs);
      const note = waitNote(session, waitedMs);
      if (note !== null) io.note(note);
    },
  });
  io.live('');

  if (options.json) {
    if (report.error !== null) reportError(report.error, io, true);
    io.write(jsonLine({ ...summaryOf(report, nameOf(options)), seed: options.seed }));
  } else {
    conclude(report, { plan, services, recording, startedAtMs, speedRatio: options.speed }, io);
  }
  return exitStatusOf(report);
}

/** Short, for a person may type it again. */
const SEEDS = 1_000_000;

function newSeed(): number {
  return Math.floor(systemRandom.unit() * SEEDS);
}

/** A person hears that something is waited for, long before it is given up, and not every second. */
const WAIT_TOLD_AT_MS = 5_000;
const WAIT_TOLD_EVERY_MS = 15_000;

function waitNote({ ledger }: Stream, waitedMs: number): string | null {
  const told = Math.floor((waitedMs - WAIT_TOLD_AT_MS) / 1_000) * 1_000;
  if (told < 0 || told % WAIT_TOLD_EVERY_MS !== 0 || ledger.buffered === 0) return null;
  return `waiting: ${(ledger.bufferedMs / 1_000).toFixed(1)} s of the recording have no result yet`;
}

/** Where each link may stand alone only, how long a silent one is waited for; and how long nobody is. */
function surroundingsOf(services: Services, { retention }: TranscribeOptions): Surroundings {
  const traits = services.candidates.map(({ provider }) => provider.traits);
  const standAlone = traits.every(({ hedges, makesBeforeBreaks }) => {
    return (hedges ?? makesBeforeBreaks) === false;
  });
  const deadMs = Math.max(...traits.map(({ liveness }) => liveness?.deadAtLeastMs ?? 0));
  return {
    hasParts: services.openAgent !== undefined,
    letGoAfterMs: standAlone && deadMs > 0 ? deadMs : null,
    recordOnlyMs: services.candidates.length > 1 ? (retention ?? RETENTION_MS) : null,
  };
}

interface Conditions {
  readonly plan: FaultPlan;
  readonly services: Services;
  readonly recording: Recording;
  readonly startedAtMs: number;
  readonly speedRatio: number;
}

function conclude(report: StreamReport, conditions: Conditions, io: CliIo): void {
  const { story, error } = report;
  const faults = conditions.services.faults();
  // Who never served has no story: why is all that there is to tell.
  const hasFlowed = story.some(({ what }) => what === 'flowing');
  if (hasFlowed || faults.length > 0 || error === null) tellCourse(report, conditions, io);
  if (error !== null) reportError(error, io, false);
  else if (report.status === 'interrupted') io.note('interrupted');
  else if (isLeftToAdvise(report)) io.note(colors.red(adviceOn(report)));
}

function tellCourse(report: StreamReport, conditions: Conditions, io: CliIo): void {
  const { story, voice } = report;
  const { plan, services, recording, startedAtMs, speedRatio } = conditions;
  const faults = services.faults();
  const providers = services.candidates.map(({ provider }) => provider);
  const outages =
    voice === null
      ? outagesOf(faults, story, deadAtMostMs(providers))
      : outagesOfParts(faults, story);
  if (outages.length > 0) for (const line of outageTable(outages, startedAtMs)) io.note(line);
  const first = (voice === null ? providers[0]?.name : VOICE_PARTS[0]) ?? '';
  const { durationMs } = recording;
  const run = { plan, fired: faults, first, startedAtMs, durationMs, speedRatio };
  for (const line of firingLines(run)) io.note(line);
  for (const line of courseLines(report)) io.note(line);
  for (const line of voice === null ? [] : partLines(voice)) io.note(line);
  io.note(ledgerLine(report.ledger));
  for (const line of remainders(report)) io.note(colors.red(line));
}

export async function readRecording(
  file: string,
  note: (line: string) => void,
): Promise<Recording> {
  const bytes = await readRegularFile(file);
  const name = basename(file);
  const { pcm, format, durationMs, notes } = await readWav(bytes, name);
  for (const line of notes) note(`${name}: ${line}`);

  return { name, pcm, format, durationMs };
}

/** More than any recording: nothing is read for ever from a device or a pipe. */
const MAX_FILE_BYTES = 1_024 ** 3;

async function readRegularFile(file: string): Promise<Uint8Array> {
  const cannot = (why: string, cause?: unknown): TenutoError =>
    new TenutoError({
      code: 'WAV_NOT_FOUND',
      message: `"${file}" ${why}.`,
      remediation: 'Give the path of a WAV file that you may read, of at most 1 GiB.',
      cause,
    });
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw cannot('is a folder');
    if (!found.isFile()) throw cannot('is a device or a pipe, not a file');
    if (found.size > MAX_FILE_BYTES) throw cannot('is larger than 1 GiB');
    return await readFile(file);
  } catch (error) {
    if (TenutoError.is(error)) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw cannot(`cannot be read (${code})`, error);
  }
}
