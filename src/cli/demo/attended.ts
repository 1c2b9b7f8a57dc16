/**
 * A command of tenuto for as long as whoever started it lives: when the pipe to its standard input ends, it ends as by a signal,
 * and takes its folder along.
 *
 * `node attended.js FOLDER serve …`
 */
import { rmSync } from 'node:fs';
import process from 'node:process';

import { main } from '../main.ts';

const [folder = '', ...args] = process.argv.slice(2);
process.stdin
  .on('end', () => {
    // However it ends: nobody reads what it prints any more, which may end it at once.
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    process.kill(process.pid, 'SIGTERM');
  })
  .resume();

process.exit(await main(args));
