/** Finds PocketSphinx and its English model, which Debian packages. Most users of tenuto need neither. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TenutoError } from '../../ports/errors.ts';
import type { VoskPackages } from './vosk-packages.ts';

const INSTALL = 'apt-get install -y libpocketsphinx3 libsphinxbase3 pocketsphinx-en-us';

const LIBRARY = 'libpocketsphinx.so.3';
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
];
const MODEL = '/usr/share/pocketsphinx/model/en-us';
const MODEL_PARTS = ['en-us', 'en-us.lm.bin', 'cmudict-en-us.dict'];

export interface PocketSphinxSearch {
  /** Finds a module by name, as `require.resolve` does. */
  resolve(name: string): string;
  exists(path: string): boolean;
}

const installed: PocketSphinxSearch = {
  resolve: createRequire(import.meta.url).resolve,
  exists: existsSync,
};

/** Throws PACKAGE_MISSING with the command that installs what is not there. */
export function findPocketSphinx(search: PocketSphinxSearch = installed): VoskPackages {
  const libraryPath = LIBRARY_FOLDERS.map((folder) => join(folder, LIBRARY)).find((path) =>
    search.exists(path),
  );
  if (libraryPath === undefined) throw missing(LIBRARY, INSTALL);
  const lacking = MODEL_PARTS.map((part) => join(MODEL, part)).find((path) => !search.exists(path));
  if (lacking !== undefined) throw missing(lacking, INSTALL);
  find(search, 'koffi', 'npm install koffi@3');
  // It is compiled beside the other engine's.
  const others = find(search, '#vosk-worker', 'npm run build');
  return {
    libraryPath,
    modelPath: MODEL,
    workerPath: join(dirname(others), 'pocketsphinx-worker.js'),
  };
}

function find(search: PocketSphinxSearch, name: string, command: string): string {
  try {
    return search.resolve(name);
  } catch (cause) {
    throw missing(name, command, cause);
  }
}

function missing(what: string, command: string, cause?: unknown): TenutoError {
  return new TenutoError({
    code: 'PACKAGE_MISSING',
    message: `PocketSphinx lacks ${what}.`,
    remediation: `Run: ${command}`,
    cause,
  });
}
