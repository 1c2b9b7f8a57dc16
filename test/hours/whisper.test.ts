import { test } from 'vitest';

import { expectAllCovered, expectQuiet, expectUnderstoodOnce } from './exact.ts';
import { Hour } from './hour.ts';
import { fvad, whisper } from '../../src/providers/whisper/whisper.ts';
import type { WhisperFault } from '../../src/simulators/whisper/faults.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';

/** whisper.cpp knows no keys and no limits. */
const LIMITS: readonly WhisperFault[] = [
  { kind: 'rateLimited' },
  { kind: 'rateLimited', retryAfterMs: 7_000 },
];
const FAULTS: Readonly<Record<'openai' | 'whisper.cpp', readonly WhisperFault[]>> = {
  openai: LIMITS,
  'whisper.cpp': [{ kind: 'loading' }],
};

test.each(['openai', 'whisper.cpp'] as const)(
  'an hour with Whisper (%s), a fault a minute, is exact',
  async (flavour) => {
    const hour = new Hour(7);
    const { clock, network } = hour;
    const { recogniser } = hour;
    await fvad()({ sampleRateHz: 16_000 }); // it loads in real time, once
    const simulator = await startWhisperSimulator({ network, clock, recogniser });
    const { url: baseUrl } = simulator;
    const session = hour.session([
      whisper({
        apiKey: 'local',
        baseUrl,
        flavour,
        timeoutMs: 20_000,
        random: { unit: () => 0.5 },
      }),
    ]);
    const fails =
      (...faults: readonly WhisperFault[]) =>
      () =>
        simulator.failNext(...faults);

    const { ledger } = await hour.talk(session, [
      ...hour.networkFaults,
      fails({ kind: 'cut' }),
      fails({ kind: 'cutBody' }),
      fails({ kind: 'hang' }),
      fails({ kind: 'slow', ms: 8_000 }, { kind: 'slow', ms: 15_000 }),
      fails({ kind: 'serverError' }, { kind: 'serverError', status: 503 }),
      fails({ kind: 'unreadable' }),
      ...FAULTS[flavour].map((fault) => fails(fault)),
    ]);
    await simulator.close();

    expectAllCovered(hour, ledger);
    expectUnderstoodOnce(hour);
    expectQuiet(hour);
  },
);
