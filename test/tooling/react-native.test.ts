/** An application of React Native can be type-checked, bundled and compiled with what is in the package. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';

const run = promisify(execFile);
const folder = join(projectRoot, `.tmp/react-native-${process.pid}`);

/** What React Native 0.86 with Hermes has, or is asked to bring (docs/react-native.md). */
const HOST_GLOBALS = [
  ...['AbortController', 'Blob', 'Event', 'EventTarget', 'TextDecoder', 'TextEncoder', 'URL'],
  ...['URLSearchParams', 'atob', 'btoa', 'clearTimeout', 'console', 'performance', 'setTimeout'],
  ...['clearInterval', 'queueMicrotask', 'setInterval', 'process', 'window', 'self', 'global'],
];
/** Metro's own. */
const BUNDLERS_GLOBALS = ['nativePerformanceNow', 'arguments'];
/** Behind what phones have not, or asked for by `typeof`. */
const NEVER_REACHED = ['FinalizationRegistry', 'SharedArrayBuffer', 'DOMException'];

const APP = `
import { createSession, NetworkMonitor, reactNativeNetworkSignals, ResumableWebSocket } from 'tenuto/react-native';
import { gateway } from 'tenuto/providers';

globalThis.app = { createSession, NetworkMonitor, reactNativeNetworkSignals, ResumableWebSocket, gateway };
`;

const TYPED_APP = `
import { createSession, NetworkMonitor, reactNativeNetworkSignals, ResumableWebSocket } from 'tenuto/react-native';
import type { NetInfoSource } from 'tenuto/react-native';
import { gateway } from 'tenuto/providers';

declare const NetInfo: NetInfoSource;
const network = new NetworkMonitor({ signals: reactNativeNetworkSignals({ NetInfo }) });
export const session = createSession({ candidates: [gateway({ url: 'wss://a.example' })], network });
export const socket = new ResumableWebSocket('wss://a.example');
socket.onmessage = ({ data }) => (data satisfies string | ArrayBuffer);
socket.addEventListener('close', ({ code, willReconnect }) => [code satisfies number, willReconnect satisfies boolean]);
`;

/** XState's own declarations name this one, which React Native's types have. */
const REACT_NATIVES_TYPES = 'interface AbortSignal { readonly aborted: boolean }\n';

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022'],
    types: [],
    module: 'ESNext',
    moduleResolution: 'bundler',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['app.ts', 'globals.d.ts'],
};

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(projectRoot, join(folder, 'node_modules/tenuto'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "app" }');
  writeFileSync(join(folder, 'index.js'), APP);
  writeFileSync(join(folder, 'app.ts'), TYPED_APP);
  writeFileSync(join(folder, 'globals.d.ts'), REACT_NATIVES_TYPES);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an application of React Native', () => {
  it('is type-checked with the declarations of tenuto/react-native and no type of a browser or Node', async () => {
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');

    const checked = run(process.execPath, [tsc, '-p', folder]).catch((error: unknown) => error);

    expect(await checked).toMatchObject({ stdout: '' });
  });

  it('is bundled by Metro, compiled by Hermes, and asks the host for nothing that phones have not', async () => {
    const bundler = join(projectRoot, 'test/support/metro-bundle.mjs');
    const { stdout } = await run(process.execPath, [bundler, folder, projectRoot]);
    const bundle = readFileSync(join(folder, 'bundle.js'), 'utf8');

    const { stderr } = await run(hermesc(), [
      '-w',
      '-O',
      '-emit-binary',
      '-out',
      join(folder, 'app.hbc'),
      join(folder, 'bundle.js'),
    ]);
    const bytecode = readFileSync(join(folder, 'app.hbc'));

    expect(stderr).not.toMatch(/error/);
    expect(bytecode.subarray(0, 4).toString('hex')).toBe('c61fbc03'); // Hermes' magic number begins so
    expect(foreignAmong(JSON.parse(stdout.trim().split('\n').at(-1)!))).toEqual([]);
    expect(keysOfApp(bundle)).toEqual([
      'NetworkMonitor',
      'ResumableWebSocket',
      'createSession',
      'gateway',
      'reactNativeNetworkSignals',
    ]);
    expect(() => keysOfApp(bundle, { URL: undefined, crypto: undefined })).toThrow(
      expect.objectContaining({
        code: 'PLATFORM_INCOMPLETE',
        message: 'This platform lacks a whole URL class, crypto.getRandomValues.',
      }),
    );
  });
});

/** The package's file need not be executable. */
function hermesc(): string {
  const platform = { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[
    process.platform as string
  ]!;
  const file = process.platform === 'win32' ? 'hermesc.exe' : 'hermesc';
  const own = join(folder, file);
  copyFileSync(join(projectRoot, 'node_modules/hermes-compiler/hermesc', platform, file), own);
  chmodSync(own, 0o755);
  return own;
}

function foreignAmong(globals: readonly string[]): readonly string[] {
  const language = Object.getOwnPropertyNames(runInNewContext('globalThis'));
  const known = new Set([...HOST_GLOBALS, ...BUNDLERS_GLOBALS, ...NEVER_REACHED, ...language]);
  return globals.filter((name) => !known.has(name) && !name.startsWith('__'));
}

/** Runs the bundle with what a phone has. @throws what it throws at its start. */
function keysOfApp(bundle: string, others: object = {}): readonly string[] {
  const { crypto, URL, TextDecoder, TextEncoder, AbortController, EventTarget, Event } = globalThis;
  const host = {
    crypto,
    URL,
    TextDecoder,
    TextEncoder,
    AbortController,
    EventTarget,
    Event,
    console,
    performance,
    setTimeout,
    clearTimeout,
    queueMicrotask,
    Uint8Array,
    ...others,
  };
  const phone: Record<string, object | undefined> = { ...host };
  runInNewContext('var window = globalThis, global = globalThis;' + bundle, phone);
  return Object.keys(phone['app'] ?? {}).sort();
}
