import { expect, test } from 'vitest';

import { expectAllCovered, expectCalledOnce, expectJournalKept, expectQuiet } from './exact.ts';
import { HANGS_AFTER_MS, Hour } from './hour.ts';
import { mind } from './mind.ts';
import { expectAnsweredInTurn, expectHeardOnce } from './overtaken.ts';
import { TOOL } from './script.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type { MemoryTransport } from '../../src/testing/memory-transport.ts';

/** How long the preferred service is gone at a time. */
const DOWN_MS = 150_000;

/** Shortened, so that sessions come to their planned ends too. */
const SESSION_MS = 280_000;
const GO_AWAY_AFTER_MS = 100_000;

/** OpenAI on a network of its own, so that it can be gone alone, and Gemini on the hour's. */
async function startBoth(hour: Hour) {
  const { clock, network, wallClock, recogniser } = hour;
  const preferred = new SimulatedNetwork({ clock, jitterMs: 15, random: seededRandom(11) });
  const world = { clock, recogniser, mind };
  const openai = await startOpenAiSimulator({
    ...world,
    network: preferred,
    wallClock,
    sessionMs: SESSION_MS,
  });
  const gemini = await startGeminiSimulator({
    ...world,
    network,
    faults: { goAwayAfterMs: GO_AWAY_AFTER_MS },
  });
  return { openai, gemini, preferred };
}

function faultsOf(
  { network }: Hour,
  { openai, gemini, preferred }: Awaited<ReturnType<typeof startBoth>>,
): (() => void)[] {
  const goDown = (): void => {
    preferred.memory.refuse(DOWN_MS);
    preferred.memory.reset();
  };
  const both = (strike: (memory: MemoryTransport) => void) => (): void => {
    strike(network.memory);
    strike(preferred.memory);
  };
  return [
    goDown,
    () => network.memory.reset(),
    both((memory) => memory.reset()),
    both((memory) => memory.stall(12_000)),
    () => preferred.memory.reset(),
    () => gemini.closeAll('internal'),
    () => {
      openai.inject({ kind: 'refuse', answer: { status: 503 }, times: 3 });
      openai.inject({ kind: 'end', how: 'serverError' });
    },
    () => {
      gemini.forgetHandles();
      gemini.cutAll();
    },
    both((memory) => memory.halfOpen()),
    goDown,
    () => network.memory.stall(4_000),
    () => gemini.goAway('9.5s', 9_500),
    both((memory) => {
      memory.refuse(20_000);
      memory.reset();
    }),
    both((memory) => memory.slow(8_000, 60_000)),
  ];
}

test(
  'an hour that goes from OpenAI Realtime to Gemini Live and back, a fault a minute, is exact',
  async () => {
    const hour = new Hour(7);
    const services = await startBoth(hour);
    const { openai, gemini, preferred } = services;
    const { baseUrl } = openai;
    const { wallClock } = hour;
    const common = { apiKey: 'local', tools: [{ name: TOOL, parameters: { type: 'object' } }] };
    const session = hour.session([
      { provider: openaiRealtime({ ...common, baseUrl, wallClock }), transport: preferred },
      geminiLive({ ...common, baseUrl: gemini.url }),
    ]);

    const { ledger } = await hour.talk(session, faultsOf(hour, services));
    await openai.close();
    await gemini.close();
    const moves = hour.eventsOf('candidate.changed').map(({ reason }) => reason);

    expectAllCovered(hour, ledger);
    expectHeardOnce(hour);
    expectCalledOnce(hour);
    expectAnsweredInTurn(hour);
    expectJournalKept(hour, session.conversation.items);
    expect(moves.filter((reason) => reason === 'failover').length).toBeGreaterThan(5);
    expect(moves.filter((reason) => reason === 'return').length).toBeGreaterThan(5);
    expectQuiet(hour);
    expect(preferred.held).toBe(0);
  },
  HANGS_AFTER_MS,
);
