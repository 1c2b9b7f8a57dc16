/** What `tenuto demo` takes. */
import type { Command } from 'commander';

import type { DemoOptions } from './commands/demo.ts';
import { faultsHelp } from './help.ts';
import type { CliIo } from './io.ts';
import { portNumber, positiveNumber, wholeNumber } from './option-values.ts';

export function addDemo(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('demo')
    .description('a page on which speech survives what breaks its connection, until Ctrl-C')
    .option('--port <n>', 'default: 8770, or a free one; 0 for a free one', portNumber)
    .option('--open', 'open it in a browser', false)
    .option(
      '--text',
      'in the terminal: packaged speech over a good and over a failing network, compared',
      false,
    )
    .option('--faults <list>', 'with --text: another fault plan than the default')
    .option('--seed <n>', 'with --text: what the plan and all chance are drawn from', wholeNumber)
    .option(
      '--speed <x>',
      'how many times real time the recogniser takes audio (default: 4); with --text how fast the speech goes out, ' +
        'as much as the recogniser follows (default: 1)',
      positiveNumber,
    )
    .option('--json', 'print one object', false)
    .addHelpText('after', faultsHelp())
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./commands/demo.ts');
      done(await runDemo(options, io));
    });
}
