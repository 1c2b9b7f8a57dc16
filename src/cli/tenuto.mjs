#!/usr/bin/env node
// Starts the compiled command line. In a clone, where dist/ is not shipped, it is compiled first if it is missing or old.
import { existsSync } from 'node:fs';
import process from 'node:process';

const builder = new URL('../../scripts/build.mjs', import.meta.url);
if (existsSync(builder)) {
  const { buildIfStale } = await import(builder.href);
  try {
    buildIfStale({ isToRun: true });
  } catch (error) {
    process.stderr.write(`tenuto: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
const { main } = await import(new URL('../../dist/src/cli/main.js', import.meta.url).href);
const status = await main(process.argv.slice(2));
process.exitCode = status;
// A disk that does not answer, or a service that is slow to close, is not waited for beyond this.
setTimeout(() => process.exit(), 5_000).unref();
// A run that a signal ended waits for nothing: no goodbye, no service that is slow to close. A gateway has waited as long as it may.
if (status >= 128 || process.argv[2] === 'serve') process.stdout.write('', () => process.exit());
