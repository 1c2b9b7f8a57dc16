/** `tenuto transcribe FILE.wav`: streams a recording through a session and prints what the service hears. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import pc from 'picocolors';

import type { CliIo } from '../io.ts';
import { clockText, EXIT_FAILED, reportError } from '../io.ts';
import { outagesOf, outageTable } from '../outages.ts';
import { progressLine } from '../progress.ts';
import type { Recording, StreamReport } from '../recording.ts';
import { streamRecording } from '../recording.ts';
import type { ProviderName, Service } from '../service.ts';
import { PROVIDER_NAMES, startService } from '../service.ts';
import { exitStatusOf, ledgerLine, remainders, summaryOf } from '../summary.ts';
import { readWav } from '../../audio/wav.ts';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { SessionEvent } from '../../session/events.ts';
import { formatFaultPlan, parseFaultPlan } from '../../simulators/faults/plan.ts';
import type { FaultPlan } from '../../simulators/faults/plan.ts';

export interface TranscribeOptions {
  readonly provider: string;
  readonly simulated: boolean;
  readonly faults: string;
  readonly seed: number;
  readonly speed: number;
  readonly json: boolean;
  readonly apiKey?: string;
  readonly url?: string;
  readonly port?: number;
  readonly maxAttempts?: number;
  readonly retention?: number;
}

export async function runTranscribe(
  file: string,
  options: TranscribeOptions,
  io: CliIo,
): Promise<number> {
  const provider = checkProvider(options.provider);
  const recording = await readRecording(file, options.json ? () => undefined : io.note);
  const plan = parseFaultPlan(options.faults, {
    seed: options.seed,
    lengthMs: recording.durationMs,
  });
  if (!options.json && plan.faults.length > 0) {
    io.note(`faults: ${formatFaultPlan(plan)}  (seed ${options.seed})`);
  }
  const service = await startService({ ...options, provider, plan, speedRatio: options.speed });
  try {
    return await transcribe(recording, plan, service, options, io);
  } finally {
    io.live('');
    await service.close();
  }
}

async function transcribe(
  recording: Recording,
  plan: FaultPlan,
  service: Service,
  options: TranscribeOptions,
  io: CliIo,
): Promise<number> {
  const startedAtMs = systemClock.nowMs();
  let reconnects = -1; // the first time that audio flows is none
  const report = await streamRecording({
    recording,
    provider: service.provider,
    speedRatio: options.speed,
    seed: options.seed,
    signal: io.signal,
    ...(options.retention === undefined ? {} : { retentionMs: options.retention }),
    ...(options.maxAttempts === undefined
      ? {}
      : { reconnect: { maxAttempts: options.maxAttempts, persistMs: 0 } }),
    onEvent: (event) => {
      if (event.type === 'audio.flowing') reconnects += 1;
      if (options.json) io.write(JSON.stringify(plain(event)));
      else tell(event, io);
    },
    onProgress: (session, positionMs) => {
      if (options.json) return;
      const { status, ledger } = session;
      const { durationMs } = recording;
      const faults = service.faults().length;
      const { bufferedMs } = ledger;
      io.live(
        progressLine({
          status,
          positionMs,
          durationMs,
          bufferedMs,
          faults,
          reconnects: Math.max(0, reconnects),
        }),
      );
    },
  });
  io.live('');

  if (options.json) {
    if (report.error !== null) reportError(report.error, io, true);
    io.write(JSON.stringify(summaryOf(report, options.provider)));
  } else {
    conclude(report, plan, service, startedAtMs, io);
  }
  return exitStatusOf(report);
}

function tell(event: SessionEvent, io: CliIo): void {
  switch (event.type) {
    case 'transcript':
      if (event.isFinal && event.text !== '') {
        io.write(`${pc.dim(clockText(event.startMs))}  ${event.text}`);
      }
      return;
    case 'connection.suspected':
      io.note(
        pc.yellow(`the link is silent for ${Math.round(event.silentForMs)} ms: trying another`),
      );
      return;
    case 'connection.reconnecting':
      io.note(
        pc.yellow(
          `reconnecting ${event.attempt}/${event.maxAttempts} in ${Math.round(event.backoffDelayMs)} ms, ` +
            `${event.bufferedAudioChunks} chunks held`,
        ),
      );
      return;
    case 'connection.reconnected':
      io.note(
        pc.green(
          `caught up: ${event.outcome} ${Math.round(event.audioReplayedMs)} ms; ` +
            `${Math.round(event.downtimeMs)} ms without a link in all (${event.cause.code})`,
        ),
      );
      return;
    case 'gap':
      io.note(pc.red(`gap ${clockText(event.fromMs)}-${clockText(event.toMs)} (${event.reason})`));
      return;
    default:
  }
}

function conclude(
  report: StreamReport,
  plan: FaultPlan,
  service: Service,
  startedAtMs: number,
  io: CliIo,
): void {
  const outages = outagesOf(service.faults(), report.story);
  if (outages.length > 0) for (const line of outageTable(outages, startedAtMs)) io.note(line);
  if (service.pendingFaults() > 0) {
    io.note(
      `${service.pendingFaults()} of ${plan.faults.length} faults found nothing to break in time`,
    );
  }
  io.note(ledgerLine(report.ledger));
  for (const line of remainders(report)) io.note(pc.red(line));
  if (report.error !== null) reportError(report.error, io, false);
  else if (report.status === 'interrupted') io.note('interrupted');
  else if (exitStatusOf(report) === EXIT_FAILED) {
    io.note(pc.red('Not everything was delivered. Lengthen --retention, or shorten the outages.'));
  }
}

/** An event as JSON has it: an error by its fields. */
function plain(event: SessionEvent): unknown {
  if (event.type !== 'error') return event;
  const { code, message, remediation, retryable } = event.error;
  return { type: 'error', code, message, remediation, retryable };
}

function checkProvider(name: string): ProviderName {
  const known = PROVIDER_NAMES.find((provider) => provider === name);
  if (known !== undefined) return known;

  throw new TenutoError({
    code: 'PROVIDER_UNKNOWN',
    message: `There is no provider "${name}".`,
    remediation: `Take one of: ${PROVIDER_NAMES.join(', ')}.`,
  });
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
