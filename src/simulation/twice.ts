/** Each seed twice: the same seed gives the same run (I16), or the difference is a violation like any other. */
import type { Outcome, Runs } from './pool.node.ts';
import type { RunResult } from './simulation.types.ts';

export function twice(pool: Runs): Runs {
  return {
    jobs: pool.jobs,
    run: async (options) => {
      const [one, other] = await Promise.all([pool.run(options), pool.run(options)]);
      return compared(one, other);
    },
    close: () => pool.close(),
  };
}

function compared(one: Outcome, other: Outcome): Outcome {
  if ('lost' in one) return one;
  if ('lost' in other) return other;
  const { result } = one;
  if (result.hash === other.result.hash) return one;
  const message =
    `${runText(result)} the first time, and ${runText(other.result)} the second: something is read ` +
    'that is not of the simulation';
  const violations = [
    ...result.violations,
    { invariant: 'I16', atMs: result.simulatedMs, message } as const,
  ];
  return { ...one, result: { ...result, violations } };
}

function runText({ steps, hash }: RunResult): string {
  return `${steps} steps (${hash})`;
}
