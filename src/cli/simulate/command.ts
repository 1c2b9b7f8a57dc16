/** `tenuto simulate` on the command line, and what its help says. */
import type { Command } from 'commander';

import type { SimulateOptions } from './settings.ts';
import type { CliIo } from '../io.ts';
import { INVARIANTS } from '../../simulation/simulation.types.ts';

const HELP = `
A failure is told with the command that runs it again: --seed, the fewest --faults that do it, --trace. docs/simulation.md says how to
read it.

Invariants:
${Object.entries(INVARIANTS)
  .map(([id, says]) => `  ${id.padEnd(4)} ${says}`)
  .join('\n')}

Exit status: 0 where no invariant was violated (with --mutant over seeds: where each mutant was killed that can be), 1 where one was,
2 where the command cannot be used or nothing can be written, 130 where it was interrupted, 141 where nobody reads on.`;

export function addSimulate(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('simulate')
    .description(
      'runs clients and gateways on a virtual clock under faults drawn from seeds, and checks what is promised at every step',
    )
    .option('--seeds <a..b>', 'these seeds, or N for 1..N; default: 200; with --minutes also A..')
    .option('--minutes <m>', 'seeds for so long; 0: until Ctrl-C, from any seed on')
    .option('--jobs <n>', 'how many processes; default: one for each core')
    .option('--world <name>', 'gateways, or services; default: as the seed draws')
    .option('--twice', 'each seed twice: both have to be the same run', false)
    .option(
      '--regressions <file>',
      "seeds that failed once, which run first; default: a clone's test/simulation/regressions.json",
    )
    .option('--failures <folder>', 'writes each failure there: JSON, its story, a picture')
    .option('--seed <n>', 'one run')
    .option('--faults <json>', 'of that run, instead of those that the seed draws')
    .option('--length-ms <n>', 'of that run: how long faults strike; default: 180000')
    .option('--trace', 'of that run: what happened, line by line', false)
    .option('--diagram <file>', 'of that run: a sequence diagram, .svg or .mmd (Mermaid)')
    .option('--mutant <name>', 'with an error written into the code, or all of them in turn')
    .option('--enough <n>', 'with --mutant: no more seeds once so many have killed it')
    .option('--json', 'print one object a line; the last has "type":"summary"', false)
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions) => {
      io.catchSignals('Ending');
      const [{ runSimulate }, { SIMULATION }] = await Promise.all([
        import('../commands/simulate.ts'),
        import('./real.ts'),
      ]);
      done(await runSimulate(options, SIMULATION, io));
    });
}
