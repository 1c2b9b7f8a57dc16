// Whether each mutant is still found: by the seed that is noted of it, or else, since worlds change, by one of those after.
import process from 'node:process';
import { firstIn, Outcomes } from './outcomes.mjs';

/** How each mutant is told of: by the seed that was noted, by another, by none, or not at all. */
export async function check(mutants, known, { jobs, seeds, onMoved }) {
  const rest = mutants.filter(({ expected }) => expected === 'killed');
  const outcomes = new Outcomes(1);
  const failed = [];
  const moved = [];
  const next = async () => {
    for (let mutant = rest.shift(); mutant !== undefined; mutant = rest.shift()) {
      const { name } = mutant;
      const noted = known[name]?.first ?? null;
      const { first, why } = await look(outcomes, mutant, noted, seeds);
      if (first === null) failed.push(`${name}: ${why}`);
      else if (first.seed !== noted?.seed) {
        moved.push(name);
        onMoved(name, first);
      }
      process.stdout.write(`${name}: ${first === null ? why : `found by seed ${first.seed} (${first.invariant})`}\n`); // prettier-ignore
    }
  };
  await Promise.all(Array.from({ length: jobs }, next));
  await outcomes.close();
  return { failed, moved };
}

async function look(outcomes, mutant, noted, seeds) {
  const others = Array.from({ length: seeds }, (_, at) => at + 1);
  const isFound = (so) => firstIn(so) !== null;
  try {
    const again = noted === null ? [] : await outcomes.of(mutant, [noted.seed], isFound);
    const first = firstIn(again) ?? firstIn(await outcomes.of(mutant, others, isFound));
    return { first, why: `NOT FOUND by seeds 1 to ${seeds}` };
  } catch (error) {
    return { first: null, why: `DOES NOT FIT: ${error.message}` };
  }
}

export function tellCheck({ failed, moved }, isWritten) {
  if (moved.length > 0 && !isWritten) {
    process.stderr.write(
      `${moved.length} are found by another seed than docs/mutants.json has: ${moved.join(', ')}\n` +
        'Worlds have changed, which is no error. To note the seeds: npm run mutants -- --check --write\n',
    );
  }
  if (failed.length === 0) return;
  process.stderr.write(
    `\n${failed.join('\n')}\n\n` +
      'DOES NOT FIT: the code that it changes is not what it was; write the mutant anew (src/simulation/mutants/).\n' +
      'NOT FOUND: see what it comes to with `tenuto simulate --mutant NAME --seeds 1..200`. Then one of\n' +
      '  - the world does not bring about what it breaks: give it faults (`faults`, src/simulation/nemeses/aimed.ts)\n' +
      '  - it does, and nobody looks: a check in src/simulation/checks/, with a test of a history that is wrong\n' +
      '  - nobody can tell it any more: `expected: { equivalent: … }` says why, in a line\n',
  );
  process.exitCode = 1;
}
