/** `tenuto demo --text`: the same speech over a good and over a failing network, side by side, and what came of it. */
import { fileURLToPath } from 'node:url';

import { readRecording } from './transcribe.ts';
import { colors } from '../colors.ts';
import { differencesOf } from '../compare.ts';
import type { WordDifference } from '../compare.ts';
import type { CliIo } from '../io.ts';
import { clockText, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK } from '../io.ts';
import { outagesOf, outageTable } from '../outages.ts';
import { changesLine, Counts, progressLine } from '../progress.ts';
import type { Recording, StreamReport } from '../recording.ts';
import { streamRecording } from '../recording.ts';
import type { Stream } from '../stream.ts';
import { speedOf, SURE_SPEED } from '../recogniser-pace.ts';
import type { Service } from '../service.ts';
import { startService } from '../service.ts';
import { inWholeMs, jsonLine, ledgerLine, remainders } from '../summary.ts';
import { systemClock } from '../../ports/clock.ts';
import { defaultFaultPlan, formatFaultPlan, parseFaultPlan } from '../../simulators/faults/plan.ts';
import type { FaultPlan } from '../../simulators/faults/plan.ts';
import type { Recogniser } from '../../simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../simulators/recogniser/vosk-recogniser.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly speed: number;
  readonly faults?: string;
  readonly json: boolean;
}

/** Four folders up from dist/src/cli/commands/. */
const SPEECH = new URL('../../../../test/fixtures/speech/minute.wav', import.meta.url);

export async function runDemoText(given: DemoOptions, io: CliIo): Promise<number> {
  const recogniser = createVoskRecogniser();
  try {
    return await demonstrate(given, recogniser, io);
  } finally {
    await recogniser.close();
  }
}

async function demonstrate(given: DemoOptions, recogniser: Recogniser, io: CliIo): Promise<number> {
  const recording = await readRecording(fileURLToPath(SPEECH), io.note);
  const options = { ...given, speed: await followed(given.speed, recording, recogniser, io) };
  const lengthMs = recording.durationMs;
  const plan =
    options.faults === undefined
      ? defaultFaultPlan(options.seed, lengthMs)
      : parseFaultPlan(options.faults, { seed: options.seed, lengthMs });
  if (!options.json) introduce(recording, plan, options, io);

  const common = {
    provider: 'local',
    simulated: true,
    speedRatio: options.speed,
    recogniser,
  } as const;
  const services: Service[] = [];
  try {
    const good = await startService({ ...common, plan: { seed: null, faults: [] } });
    services.push(good);
    const failing = await startService({ ...common, plan });
    services.push(failing);
    const startedAtMs = systemClock.nowMs();
    const [calm, rough] = await runBoth(recording, good, failing, options, io);
    io.live('');
    return conclude({ calm, rough, plan, failing, startedAtMs }, options, io);
  } finally {
    io.live('');
    for (const service of services) await service.close();
  }
}

/** A recogniser that falls behind would fail the demonstration, and show nothing of the network. */
async function followed(
  speed: number,
  { pcm }: Recording,
  recogniser: Recogniser,
  io: CliIo,
): Promise<number> {
  if (speed <= SURE_SPEED) return speed;
  const most = await speedOf({ recogniser, pcm, streams: 2, clock: systemClock });
  if (speed <= most) return speed;
  io.note(`the recogniser does not follow at ${speed}x on this machine just now: taking ${most}x`);
  return most;
}

function introduce(recording: Recording, plan: FaultPlan, options: DemoOptions, io: CliIo): void {
  io.write(colors.bold('tenuto: the same speech over a good and over a failing network'));
  io.write(
    `${recording.name}, ${clockText(recording.durationMs)} of human speech at ${options.speed}x real time, ` +
      'to a speech recogniser on this machine, over real WebSockets.',
  );
  io.write(`faults (seed ${options.seed}): ${formatFaultPlan(plan)}`);
  io.write('');
}

function runBoth(
  recording: Recording,
  good: Service,
  failing: Service,
  options: DemoOptions,
  io: CliIo,
): Promise<[StreamReport, StreamReport]> {
  const { seed, speed: speedRatio } = options;
  const { signal, haste } = io;
  const common = { recording, speedRatio, seed, signal, haste };
  const counts = new Counts();
  let faultsTold = 0;
  const show = (session: Stream, positionMs: number): void => {
    if (options.json) return;
    const faults = failing.faults();
    for (const { fault, effect } of faults.slice(faultsTold)) {
      io.note(colors.red(`${clockText(positionMs)}  fault: ${fault.kind} (${effect})`));
    }
    faultsTold = faults.length;
    const { status, ledger } = session;
    const { bufferedMs } = ledger;
    const { durationMs } = recording;
    io.live(
      progressLine({
        status,
        positionMs,
        durationMs,
        bufferedMs,
        faults: faults.length,
        reconnects: counts.reconnects,
        attempt: counts.attempt,
        silentForMs: counts.silentForMs(systemClock.nowMs()),
      }),
    );
  };

  return Promise.all([
    streamRecording({ ...common, candidates: [{ provider: good.provider }] }),
    streamRecording({
      ...common,
      candidates: [{ provider: failing.provider }],
      onProgress: show,
      onEvent: (event, session) => {
        counts.note(event, systemClock.nowMs());
        const isFinal = event.type === 'transcript' && event.isFinal && event.text !== '';
        if ((!isFinal && !changesLine(event)) || options.json) return;
        if (isFinal) io.write(`${colors.dim(clockText(event.startMs))}  ${event.text}`);
        show(session, Math.min(session.ledger.capturedMs, recording.durationMs));
      },
    }),
  ]);
}

interface Outcome {
  readonly calm: StreamReport;
  readonly rough: StreamReport;
  readonly plan: FaultPlan;
  readonly failing: Service;
  readonly startedAtMs: number;
}

const EXITS = {
  complete: EXIT_OK,
  failed: EXIT_FAILED,
  interrupted: EXIT_INTERRUPTED,
} as const;

type Verdict = keyof typeof EXITS;

function conclude(outcome: Outcome, options: DemoOptions, io: CliIo): number {
  const { calm, rough, failing } = outcome;
  const differences = differencesOf(calm.transcript, rough.transcript);
  const isInterrupted = [calm, rough].some(({ status }) => status === 'interrupted');
  const holds =
    differences.length === 0 &&
    [calm, rough].every(({ status, ledger }) => status === 'complete' && ledger.gap === 0) &&
    calm.transcript !== '' &&
    failing.pendingFaults() === 0;
  const verdict = isInterrupted ? 'interrupted' : holds ? 'complete' : 'failed';
  if (options.json) io.write(jsonLine(summaryOf(outcome, differences, verdict)));
  else tellOutcome(outcome, differences, verdict, io);

  return EXITS[verdict];
}

function summaryOf(
  { calm, rough, plan, failing, startedAtMs }: Outcome,
  differences: readonly WordDifference[],
  status: Verdict,
): Record<string, unknown> {
  return {
    type: 'summary',
    transcript: rough.transcript,
    transcriptWithoutFaults: calm.transcript,
    differences,
    ledger: inWholeMs(rough.ledger),
    ledgerWithoutFaults: inWholeMs(calm.ledger),
    outages: outagesOf(failing.faults(), rough.story).map((outage) => ({
      ...outage,
      firedAtMs: outage.firedAtMs - startedAtMs,
    })),
    faults: formatFaultPlan(plan),
    faultsNotReached: failing.pendingFaults(),
    status,
  };
}

function tellOutcome(
  { calm, rough, plan, failing, startedAtMs }: Outcome,
  differences: readonly WordDifference[],
  verdict: Verdict,
  io: CliIo,
): void {
  io.write('');
  io.write(`${colors.bold('without faults:')} ${calm.transcript}`);
  io.write(`${colors.bold('with faults:   ')} ${rough.transcript}`);
  if (verdict !== 'interrupted') {
    io.write(
      `${colors.bold('differences:   ')} ${differences.length === 0 ? colors.green('none') : ''}`,
    );
    for (const { at, first, second } of differences) {
      io.write(colors.red(`  word ${at}: "${first}" became "${second}"`));
    }
  }
  io.write('');
  io.write(`ledger without faults: ${ledgerLine(calm.ledger)}`);
  io.write(`ledger with faults:    ${ledgerLine(rough.ledger)}`);
  for (const line of [...remainders(calm), ...remainders(rough)]) io.write(colors.red(line));
  io.write('');
  const outages = outagesOf(failing.faults(), rough.story);
  if (outages.length > 0) for (const line of outageTable(outages, startedAtMs)) io.write(line);
  if (failing.pendingFaults() > 0 && verdict !== 'interrupted') {
    io.write(
      colors.red(`${failing.pendingFaults()} of ${plan.faults.length} faults were not reached`),
    );
  }
  for (const { error } of [calm, rough]) {
    if (error !== null) io.write(colors.red(`${error.message} ${error.remediation}`));
  }
  io.write('');
  io.write(VERDICTS[verdict]);
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  complete: colors.green('Nothing was lost and nothing was doubled.'),
  failed: colors.red('The promise did not hold.'),
  interrupted: 'interrupted',
};
