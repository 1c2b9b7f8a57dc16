/** The built pages and the packaged speech, read once: what is not among them is not served. */
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TenutoError } from '../../ports/errors.ts';

export interface ServedFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Its name changes with what is in it. */
  readonly isForEver: boolean;
}

/** From dist/src/cli/demo/. */
const PAGES = fileURLToPath(new URL('../../../pages/', import.meta.url));
/** What hears the microphone, apart from the page. */
const WORKLET = new URL('../../../worklet.js', import.meta.url);
const SPEECH = new URL('../../../../test/fixtures/speech/minute.wav', import.meta.url);

const SCRIPT = 'text/javascript; charset=utf-8';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': SCRIPT,
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
};

/** What the page has in it where the token belongs. */
const TOKEN_PLACE = '__DEMO_TOKEN__';

/** @throws TenutoError PACKAGE_MISSING where the pages are not built. */
export async function readPages(token: string): Promise<ReadonlyMap<string, ServedFile>> {
  const files = new Map<string, ServedFile>();
  const names = await readdir(PAGES, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of names) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${file.slice(PAGES.length).split(sep).join('/')}`;
    const bytes = await readFile(file);
    files.set(path, { type, bytes, isForEver: path.startsWith('/assets/') });
  }
  const page = files.get('/demo/index.html');
  if (page === undefined) throw notBuilt();
  const html = page.bytes.toString('utf8').replace(TOKEN_PLACE, token);
  files.set('/demo/', { ...page, bytes: Buffer.from(html) });
  files.delete('/demo/index.html');
  files.set('/worklet.js', { type: SCRIPT, bytes: await readFile(WORKLET), isForEver: false });
  const speech = await readFile(SPEECH);
  files.set('/speech/minute.wav', { type: 'audio/wav', bytes: speech, isForEver: false });
  return files;
}

function notBuilt(): TenutoError {
  return new TenutoError({
    code: 'PACKAGE_MISSING',
    message: 'The page of the demonstration is not built.',
    remediation: 'Run: npm run build',
  });
}
