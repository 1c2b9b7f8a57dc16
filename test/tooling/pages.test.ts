/** What a page imports can be bundled by a bundler that knows nothing of Node. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';

interface Bundler {
  build(options: object): Promise<{ readonly errors: readonly unknown[] }>;
}

const require = createRequire(import.meta.url);
const beside = createRequire(require.resolve('@size-limit/esbuild'));
const esbuild = beside('esbuild') as Bundler;

const fvad = join(projectRoot, 'dist/slim/src/providers/whisper/fvad');

describe('plain esbuild', () => {
  it.each([
    "import { createSession } from 'tenuto/browser'; import { gateway } from 'tenuto/providers'; createSession({ candidates: [gateway({ url: 'wss://voice.example' })] });",
    "import { whisper } from 'tenuto/providers'; whisper({ baseUrl: 'https://voice.example' });",
  ])('bundles a page: %s', async (contents) => {
    const { errors } = await esbuild.build({
      stdin: { contents, resolveDir: projectRoot },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });

    expect(errors).toEqual([]);
  });
});

describe("the detector of speech that pages get for Whisper's sake", () => {
  it('is whole: it loads, and makes a detector', async () => {
    const wasmBinary = readFileSync(join(fvad, 'fvad.wasm'));
    const { default: create } = (await import(pathToFileURL(join(fvad, 'fvad.js')).href)) as {
      default: (options: object) => Promise<{ cwrap(...words: unknown[]): () => number }>;
    };

    const module = await create({ wasmBinary });

    expect(module.cwrap('fvad_new', 'number', [])()).toBeGreaterThan(0);
  });
});
