/** Pages for a real browser, from a server on this machine; their script is built from TypeScript. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

export interface PageServer {
  /** As the browser names the page, such as `http://127.0.0.1:40000`: for a gateway's `origins`. */
  readonly origin: string;
  /** The page. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PageOptions {
  /** The script's source. Default: support/page.ts. */
  readonly script?: string | URL;
  /** The page's Content-Security-Policy. Default: none. */
  readonly policy?: string;
  /** What else the server has, by path. */
  readonly files?: Readonly<Record<string, { readonly type: string; readonly body: Buffer }>>;
}

const PAGE = new URL('page.ts', import.meta.url);
const HTML = '<!doctype html><title>tenuto</title><script type="module" src="/page.js"></script>';

export async function servePage(options: PageOptions = {}): Promise<PageServer> {
  const { script = PAGE, policy, files = {} } = options;
  const html = { type: 'text/html', body: Buffer.from(HTML) };
  const all = new Map(Object.entries({ '/': html, '/page.js': await builtOf(script), ...files }));
  const server = createServer(({ url = '/' }, response) => {
    const file = all.get(url.replace(/[?#].*/, ''));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const csp = policy === undefined ? {} : { 'content-security-policy': policy };
    response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store', ...csp });
    response.end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  return {
    origin,
    url: `${origin}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One file with all that the script imports. */
async function builtOf(script: string | URL): Promise<{ type: string; body: Buffer }> {
  const entry = script instanceof URL ? fileURLToPath(script) : script;
  const made = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict' },
    },
  });
  if (!('output' in made)) throw new Error('The page was not built.');
  return { type: 'text/javascript', body: Buffer.from(made.output[0].code) };
}
