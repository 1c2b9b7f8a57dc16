/** A built page and what it loads, read once: what is not among these files is not served, and nothing is loaded from elsewhere. */
import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TenutoError } from '../../ports/errors.ts';

interface ServedFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Its name changes with what is in it. */
  readonly isForEver: boolean;
}

export interface PageOptions {
  /** Its folder, and the path at which it is served. */
  readonly name: 'demo' | 'inspector';
  /** Where its own sockets go. */
  readonly port: number;
  /** Default: where the build puts them. */
  readonly pages?: string;
  /** Changes the page's text. */
  readonly fill?: (html: string) => string;
  /** What it loads beyond what is built with it, by path. */
  readonly beside?: Readonly<Record<string, URL>>;
}

/** From dist/src/cli/local-page/. */
const PAGES = fileURLToPath(new URL('../../../pages/', import.meta.url));

const HTML = 'text/html; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wav': 'audio/wav',
};

export class LocalPage {
  readonly #home: string;
  readonly #files: ReadonlyMap<string, ServedFile>;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor({ name, port }: PageOptions, files: ReadonlyMap<string, ServedFile>) {
    this.#home = `/${name}/`;
    this.#files = files;
    this.#headers = headersFor(port);
  }

  /** @throws TenutoError PACKAGE_MISSING where it is not built. */
  static async read(options: PageOptions): Promise<LocalPage> {
    const { name, pages = PAGES, fill = (text: string): string => text, beside = {} } = options;
    const files = new Map<string, ServedFile>();
    const html = await readFile(join(pages, name, 'index.html'), 'utf8').catch(notBuilt);
    const bytes = Buffer.from(fill(html));
    files.set(`/${name}/`, { type: HTML, bytes, isForEver: false });
    const assets = await readdir(join(pages, 'assets')).catch(notBuilt);
    for (const asset of assets) {
      await add(files, `/assets/${asset}`, join(pages, 'assets', asset));
    }
    for (const [path, file] of Object.entries(beside)) await add(files, path, file);
    return new LocalPage(options, files);
  }

  /** Only reading is possible: of what there is. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '/' } = request;
    const [path = '/', query = ''] = url.split('?');
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(response, 405, 'Only reading is possible here.');
    } else if (path === '/' || `${path}/` === this.#home) {
      const location = `${this.#home}${query === '' ? '' : `?${query}`}`;
      response.writeHead(302, { ...this.#headers, location }).end();
    } else this.#serve(this.#files.get(path), response);
  }

  #serve(file: ServedFile | undefined, response: ServerResponse): void {
    if (file === undefined) {
      refuse(response, 404, 'There is nothing here.');
      return;
    }
    const caching = file.isForEver ? 'public, max-age=31536000, immutable' : 'no-store';
    response.writeHead(200, {
      ...this.#headers,
      'content-type': file.type,
      'content-length': file.bytes.length,
      'cache-control': caching,
    });
    response.end(file.bytes);
  }
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${message}\n`);
}

async function add(
  files: Map<string, ServedFile>,
  path: string,
  from: string | URL,
): Promise<void> {
  const type = TYPES[extname(path)];
  if (type === undefined) return;
  files.set(path, { type, bytes: await readFile(from), isForEver: path.startsWith('/assets/') });
}

/** Nothing is loaded from elsewhere, and nobody shows the page in theirs. */
function headersFor(port: number): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:", // the icon, so that no browser asks for another
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`, // not every browser takes 'self' for sockets
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function notBuilt(cause: unknown): never {
  throw new TenutoError({
    code: 'PACKAGE_MISSING',
    message: 'The page was not built.',
    remediation: 'Run `npm run build` in this clone; the published package brings it along.',
    cause,
  });
}
