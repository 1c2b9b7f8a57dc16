/** `tenuto demo`: the page on which speech survives what breaks its connection. `--text` shows it in the terminal. */
import { runDemoText } from './demo-text.ts';
import type { DemoOptions as TextOptions } from './demo-text.ts';
import { colors } from '../colors.ts';
import { startDemoServer } from '../demo/server.ts';
import type { CliIo } from '../io.ts';
import { EXIT_OK } from '../io.ts';
import { openBrowser } from '../local-page/open-browser.ts';
import { aborted } from '../sleep.ts';
import { systemClock } from '../../ports/clock.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface DemoOptions extends Omit<TextOptions, 'seed' | 'speed'> {
  /** In the terminal, without a page. */
  readonly text: boolean;
  /** Default: 8770, or a free one where that is taken. */
  readonly port?: number;
  /** Opens the page in a browser. */
  readonly open: boolean;
  readonly seed?: number;
  /** Of the terminal's: how fast the speech goes out, 1. Of the page's: how fast the recogniser takes it, 4. */
  readonly speed?: number;
}

/** What waited in an outage is understood in a quarter of the time. */
const PAGE_SPEED = 4;

/** @throws TenutoError OPTION_INVALID, PORT_IN_USE, RECOGNISER_UNAVAILABLE, PACKAGE_MISSING. */
export async function runDemo(options: DemoOptions, io: CliIo): Promise<number> {
  const { text, port, open, seed = 1, speed, json, ...rest } = options;
  if (text) {
    if (port !== undefined || open) throw pageOnly();
    io.catchSignals();
    return runDemoText({ ...rest, json, seed, speed: speed ?? 1 }, io);
  }
  if (options.faults !== undefined || options.seed !== undefined) throw textOnly();
  io.catchSignals('Closing');
  const server = await startDemoServer({
    port: port ?? null,
    speedRatio: speed ?? PAGE_SPEED,
    clock: systemClock,
  });
  try {
    tell(server.url, server.house.gateway.pid, json, io);
    if (open) openBrowser(server.url, io.note);
    await aborted(io.signal);
  } finally {
    await server.close();
  }
  return EXIT_OK;
}

function tell(url: string, pid: number | null, json: boolean, io: CliIo): void {
  if (json) {
    io.write(JSON.stringify({ type: 'demo', url, gatewayPid: pid }));
    return;
  }
  io.write(`${colors.bold('tenuto')}: the demonstration is at ${colors.bold(url)}`);
  io.note(
    `  a gateway (process ${pid ?? ''}), a recogniser, and buttons that break things: all on this machine`,
  );
  io.note('  without a browser: tenuto demo --text');
  io.note('Ctrl-C ends it.');
}

function pageOnly() {
  return invalid(
    '--port and --open are of the page, and --text shows none.',
    'Leave them out, or --text.',
  );
}

function textOnly() {
  return invalid(
    '--faults and --seed are of the demonstration in the terminal: on the page its buttons break things.',
    'Add --text, or leave them out.',
  );
}
