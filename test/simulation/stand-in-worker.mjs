// A process of the pool whose runs are as their seeds say.
import process from 'node:process';

import { serveRuns } from '../../dist/src/simulation/serve-runs.node.js';

const result = (options, more = {}) => ({
  seed: options.seed,
  world: options.world ?? 'gateways',
  faults: options.faults ?? [
    { kind: 'crash', atMs: 1_000, forMs: 800, on: 0 },
    { kind: 'slow', atMs: 2_000, forMs: 400 },
    { kind: 'offline', atMs: 3_000, forMs: 600, on: 1 },
  ],
  violations: [],
  hash: `hash ${options.seed}`,
  steps: 10,
  simulatedMs: 180_000,
  chunks: 1_000,
  gapChunks: 3,
  fired: { crash: 1, slow: 2 },
  sometimes: { resumed: 1 },
  trace: [],
  ...more,
});

/** Seeds 13 and 113 lose what was acknowledged where there is a `slow` fault, and so does every second one under the mutant `loses`. */
function failing(options) {
  const given = result(options);
  const isMutant = process.env.TENUTO_STAND_IN_MUTANT === 'loses' && options.seed % 2 === 0;
  const fails = given.faults.some(({ kind }) => kind === 'slow') || isMutant;
  const violations = fails
    ? [{ invariant: 'I3', atMs: 2_500, message: 'chunk 7 was acknowledged, and is nowhere' }]
    : [];
  const trace = options.isTraced
    ? [
        { atMs: 2_000, who: 'fault', what: 'slow for 0.4 s' },
        { atMs: 2_400, who: 'gateway 0', to: 'client 1', what: 'ACK 7' },
      ]
    : [];
  return { ...given, violations, trace };
}

/** Of the event loop: whoever takes so many is slow. */
async function turns(count) {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

let runs = 0;

serveRuns(async (options) => {
  const { seed } = options;
  runs += 1;
  if (
    seed === 13 ||
    seed === 113 ||
    (process.env.TENUTO_STAND_IN_MUTANT === 'loses' && seed % 2 === 0)
  )
    return failing(options);
  switch (seed) {
    case 666:
      process.kill(process.pid, 'SIGKILL');
      break;
    case 667:
      for (;;);
    case 668:
      throw new Error('no such world');
    case 669:
      return result(options, { hash: `run ${runs}` });
    case 670:
      return result(options, {
        hash: JSON.stringify([process.env.TENUTO_STAND_IN, process.execArgv]),
      });
    case 671:
      process.stderr.write('out of memory\n', () => process.exit(134));
      return new Promise(() => {});
    case 672:
      await turns(10_000);
      break;
  }
  return result(options, { hash: `${seed} in ${process.pid}` });
});
