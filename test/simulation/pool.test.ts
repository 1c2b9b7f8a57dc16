/** Seeds in processes of their own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';

import { inOrder, Pool } from '../../src/simulation/pool.node.ts';
import type { Outcome, PoolOptions } from '../../src/simulation/pool.node.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const workerPath = join(fileURLToPath(new URL('.', import.meta.url)), 'stand-in-worker.mjs');

let pool: Pool;

function open(options: PoolOptions = {}): Pool {
  pool = new Pool({ jobs: 2, workerPath, ...options });
  return pool;
}

afterEach(() => pool.close());

async function collected(seeds: readonly number[], stop?: AbortController, at = 0) {
  const { signal } = stop ?? new AbortController();
  const outcomes: Outcome[] = [];
  const runs = seeds.map((seed) => ({ seed }));
  for await (const outcome of inOrder(pool, runs, signal)) {
    outcomes.push(outcome);
    if (outcomes.length === at) stop?.abort();
  }
  return outcomes;
}

function hashOf(outcome: Outcome | undefined): string {
  if (outcome === undefined || !('result' in outcome)) throw new Error('There is no result.');
  return outcome.result.hash;
}

function lostOf(outcome: Outcome): string {
  return 'lost' in outcome ? outcome.lost : '';
}

describe('the pool', () => {
  it('gives the results in the order of the seeds, of as many processes as it may have', async () => {
    open();

    const outcomes = await collected([672, 1, 2, 3, 4, 5, 6, 7]);

    expect(outcomes.map(({ options }) => options.seed)).toEqual([672, 1, 2, 3, 4, 5, 6, 7]);
    const processes = new Set(outcomes.map((outcome) => hashOf(outcome).split(' in ')[1]));
    expect(processes.size).toBe(2);
  });

  it('runs more seeds than it looks ahead', async () => {
    open({ jobs: 1 });

    const outcomes = await collected(Array.from({ length: 60 }, (_, at) => at));

    expect(outcomes).toHaveLength(60);
    expect(outcomes.map(lostOf).join('')).toBe('');
  });

  it.each([
    ['dies', 666, 'its process ended by itself (SIGKILL)'],
    ['ends with words', 671, 'its process ended by itself (exit status 134): out of memory'],
    ['throws', 668, 'the simulation threw: Error: no such world'],
  ])('says of a seed that its process %s, and runs the others', async (_what, seed, words) => {
    open();

    const outcomes = await collected([1, seed, 2, 3]);

    expect(outcomes.map((outcome) => lostOf(outcome).includes(words))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(outcomes[1]?.options.seed).toBe(seed);
    expect(hashOf(outcomes[3])).toContain('3 in');
  });

  it('ends and replaces a process that gives no result in time', async () => {
    const clock = new VirtualClock();
    open({ jobs: 1, hungAfterMs: 1_500, clock });

    const outcomes = collected([667, 1]);
    clock.advance(1_500);
    const [hung, next] = await outcomes;

    expect(lostOf(hung!)).toBe('its process hung: no result within 2 s');
    expect(hashOf(next)).toContain('1 in');
  });

  it('stops at once where it is told to, and leaves no process behind', async () => {
    open();

    const outcomes = await collected([1, 2, 667, 667, 3], new AbortController(), 2);

    expect(outcomes).toHaveLength(2);
    expect(await pool.run({ seed: 9 })).toMatchObject({ lost: 'the pool was closed' });
  });

  it('gives its processes what Node and the environment are to be given besides', async () => {
    open({ execArgv: ['--no-deprecation'], env: { TENUTO_STAND_IN: 'yes' } });

    const outcome = await pool.run({ seed: 670 });

    expect(hashOf(outcome)).toBe('["yes",["--no-deprecation"]]');
  });
});
