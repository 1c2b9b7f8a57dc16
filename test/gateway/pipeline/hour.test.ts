/** What is said to a gateway is understood word for word, whatever befalls the client, the gateway and the services. */
import { expect, test } from 'vitest';

import { SpeechWorld } from './speech-world.ts';
import { expectAllCovered, expectQuiet, expectUnderstoodOnce } from '../../hours/exact.ts';
import { Hour } from '../../hours/hour.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { deepgramListen } from '../../../src/providers/deepgram-listen/deepgram-listen.ts';
import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';

const LENGTH_MS = 37 * 60_000;

test('a fault a minute, and the gateway replaced each other time: nothing is lost, nothing told twice', async () => {
  const hour = new Hour(7, LENGTH_MS);
  const { clock, network, recogniser } = hour;
  const deepgram = await startDeepgramSimulator({
    network,
    clock,
    recogniser,
    random: seededRandom(3),
  });
  const { url: baseUrl } = deepgram;
  const world = new SpeechWorld({
    clock,
    network,
    candidates: () => [{ provider: deepgramListen({ apiKey: 'local', baseUrl }) }],
  });
  const session = hour.session([world.provider]);
  const faults = [
    ...hour.networkFaults,
    () => deepgram.provoke({ kind: 'cut' }),
    () => deepgram.provoke({ kind: 'close', as: 'NET-0001' }),
    () => {
      deepgram.refuseNext(503, 2);
      deepgram.provoke({ kind: 'cut' });
    },
  ];

  const { ledger } = await hour.talk(
    session,
    faults.flatMap((fault) => [fault, () => world.replace(), fault, () => world.cutOff()]),
  );
  await world.close();
  await deepgram.close();
  await clock.advanceAsync(5_000);

  expectAllCovered(hour, ledger);
  expectUnderstoodOnce(hour);
  expect(world.starts.length).toBeGreaterThan(16);
  expect(world.starts.slice(1).every(({ isTakenOver, fin }) => isTakenOver && fin > 0)).toBe(true);
  expect(hour.eventsOf('gateway.serving').length).toBeGreaterThanOrEqual(world.starts.length);
  expectQuiet(hour);
});
