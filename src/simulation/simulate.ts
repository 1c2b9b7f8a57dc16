/** The simulated world for applications: gateways with apps of theirs, clients of theirs, and the faults of a seed. */
import type { Report } from './checks/report.ts';
import { SentContents } from './checks/sent-contents.ts';
import { drawFaults } from './nemeses/draw.ts';
import {
  checkedApps,
  checkFunction,
  checkSimulateOptions,
  checkSpan,
  checkTimes,
  HOUSES,
} from './simulate-options.ts';
import type { SimulateOptions } from './simulate.types.ts';
import type { RunResult } from './simulation.types.ts';
import { RUN_MS } from './times.ts';
import { FailingApp } from './world/failing-app.ts';
import { Guest } from './world/guest.ts';
import type { Expecting } from './world/guest.ts';
import { Run } from './world/run.ts';
import type { WorldShape } from './world/world-shape.ts';
import { createEchoApp } from '../gateway/apps/echo.ts';
import { seededRandom } from '../ports/random.ts';
import { decodeFrame } from '../protocol/frames.ts';
import { FRAME_TYPE } from '../protocol/wire.ts';

/** A world that goes on step by step, as you have it. */
export interface SimulatedWorld {
  /** What has come about so far: an invariant that was violated is in `violations` from then on. */
  readonly result: RunResult;
  /** Something that has to hold after every step: what is wrong, in a line, as I20; null: nothing. */
  expect(look: () => string | null): void;
  /** So much time passes: faults strike when it is theirs. */
  run(ms: number): Promise<void>;
  /** What is under way is over, who is down comes up, and no further fault strikes. */
  heal(): void;
  /** Heals, has every client finish, and looks whether all was delivered within 90 s and nothing is left. Once, at the end. */
  converge(): Promise<void>;
}

const GRACE_MS = 120_000;
const STORE_MS = [2, 8] as const;

/**
 * Runs your clients against your applications under the faults of a seed, for `lengthMs`; then all is well, and all has to
 * converge. The same seed gives the same `hash`, as long as nothing of yours takes time, chance or sockets from elsewhere.
 *
 * @returns never rejects for what goes wrong in the world: `violations` has it, empty where all was well.
 * @throws TenutoError OPTION_INVALID
 */
export async function simulate(options: SimulateOptions): Promise<RunResult> {
  checkSimulateOptions(options);
  const { lengthMs = RUN_MS, faults = [] } = options;
  checkTimes(faults, lengthMs);
  const world = createSimulatedWorld(options);
  await world.run(lengthMs);
  await world.converge();
  return world.result;
}

/**
 * The same, step by step.
 *
 * @throws TenutoError OPTION_INVALID
 */
export function createSimulatedWorld(options: SimulateOptions): SimulatedWorld {
  checkSimulateOptions(options);
  const { seed, clients, lengthMs = RUN_MS, gateways: houses = HOUSES, isTraced = false } = options;
  const drawing = { lengthMs, clients: clients.length, houses };
  const faults = options.faults ?? drawFaults(seededRandom(seed).fork('faults'), drawing);
  const run: Run = new Run(seed, isTraced, faults, (report) => {
    return shapeOf(options, houses, report, (look, name) => run.expect(look, name));
  });
  run.start();
  return {
    get result() {
      return run.result;
    },
    expect: (look) => {
      checkFunction('expect(look)', look);
      run.expect(look);
    },
    run: async (ms) => {
      checkSpan('run(ms)', ms, 0);
      await run.run(ms);
    },
    heal: () => run.heal(),
    converge: () => run.converge(),
  };
}

function shapeOf(
  { apps = () => ({ messages: createEchoApp() }), clients }: SimulateOptions,
  houses: number,
  report: Report,
  expect: Expecting,
): WorldShape {
  const contents = new SentContents(report);
  return {
    houses,
    graceMs: GRACE_MS,
    storeMs: STORE_MS,
    contents,
    onSent: ({ sessionId }, bytes) => {
      if (bytes[0] !== FRAME_TYPE.data) return;
      const frame = decodeFrame(bytes);
      if (frame.type === 'data') contents.sent(sessionId, frame);
    },
    apps: (parts) => {
      const { process, random } = parts;
      const made = checkedApps(() => apps({ name: process.name, clock: process, random }));
      return new Map([...made].map(([name, app]) => [name, new FailingApp(app, parts)]));
    },
    clients: clients.map((make) => (parts) => new Guest(parts, make, expect)),
  };
}
