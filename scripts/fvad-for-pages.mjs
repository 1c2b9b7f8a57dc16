// @echogarden/fvad-wasm for pages: its branch for Node imports `module`, which no bundler for browsers finds, so that no page could
// be built that imports anything of tenuto/providers. Here it asks for it in a way that is left alone; all else is unchanged.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = '@echogarden/fvad-wasm';
const FOR_NODE = 'import("module")';
const LEFT_ALONE = 'import(/* webpackIgnore: true */ /* @vite-ignore */ ["module"][0])';

/** Writes it beside the module that loads it, which is what is returned: that module's text, with another address in it. */
export function withFvadForPages(text, slimFile) {
  const installed = dirname(fileURLToPath(import.meta.resolve(PACKAGE)));
  const library = readFileSync(join(installed, 'fvad.js'), 'utf8');
  if (!library.includes(FOR_NODE)) throw new Error(`${PACKAGE} has no ${FOR_NODE} any more.`);
  const folder = join(dirname(slimFile), 'fvad');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'fvad.js'), library.replace(FOR_NODE, LEFT_ALONE));
  for (const name of ['fvad.wasm', 'LICENSE'])
    copyFileSync(join(installed, name), join(folder, name));
  return text.replace(PACKAGE, './fvad/fvad.js');
}
