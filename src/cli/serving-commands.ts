/** The commands that go on until they are ended: the gateway, and the stand-ins; and the doctor, who looks at this machine. */
import type { Command } from 'commander';

import type { ServeCommand } from './commands/serve.ts';
import type { SimulatorsOptions } from './commands/simulators.ts';
import { standInFaultsHelp } from './help.ts';
import type { CliIo } from './io.ts';
import {
  addressesOf,
  drainAsMs,
  listOnce,
  originsOf,
  portNumber,
  positiveNumber,
} from './option-values.ts';
import { PROVIDERS_HELP } from './providers.ts';
import { STAND_INS } from './stand-ins.ts';

export function addServe(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('serve')
    .description(
      'starts the gateway: clients stream to it, and their sessions outlive their networks, until Ctrl-C',
    )
    .option('--port <n>', 'default: 8765; 0 for a free one', portNumber)
    .option('--host <address>', 'what to listen on; default: 127.0.0.1')
    .option('--store <where>', 'memory, or file:DIR, which outlives this process; default: memory')
    .option(
      '--auth <how>',
      'none (this machine only), hs256:NAME (the environment variable with the secret), or jwks:URL_OR_FILE (public keys); ' +
        'default: none',
    )
    .option(
      '--origin <origins>',
      'the web pages that may connect, such as https://app.example, with commas between them; default: none',
      originsOf,
    )
    .option(
      '--provider <names>',
      `who hears, one or several in order of preference: ${PROVIDERS_HELP}; default: deepgram and whisper where ` +
        'DEEPGRAM_API_KEY and OPENAI_API_KEY (or WHISPER_BASE_URL) are set, then local',
      listOnce,
    )
    .option(
      '--app <names>',
      'what serves clients: speech, echo (messages come back), or both; default: speech',
      listOnce,
    )
    .option('--simulated', "by the providers' local simulators", false)
    .option('--speed <x>', 'how many times real time stand-ins take audio', positiveNumber)
    .option(
      '--drain <seconds>',
      'how long its whole end may take; clients have all but the last 8 s of it, half at least (default: 30)',
      drainAsMs,
    )
    .option(
      '--drain-to <addresses>',
      'where clients are sent then, with commas between them; who may go there (--may-move-to) does (default: to where they had ' +
        'dialled)',
      addressesOf,
    )
    .option(
      '--inspect',
      'lets `tenuto inspect` watch the charts, on this machine, by a token',
      false,
    )
    .option('--inspect-port <n>', 'where it comes; default: a free one', portNumber)
    .option(
      '--inspect-token-env <name>',
      'the environment variable that holds its token; default: one is made and printed once',
    )
    .option('--config <file>', 'YAML or JSON, as docs/gateway.yaml; options win over it')
    .option('--json', 'print one object a line', false)
    .addHelpText(
      'after',
      '\nCtrl-C (or SIGTERM) sends clients elsewhere and waits for them; once more ends it at once. With --store file:DIR, and ' +
        'no --drain-to, it waits for nothing but what they sent: the next process on DIR takes their sessions over.' +
        '\nExit status: 0 where nothing that was accepted is lost with it, 1 where something may be, 2 where it cannot begin.',
    )
    .action(async (options: ServeCommand) => {
      io.catchSignals('Ending');
      const { runServe } = await import('./commands/serve.ts');
      done(await runServe({ ...options, environment: process.env }, io));
    });
}

export function addServices(program: Command, io: CliIo, done: (status: number) => void): void {
  program
    .command('simulators')
    .description("starts the providers' stand-ins on this machine, for any client, until Ctrl-C")
    .argument('[names...]', `${STAND_INS.join(', ')}; default: all`)
    .option('--port <n>', 'port of the first one; default: free ones', portNumber)
    .option('--tls', 'https:// and wss://, with a certificate that they sign themselves', false)
    .option('--speed <x>', 'how many times real time audio may come', positiveNumber, 1)
    .option('--faults <list>', 'what goes wrong by itself (see below)')
    .option('--json', 'print one object for each, and for each fault as it happens', false)
    .addHelpText('after', standInFaultsHelp())
    .action(async (names: readonly string[], options: SimulatorsOptions) => {
      io.catchSignals('Closing');
      const { runSimulators } = await import('./commands/simulators.ts');
      done(await runSimulators(names, options, io));
    });

  program
    .command('doctor')
    .description('says what this machine has and lacks, and what to do about it')
    .option(
      '--online',
      'also ask each provider whether it answers and takes the key that is set; one with a key that does not fails the command',
      false,
    )
    .option('--json', 'print one object a line; the last has "type":"summary"', false)
    .action(async (options: { online: boolean; json: boolean }) => {
      const { runDoctor } = await import('./commands/doctor.ts');
      done(await runDoctor({ ...options, environment: process.env }, io));
    });
}
