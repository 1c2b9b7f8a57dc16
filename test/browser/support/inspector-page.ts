/** The page of `tenuto inspect` over whatever is to be seen, in a real browser; what it asks the network for is noted. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { openPageDoor } from '../../../src/cli/inspect/page-door.ts';
import { Viewers } from '../../../src/cli/inspect/viewers.ts';
import type { ChartSource } from '../../../src/observability/wire.ts';
import { WireHistory } from '../../../src/observability/wire-history.ts';
import { projectRoot } from '../../tooling/planted-tree.ts';

export interface InspectorPage {
  readonly page: Page;
  readonly url: string;
  /** Addresses of every request and socket that was not for the page's own server. */
  readonly strangers: readonly string[];
  /** What went wrong in the page. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export type InspectorPageOptions = BrowserContextOptions;

export async function openInspector(
  browser: Browser,
  source: ChartSource,
  options: InspectorPageOptions = {},
): Promise<InspectorPage> {
  const server = await serveInspector(source);
  const opened = await openPage(browser, server.url, options);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await server.close();
    },
  };
}

/** The page's server, without a page. */
export async function serveInspector(
  source: ChartSource,
  port = 0,
): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }> {
  const history = new WireHistory();
  const viewers = new Viewers(history, { title: 'a test', note: '' });
  const leave = source.subscribe((event) => {
    history.add(event);
    viewers.pump();
  });
  const door = await openPageDoor({
    port,
    pages: `${projectRoot}/dist/pages/`,
    onViewer: (socket) => viewers.add(socket),
    onApp: null,
  });
  return {
    url: door.url,
    port: door.port,
    close: async () => {
      leave();
      viewers.close();
      await door.close();
    },
  };
}

/** The page at an address, as `tenuto inspect` prints it. */
export async function openPage(
  browser: Browser,
  url: string,
  context: InspectorPageOptions = {},
): Promise<InspectorPage> {
  const own = await browser.newContext({ viewport: { width: 1_440, height: 900 }, ...context });
  const page = await own.newPage();
  const strangers: string[] = [];
  const problems: string[] = [];
  const { host } = new URL(url);
  const note = (address: string): void => {
    if (address.startsWith('data:') || new URL(address).host === host) return;
    strangers.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  return { page, url, strangers, problems, close: () => own.close() };
}
