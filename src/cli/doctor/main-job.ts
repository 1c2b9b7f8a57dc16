/** Whether the main job works here: a recording through a session, over a socket that breaks, word for word. */
import { fileURLToPath } from 'node:url';

import type { Check } from './check.ts';
import { readRecording } from '../commands/transcribe.ts';
import type { Interruption } from '../interruption.ts';
import { streamRecording } from '../recording.ts';
import { startService } from '../service.ts';
import { TenutoError } from '../../ports/errors.ts';
import { parseFaultPlan } from '../../simulators/faults/plan.ts';

/** Four folders up from dist/src/cli/doctor/. */
const RECORDING = new URL('../../../../test/fixtures/speech/sentence.wav', import.meta.url);
const SPEED = 6;
const FAULT = 'reset@3s';

export async function mainJobCheck(interruption: Interruption): Promise<Check> {
  const name = 'main job';
  try {
    const recording = await readRecording(fileURLToPath(RECORDING), () => undefined);
    const plan = parseFaultPlan(FAULT, { seed: 1, lengthMs: recording.durationMs });
    const service = await startService({
      provider: 'local',
      simulated: true,
      plan,
      speedRatio: SPEED,
    });
    try {
      const report = await streamRecording({
        ...interruption,
        recording,
        candidates: [{ provider: service.provider }],
        speedRatio: SPEED,
        seed: 1,
      });
      const words = report.transcript.split(' ').filter((word) => word !== '').length;
      const isWhole = report.status === 'complete' && report.ledger.gap === 0 && words > 0;
      const detail =
        `${(recording.durationMs / 1_000).toFixed(1)} s of speech over a connection that broke ` +
        `${report.reconnects} times: ${words} words, ${report.ledger.gap} chunks lost`;
      if (isWhole) return { name, state: 'ok', detail };
      return {
        name,
        state: 'failed',
        detail,
        remedy: 'Run: npx tenuto demo --text, and report what it says.',
      };
    } finally {
      await service.close();
    }
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    return { name, state: 'failed', detail: error.message, remedy: error.remediation };
  }
}
