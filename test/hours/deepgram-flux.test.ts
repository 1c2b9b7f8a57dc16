import { test } from 'vitest';

import { expectAllCovered, expectQuiet, expectUnderstoodOnce } from './exact.ts';
import { Hour } from './hour.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';

test('an hour with Deepgram Flux, a fault a minute, is exact', async () => {
  const hour = new Hour(7);
  const { clock, network } = hour;
  const simulator = await startDeepgramSimulator({
    network,
    clock,
    recogniser: hour.recogniser,
    oddities: { ratio: 0.05, random: seededRandom(4) },
  });
  const { url: baseUrl } = simulator;
  const session = hour.session([
    deepgramFlux({ apiKey: 'local', baseUrl, eagerEotThreshold: 0.4 }),
  ]);

  const { ledger } = await hour.talk(session, [
    ...hour.networkFaults,
    () => simulator.provoke({ kind: 'cut' }),
    () => simulator.provoke({ kind: 'close', as: 'NET-0000' }),
    () => simulator.provoke({ kind: 'close', as: 'NET-0001' }),
    () => simulator.provoke({ kind: 'close', as: { code: 1005, reason: '' } }),
    () => {
      simulator.refuseNext(503, 2);
      simulator.provoke({ kind: 'cut' });
    },
    () => {
      simulator.refuseNext(429, 2);
      simulator.provoke({ kind: 'cut' });
    },
    () => simulator.provoke({ kind: 'error', code: 'INTERNAL_SERVER_ERROR', description: 'oh' }),
    () => simulator.provoke({ kind: 'loseMessages', count: 2 }),
    () => simulator.provoke({ kind: 'say', frame: '{"type":' }),
  ]);
  await simulator.close();

  expectAllCovered(hour, ledger);
  expectUnderstoodOnce(hour);
  expectQuiet(hour);
});
