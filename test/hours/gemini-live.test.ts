import { expect, test } from 'vitest';

import { expectAllCovered, expectCalledOnce, expectJournalKept, expectQuiet } from './exact.ts';
import { HANGS_AFTER_MS, Hour } from './hour.ts';
import { mind } from './mind.ts';
import { expectAnsweredInTurn, expectHeardOnce } from './overtaken.ts';
import { TOOL } from './script.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiFaults } from '../../src/simulators/gemini/faults.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { UNAVAILABLE } from '../../src/simulators/gemini/wire.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Instead of nine minutes, so that connections come to their planned end between two faults that end them too. */
const GO_AWAY_AFTER_MS = 110_000;

/** What the service does of itself; what it is like from then on goes into `traits`. */
function faultsOf(simulator: GeminiSimulator, traits: Mutable<GeminiFaults>): (() => void)[] {
  return [
    () => simulator.closeAll('internal'),
    () => simulator.closeAll('deadline'),
    () => {
      simulator.closeSetup('unavailable', 'internal');
      simulator.closeAll('unavailable');
    },
    () => {
      simulator.forgetHandles();
      simulator.cutAll();
    },
    () => {
      simulator.refuseUpgrade(UNAVAILABLE, UNAVAILABLE);
      simulator.closeAll('noStatus');
    },
    () => simulator.closeAll('contextExhausted'),
    () => {
      simulator.closeSetup('internal', 'internal'); // twice with one handle: it is given up
      simulator.closeAll('normal');
    },
    () => simulator.closeAll('entityNotFound'),
    () => simulator.goAway('9.5s', 9_500),
    () => simulator.goAway(null, 2_000),
    () => Object.assign(traits, { sendsBytes: true, noiseRatio: 0.1, mergesMembers: true }),
    () => {
      traits.isSilentAfterGoAway = true;
      traits.endsAnswersWith = 'generationComplete';
    },
  ];
}

test(
  'an hour with Gemini Live, a fault a minute and connections that end, is exact',
  async () => {
    const hour = new Hour(14);
    const { clock, network, recogniser } = hour;
    const traits: Mutable<GeminiFaults> = {
      goAwayAfterMs: GO_AWAY_AFTER_MS,
      random: seededRandom(3),
    };
    const world = { network, clock, recogniser, mind };
    const simulator = await startGeminiSimulator({ ...world, faults: traits });
    const tools = [{ name: TOOL, parameters: { type: 'object', properties: {} } }];
    const session = hour.session([geminiLive({ apiKey: 'local', baseUrl: simulator.url, tools })]);

    const faults = [...hour.networkFaults, ...faultsOf(simulator, traits)];
    const { ledger } = await hour.talk(session, faults);
    await simulator.close();
    const causes = hour.eventsOf('connection.reconnected').map(({ cause }) => cause.code);

    expectAllCovered(hour, ledger);
    expectHeardOnce(hour);
    expectCalledOnce(hour);
    expectAnsweredInTurn(hour);
    expectJournalKept(hour, session.conversation.items);
    expect(causes.filter((code) => code === 'rotation').length).toBeGreaterThan(5);
    expectQuiet(hour);
  },
  HANGS_AFTER_MS,
);
