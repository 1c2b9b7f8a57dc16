import { test } from 'vitest';

import { expectAllCovered, expectQuiet, expectUnderstoodOnce } from './exact.ts';
import { Hour } from './hour.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';

test('an hour with Deepgram listen, a fault a minute, is exact', async () => {
  const hour = new Hour(7);
  const { clock, network } = hour;
  const simulator = await startDeepgramSimulator({
    network,
    clock,
    recogniser: hour.recogniser,
    waveringRatio: 0.2,
    random: seededRandom(3),
    oddities: { ratio: 0.05, random: seededRandom(4) },
  });
  const session = hour.session([deepgramListen({ apiKey: 'local', baseUrl: simulator.url })]);

  const { ledger } = await hour.talk(session, [
    ...hour.networkFaults,
    () => simulator.provoke({ kind: 'cut' }),
    () => simulator.provoke({ kind: 'close', as: 'NET-0000' }),
    () => simulator.provoke({ kind: 'close', as: 'NET-0001' }),
    () => simulator.provoke({ kind: 'close', as: { code: 1000, reason: '' } }),
    () => {
      simulator.refuseNext(503, 2);
      simulator.provoke({ kind: 'cut' });
    },
    () => {
      simulator.refuseNext(429, 2);
      simulator.provoke({ kind: 'cut' });
    },
    () => simulator.provoke({ kind: 'say', frame: '{"type":' }),
    () => simulator.provoke({ kind: 'lateFinalize', delayMs: 3_000 }),
  ]);
  await simulator.close();

  expectAllCovered(hour, ledger);
  expectUnderstoodOnce(hour);
  expectQuiet(hour);
});
