// What `npm run bench:link` is asked for. Whatever it does not know it refuses by name, before anything is built or run.
import { parseArgs } from 'node:util';

export const SECTIONS = ['faults', 'flat', 'live', 'calls', 'idle', 'inside', 'storm'];

export const HELP = `npm run bench:link [-- options]

The link beside bare ws and its peers. Writes docs/bench-link.md and docs/bench-link.json; with --quick or --only, which make no
whole report, .tmp/bench-link.md and .tmp/bench-link.json. Ends with 1 where a chunk was lost, doubled or out of order, and with
2 where it was asked for what it does not know.

  --quick        few peers and short runs: whether it runs, not how it does
  --only=A,B     these sections alone:
                   faults   what is lost, and how soon it flows again (G1 to G6)
                   flat     one connection as fast as it goes: CPU and rate (G7, G7b)
                   live     many connections at the cadence of speech: CPU and delay (G8)
                   calls    writes, reads and acknowledgements for each chunk (G9)
                   idle     heap of an idle connection (G10)
                   inside   the ring, and what actors are told (G11, G14)
                   storm    thousands that are cut off at once (G12, G13); none in --quick
  --seed=N       a whole number from which the faults are drawn; default 1
  --help, -h     this text
`;

/** @returns `{ options: { isHelp, isQuick, seed, only } }`, or `{ problem }` in words. */
export function readArguments(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return { problem: error.message.split('. ')[0] }; // it names the option
  }
  const only = values.only?.split(',') ?? null;
  const unknown = only?.filter((name) => !SECTIONS.includes(name)) ?? [];
  if (unknown.length > 0) {
    return {
      problem: `There is no section ${unknown.join(', ')}: there are ${SECTIONS.join(', ')}`,
    };
  }
  const seed = Number(values.seed);
  if (!/^\d+$/.test(values.seed) || !Number.isSafeInteger(seed)) {
    return { problem: `--seed is a whole number, not '${values.seed}'` };
  }
  return { options: { isHelp: values.help, isQuick: values.quick, seed, only } };
}
