// Bundles the audio worklet of src/worklets/ into src/worklets/source.ts, so that it is loaded without a file of its own.
// With --check it only says whether that is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILE = at('../src/worklets/source.ts');

/** The text of src/worklets/source.ts, as it should be. */
export async function workletModule() {
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: at('../src/worklets/main.browser.ts') },
    },
  });
  const code = output[0].code.trim();
  const text = code.replace(/[`\\]|\$\{/g, '\\$&');
  return `/** Made by scripts/worklet.mjs of main.browser.ts and what it imports; never edited. */\nexport const WORKLET_SOURCE = \`${text}\`;\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fresh = await workletModule();
  if (!process.argv.includes('--check')) writeFileSync(FILE, fresh);
  else if (readFileSync(FILE, 'utf8') !== fresh) {
    process.stderr.write('src/worklets/source.ts is not made of these sources: npm run worklet\n');
    process.exitCode = 1;
  }
}
