/** The command line: what each command takes, and the exit status that it ends with. */
import { createRequire } from 'node:module';

import { Command, CommanderError } from 'commander';

import { addDemo } from './demo-command.ts';
import type { PathsOptions } from './commands/paths.ts';
import type { TranscribeOptions } from './commands/transcribe.ts';
import { EXIT_HELP, faultsHelp } from './help.ts';
import type { CliIo } from './io.ts';
import { addInspect } from './inspect/command.ts';
import { createIo, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, reportError } from './io.ts';
import {
  addressesOf,
  listOnce,
  notEmpty,
  portNumber,
  positiveNumber,
  secondsAsMs,
  wholeNumber,
} from './option-values.ts';
import { PROVIDERS_HELP, VOICE } from './providers.ts';
import { addServe, addServices } from './serving-commands.ts';
import { addSimulate } from './simulate/command.ts';
import { jsonLine } from './summary.ts';

const { version } = createRequire(import.meta.url)('tenuto/package.json') as { version: string };

/** Runs one command, and loads no other; returns its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const io = createIo();
  let status = EXIT_OK;
  const program = programOf(io, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status === EXIT_INTERRUPTED ? (io.interruptedStatus() ?? status) : status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_OK;
      if (args.includes('--json') && error.code !== 'commander.help') {
        io.write(jsonLine({ type: 'error', ...misused(error) })); // commander has told a person already
      }
      return EXIT_USAGE;
    }
    return reportError(error, io, args.includes('--json'));
  } finally {
    io.close();
  }
}

function misused({ message }: CommanderError) {
  return {
    code: 'OPTION_INVALID',
    message: message.replace(/^error: /, '').replaceAll('\n', ' '),
    remediation: 'Add --help for what can be given.',
    retryable: false,
  };
}

function programOf(io: CliIo, done: (status: number) => void): Command {
  const program = new Command('tenuto')
    .description('Keeps a realtime voice session alive.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Add --help for what can be given.')
    .configureHelp({ showGlobalOptions: true });

  addDemo(program, io, done);
  addTranscribe(program, io, done);
  addServe(program, io, done);
  addServices(program, io, done);
  addInspect(program, io, done);
  addSimulate(program, io, done);
  program
    .command('charts')
    .description('draws the statecharts')
    .option('--check', 'only fail where a picture differs from its chart', false)
    .option('--out <folder>', 'where the pictures are', 'visualizations/charts')
    .action(async ({ check, out }: { check: boolean; out: string }) => {
      const { runCharts } = await import('./commands/charts.ts');
      done(await runCharts({ check, outDir: out, readmePath: 'machines/README.md' }, io));
    });

  program
    .command('paths')
    .description('prints paths through a statechart, as sentences: what its tests are made of')
    .argument(
      '<chart>',
      'connection, orchestrator, liveness, breaker, renewal, network, request, reply, turn, capture, lease or gateway',
    )
    .option('--select <set>', 'edges (few paths, each transition) or all (each event)', 'edges')
    .option('--json', 'print one path a line; the last has "type":"summary"', false)
    .action(async (chart: string, options: PathsOptions) => {
      const { runPaths } = await import('./commands/paths.ts');
      done(runPaths(chart, options, io));
    });

  return program;
}

function addTranscribe(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('transcribe')
    .description('streams a recording through a session and prints what the service hears')
    .argument('<file>', 'a WAV file; stereo, other rates and other sample formats are converted')
    .option(
      '--provider <names>',
      `one, or several in order of preference: ${PROVIDERS_HELP}; or ${VOICE}, which stands alone (an agent that ` +
        'hears by Deepgram, answers by Gemini, and speaks by Deepgram); default: local',
      listOnce,
    )
    .option(
      '--gateway <url>',
      'through a gateway (tenuto serve), which has providers of its own: ws://127.0.0.1:8765',
    )
    .option('--token-env <name>', "the environment variable that holds the gateway's bearer")
    .option(
      '--may-move-to <addresses>',
      'other gateways to which that one may send this client when it ends, with commas between them; default: none',
      addressesOf,
    )
    .option(
      '--insecure',
      'to a gateway on another machine in the clear (ws:), bearer and all: only in a network of your own',
    )
    .option(
      '--standby',
      'keep a connection ready to take over: at the others, or at the only one',
      false,
    )
    .option('--simulated', "against the provider's local simulator", false)
    .option('--faults <list>', 'none, all, or a list (see below)', 'none')
    .option(
      '--seed <n>',
      'what the plan and all chance are drawn from, to repeat a run (default: another one each time; with faults it is told)',
      wholeNumber,
    )
    .option('--speed <x>', 'how many times real time', positiveNumber, 1)
    .option(
      '--api-key <key>',
      "the vendor's key; default: DEEPGRAM_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY",
      notEmpty,
    )
    .option(
      '--url <url>',
      "another address of the provider's service; default: DEEPGRAM_BASE_URL, OPENAI_BASE_URL, GEMINI_BASE_URL or " +
        "WHISPER_BASE_URL, or the vendor's own",
    )
    .option('--port <n>', 'port of the first local service; default: free ones', portNumber)
    .option('--max-attempts <n>', 'dials in one outage before giving up', wholeNumber)
    .option(
      '--retention <seconds>',
      'how much audio that is not recognised yet is kept, to be sent again after an outage; what is older is given ' +
        'up and told as a gap (default: 120; 10 are always kept)',
      secondsAsMs,
    )
    .option('--json', 'print one object a line; the last has "type":"summary"', false)
    .addHelpText('after', `${faultsHelp()}\n${EXIT_HELP}`)
    .action(async (file: string, options: TranscribeOptions) => {
      io.catchSignals();
      const { runTranscribe } = await import('./commands/transcribe.ts');
      done(await runTranscribe(file, { ...options, environment: process.env }, io));
    });
}
