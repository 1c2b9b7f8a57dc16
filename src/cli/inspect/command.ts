/** What `tenuto inspect` takes. */
import type { Command } from 'commander';

import type { InspectOptions } from '../commands/inspect.ts';
import type { CliIo } from '../io.ts';
import { portNumber } from '../option-values.ts';

export function addInspect(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('inspect')
    .description(
      'shows statecharts while they run, or as they ran, on a page of this machine, until Ctrl-C',
    )
    .argument(
      '[url-or-file]',
      'a gateway that was started with --inspect (ws://127.0.0.1:…), or a flight recording; default: any app of XState 5, by ' +
        'createWebSocketInspector of @statelyai/inspect',
    )
    .option('--port <n>', 'of the page; default: a free one', portNumber)
    .option(
      '--token <token>',
      "the gateway's; better in the environment, where no list of processes has it",
    )
    .option('--token-env <name>', 'the environment variable that holds it', 'TENUTO_INSPECT_TOKEN')
    .option('--insecure', 'the token may go to another machine in the clear', false)
    .option('--record <file>', 'write what is seen to a file as well, to be opened later')
    .option('--open', 'open the page in a browser', false)
    .option('--json', 'print one object a line', false)
    .addHelpText(
      'after',
      '\nExit status: 0 where it was ended by a signal, 1 where nobody could be reached or the gateway was lost for good, 2 where the command or the file cannot be used, ' +
        'or the port is taken.',
    )
    .action(async (what: string | undefined, options: InspectOptions) => {
      io.catchSignals('Ending');
      const { runInspect } = await import('../commands/inspect.ts');
      done(await runInspect(what, { ...options, environment: process.env }, io));
    });
}
