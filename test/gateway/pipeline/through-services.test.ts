/** What befalls services and gateways while somebody speaks, as the client at the other end of it all hears of it. */
import { expect, test } from 'vitest';

import { SpeechWorld } from './speech-world.ts';
import { expectAllCovered, expectQuiet, expectUnderstoodOnce } from '../../hours/exact.ts';
import { HANGS_AFTER_MS, Hour } from '../../hours/hour.ts';
import { RATE_HZ } from '../../hours/script.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { deepgramListen } from '../../../src/providers/deepgram-listen/deepgram-listen.ts';
import { fvad, whisper } from '../../../src/providers/whisper/whisper.ts';
import { speak } from '../../../src/simulators/persona/voice.ts';
import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import { SimulatedNetwork } from '../../../src/simulators/network/simulated-network.ts';
import { startWhisperSimulator } from '../../../src/simulators/whisper/simulator.ts';

const MINUTE_MS = 60_000;

/** Deepgram on a network of its own, so that it can be gone alone; Whisper where the gateway is. */
async function startBoth(hour: Hour) {
  const { clock, network, recogniser } = hour;
  await fvad()({ sampleRateHz: RATE_HZ }); // it loads in real time, once
  const transport = new SimulatedNetwork({ clock, jitterMs: 15, random: seededRandom(11) });
  const deepgram = await startDeepgramSimulator({ network: transport, clock, recogniser });
  const second = await startWhisperSimulator({ network, clock, recogniser });
  const world = new SpeechWorld({
    clock,
    network,
    candidates: () => [
      { provider: deepgramListen({ apiKey: 'local', baseUrl: deepgram.url }), transport },
      {
        provider: whisper({
          apiKey: 'local',
          baseUrl: second.url,
          random: { unit: () => 0.5 },
        }),
      },
    ],
  });
  return {
    world,
    memory: transport.memory,
    close: async () => {
      await world.close();
      await deepgram.close();
      await second.close();
      await clock.advanceAsync(5_000);
    },
  };
}

test(
  'goes from Deepgram to Whisper and back, and is understood word for word',
  async () => {
    const hour = new Hour(7, 16 * MINUTE_MS);
    const { world, memory, close } = await startBoth(hour);
    const session = hour.session([world.provider]);

    const { ledger } = await hour.talk(session, [
      () => {
        memory.refuse(2.5 * MINUTE_MS);
        memory.reset();
      },
      () => hour.network.memory.reset(),
      () => undefined,
    ]);
    await close();

    const served = hour.eventsOf('gateway.serving').map(({ provider }) => provider);
    expectAllCovered(hour, ledger);
    expectUnderstoodOnce(hour);
    expect(served[0]).toBe('deepgram-listen');
    expect(served).toContain('whisper');
    expect(served.lastIndexOf('deepgram-listen')).toBeGreaterThan(served.indexOf('whisper'));
    expectQuiet(hour);
  },
  HANGS_AFTER_MS,
);

test.each(['replace', 'cutOff'] as const)(
  'is taken over in the middle of a sentence (%s), and the next gateway understands it whole',
  async (how) => {
    const hour = new Hour(5, MINUTE_MS);
    const { clock } = hour;
    const { world, close } = await startBoth(hour);
    const session = hour.session([world.provider]);
    const said = hour.utterances[1]!;
    const middleMs = said.atMs + (said.pcm.length * 500) / (2 * RATE_HZ);
    clock.setTimeout(() => world[how](), 5_000 + middleMs);

    const { ledger } = await hour.talk(session, []);
    await close();

    const [, start] = world.starts;
    expectAllCovered(hour, ledger);
    expectUnderstoodOnce(hour);
    expect(world.starts).toHaveLength(2);
    expect(start?.isTakenOver).toBe(true);
    expect(start?.fin).toBeLessThan((middleMs * RATE_HZ) / 1_000);
    expect(start?.fin).toBeGreaterThan(0);
  },
);

test.each([
  ['refuses the key for a while', 2_000],
  [
    'is gone for four minutes, longer than the gateway or the client alone could keep',
    4 * MINUTE_MS,
  ],
])('is only recorded where the only service %s, and understood afterwards', async (how, goneMs) => {
  const hour = new Hour(5, 7 * MINUTE_MS);
  const { clock, network, recogniser } = hour;
  const services = new SimulatedNetwork({ clock });
  const deepgram = await startDeepgramSimulator({
    network: services,
    clock,
    recogniser,
    maxRateRatio: 100,
  });
  const provider = deepgramListen({
    apiKey: 'local',
    baseUrl: deepgram.url,
    replayRateRatio: 20,
  });
  const world = new SpeechWorld({
    clock,
    network,
    candidates: () => [{ provider, transport: services }],
  });
  const session = hour.session([world.provider]);
  let unfinishedMs = 0;
  session.on('transcript', ({ startMs, endMs }) => {
    unfinishedMs = Math.max(unfinishedMs, session.ledger.capturedMs - endMs, endMs - startMs);
  });
  clock.setTimeout(() => {
    if (how.startsWith('refuses')) deepgram.refuseNext(401, 4);
    else services.memory.refuse(goneMs);
    services.memory.reset();
  }, MINUTE_MS);

  const { ledger } = await hour.talk(session, []);
  await world.close();
  await deepgram.close();
  await clock.advanceAsync(5_000);

  const told = hour.eventsOf('gateway.serving');
  expectAllCovered(hour, ledger);
  expectUnderstoodOnce(hour);
  expect(told.map((event) => [event.provider, event.mode])).toEqual([
    ['deepgram-listen', null],
    [null, 'recordOnly'],
    ['deepgram-listen', null],
  ]);
  expect(told[1]?.missing).toEqual(['hearing']);
  expect(unfinishedMs).toBeGreaterThan(goneMs / 2);
  expectQuiet(hour);
});

test('tells who closes what came of the last words, however long the service takes over them', async () => {
  const hour = new Hour(5, MINUTE_MS);
  const { clock, network, recogniser } = hour;
  const deepgram = await startDeepgramSimulator({
    network,
    clock,
    recogniser,
    finalizeDelayMs: 4_500,
  });
  const provider = deepgramListen({ apiKey: 'local', baseUrl: deepgram.url });
  const world = new SpeechWorld({ clock, network, candidates: () => [{ provider }] });
  const session = hour.session([world.provider]);
  const texts: string[] = [];
  session.on('transcript', ({ isFinal, text }) => isFinal && texts.push(text));
  void session.connect();
  await clock.advanceAsync(1_000);
  session.write(speak('the last words', RATE_HZ));
  await clock.advanceAsync(3_000);

  const closing = session.close({ drainTimeoutMs: 20_000 });
  await clock.advanceAsync(30_000);
  await closing;
  await world.close();
  await deepgram.close();
  await clock.advanceAsync(5_000);

  expect(texts.join(' ').trim()).toBe('the last words');
  expectQuiet(hour);
});
