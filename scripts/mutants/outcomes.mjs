// Seeds of a mutant's world, with it and without: what is violated only with it has found it.
import process from 'node:process';

const { aimedFaults } = await import('../../dist/src/simulation/mutants/aimed.js');
const { mutantArguments } = await import('../../dist/src/simulation/mutants/arguments.node.js');
const { Pool } = await import('../../dist/src/simulation/pool.node.js');

const HUNG_AFTER_MS = 60_000;
/** As `edits.ts` says it. */
const NO_FIT = /has this \d+ times, and not once/;

export class Outcomes {
  #jobs;
  #reference;
  #healthy = new Map();

  constructor(jobs) {
    this.#jobs = jobs;
    this.#reference = new Pool({ jobs: 1, hungAfterMs: HUNG_AFTER_MS });
  }

  /**
   * Seed after seed, a few at a time.
   * @param isEnough told what came of them so far.
   * @throws Error where the mutant does not fit the code.
   */
  async of(mutant, seeds, isEnough) {
    const pool = new Pool({
      jobs: this.#jobs,
      hungAfterMs: HUNG_AFTER_MS,
      ...mutantArguments(mutant.name),
    });
    const outcomes = [];
    const batch = this.#jobs * 5;
    try {
      for (let at = 0; at < seeds.length && !isEnough(outcomes); at += batch) {
        const next = seeds.slice(at, at + batch);
        outcomes.push(...(await Promise.all(next.map((seed) => this.#of(pool, mutant, seed)))));
      }
    } finally {
      await pool.close();
    }
    return outcomes;
  }

  async close() {
    await this.#reference.close();
  }

  async #of(pool, { world = 'gateways', faults }, seed) {
    const aimed = faults === undefined ? {} : { faults: aimedFaults(faults, seed, world) };
    const options = { seed, world, ...aimed };
    const found = foundIn(await pool.run(options));
    if (found.length === 0) return { seed, found };
    const inAnyCase = await this.#foundWithout(options);
    return { seed, found: found.filter(({ invariant }) => !inAnyCase.has(invariant)) };
  }

  async #foundWithout(options) {
    const key = JSON.stringify(options);
    if (!this.#healthy.has(key)) {
      const outcome = this.#reference.run(options);
      const ids = outcome.then((each) => new Set(foundIn(each).map(({ invariant }) => invariant)));
      this.#healthy.set(key, ids);
    }
    const found = await this.#healthy.get(key);
    if (found.size > 0) process.stderr.write(`${options.seed}: ${[...found]} without a mutant\n`);
    return found;
  }
}

function foundIn(outcome) {
  if ('result' in outcome) return outcome.result.violations;
  const { lost } = outcome;
  if (NO_FIT.test(lost)) throw new Error(lost.split('\n').find((line) => NO_FIT.test(line)));
  return [{ invariant: 'I19', message: lost.split('\n')[0] }];
}

/** The first that found it, as it is noted. */
export function firstIn(outcomes) {
  const first = outcomes.find(({ found }) => found.length > 0);
  if (first === undefined) return null;
  const [{ invariant, message }] = first.found;
  return { seed: first.seed, invariant, message };
}
