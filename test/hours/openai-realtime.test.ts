import { expect, test } from 'vitest';

import {
  expectAllCovered,
  expectAnsweredOnce,
  expectCalledOnce,
  expectJournalKept,
  expectQuiet,
  expectSaidOnce,
} from './exact.ts';
import { HANGS_AFTER_MS, Hour } from './hour.ts';
import { TOOL } from './script.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';

/** Instead of an hour, so that sessions come to their planned end between two faults that end them too. */
const SESSION_MS = 170_000;

test(
  'an hour with OpenAI Realtime, a fault a minute and sessions that end, is exact',
  async () => {
    const hour = new Hour(7);
    const { clock, network, wallClock } = hour;
    const simulator = await startOpenAiSimulator({
      network,
      clock,
      wallClock,
      recogniser: hour.recogniser,
      sessionMs: SESSION_MS,
    });
    const { baseUrl } = simulator;
    const tools = [{ name: TOOL, parameters: { type: 'object', properties: {} } }];
    const session = hour.session([openaiRealtime({ apiKey: 'local', baseUrl, wallClock, tools })]);

    const { ledger } = await hour.talk(session, [
      ...hour.networkFaults,
      () => simulator.inject({ kind: 'end', how: 'serverError' }),
      () => simulator.inject({ kind: 'end', how: 'reset' }),
      () => simulator.inject({ kind: 'refuse', answer: { status: 503 }, times: 2 }),
      () => simulator.inject({ kind: 'failReply' }),
      () => simulator.inject({ kind: 'oddities', ratio: 0.1 }),
    ]);
    await simulator.close();

    expectAllCovered(hour, ledger);
    expectSaidOnce(hour);
    expectCalledOnce(hour);
    expectAnsweredOnce(hour);
    expectJournalKept(hour, session.conversation.items);
    expect(hour.rotations).toBeGreaterThan(5);
    expectQuiet(hour);
  },
  HANGS_AFTER_MS,
);
