/** Runs of real speech against the local service, for scenario tests. */
import { fileURLToPath } from 'node:url';

import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { readRecording } from '../../src/cli/commands/transcribe.ts';
import { outagesOf } from '../../src/cli/outages.ts';
import type { Outage } from '../../src/cli/outages.ts';
import { streamRecording } from '../../src/cli/recording.ts';
import type { Recording, StreamReport } from '../../src/cli/recording.ts';
import { startService } from '../../src/cli/service.ts';
import { parseFaultPlan } from '../../src/simulators/faults/plan.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';

export interface SpeechRun extends StreamReport {
  readonly outages: readonly Outage[];
  readonly pendingFaults: number;
}

export interface SpeechRunOptions {
  readonly recogniser: Recogniser;
  readonly recording: Recording;
  readonly faults?: string;
  readonly seed?: number;
  readonly speedRatio?: number;
  readonly retentionMs?: number;
  readonly apiKey?: string;
  readonly reconnect?: Partial<ReconnectPolicy>;
}

export function speechFile(name: string): Promise<Recording> {
  const file = fileURLToPath(new URL(`../fixtures/speech/${name}`, import.meta.url));
  return readRecording(file, () => undefined);
}

export async function runSpeech(options: SpeechRunOptions): Promise<SpeechRun> {
  const { recogniser, recording, faults = 'none', seed = 1, speedRatio = 4 } = options;
  const plan = parseFaultPlan(faults, { seed, lengthMs: recording.durationMs });
  const service = await startService({
    provider: 'local',
    simulated: true,
    plan,
    speedRatio,
    recogniser,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  });
  try {
    const report = await streamRecording({
      recording,
      provider: service.provider,
      speedRatio,
      seed,
      signal: new AbortController().signal,
      ...(options.retentionMs === undefined ? {} : { retentionMs: options.retentionMs }),
      ...(options.reconnect === undefined ? {} : { reconnect: options.reconnect }),
    });
    return {
      ...report,
      outages: outagesOf(service.faults(), report.story),
      pendingFaults: service.pendingFaults(),
    };
  } finally {
    await service.close();
  }
}
