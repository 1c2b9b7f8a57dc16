/** The demonstration as a person starts it, and its page in a real browser. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const HEARD = new URL('../../../visualizations/demo/heard.json', import.meta.url);

/** What the recogniser hears when nothing breaks. */
export const heard = (JSON.parse(readFileSync(HEARD, 'utf8')) as { 'minute.wav': string })[
  'minute.wav'
];

/** The recogniser takes audio this much faster than it sounds. */
const RECOGNISER_SPEED = 12;
/** And it is played this much faster: two clients are heard by one recogniser, which takes in a minute of speech within 8 s of a core. */
const SPEED = 3;

export interface StartedDemo {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it as Ctrl-C does. @returns the exit status. */
  end(): Promise<number | null>;
}

export async function startDemo(...options: readonly string[]): Promise<StartedDemo> {
  const args = ['demo', '--json', '--port', '0', '--speed', String(RECOGNISER_SPEED), ...options];
  const child = spawn(process.execPath, ['src/cli/tenuto.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const told = JSON.parse(text) as { url?: string };
      if (told.url === undefined) reject(new Error(text));
      else resolve(told.url);
    });
    child.once('exit', () => reject(new Error(`the demonstration did not start: ${said}`)));
  });
  return {
    url,
    child,
    async end() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      const [status] = (await exited) as [number | null];
      return status;
    },
  };
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Of whatever the page asked for, and of its sockets. */
  readonly asked: readonly string[];
  /** What it threw. */
  readonly thrown: readonly string[];
}

export type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

export async function openPage(
  browser: Browser,
  url: string,
  options: ContextOptions = {},
  speed = SPEED,
): Promise<OpenPage> {
  return openPageIn(await browser.newContext(options), url, speed);
}

export async function openPageIn(
  context: BrowserContext,
  url: string,
  speed = SPEED,
): Promise<OpenPage> {
  const page = await context.newPage();
  await page.addInitScript(noteWhatIsShown);
  const asked: string[] = [];
  const thrown: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(`${url}?speed=${speed}`);
  await page.locator('#play').waitFor();
  return { page, context, asked, thrown };
}

export interface Outcome {
  readonly verdict: string;
  readonly ours: string;
  readonly lostHere: number;
  readonly lostThere: number;
  readonly ledger: Readonly<Record<string, number>>;
}

/** Of the two clients: whatever the page has said of their connections, since it was loaded. */
export interface Shown {
  readonly ours: readonly string[];
  readonly plain: readonly string[];
}

declare global {
  /** In the page. */
  var shown: { readonly ours: string[]; readonly plain: string[] };
}

/** In the page, from its beginning. */
function noteWhatIsShown(): void {
  globalThis.shown = { ours: [], plain: [] };
  const note = (): void => {
    for (const client of ['ours', 'plain'] as const) {
      const said = globalThis.shown[client];
      const text = document.querySelector(`#${client} .link`)?.textContent ?? '';
      if (text !== said.at(-1)) said.push(text);
    }
  };
  const watch = { subtree: true, childList: true, characterData: true } as const;
  new MutationObserver(note).observe(document, watch);
}

export function shownBy(page: Page): Promise<Shown> {
  return page.evaluate(() => globalThis.shown);
}

/** A tab in the background draws no frame at which it could look. */
const LOOK = { polling: 50 };

/** Waits until so much was said. */
export async function saidUpTo(page: Page, seconds: number): Promise<void> {
  const isSaid = (least: number): boolean => {
    const text = document.querySelector('.time')?.textContent ?? '0:0';
    const [minutes = 0, rest = 0] = text.split('/', 1)[0]!.split(':').map(Number);
    return minutes * 60 + rest >= least;
  };
  await page.waitForFunction(isSaid, seconds, LOOK);
}

/** How many of our chunks were sent again. */
export async function replayedIn(page: Page): Promise<number> {
  return Number(await page.locator('#ours [data-fate="replayed"]').getAttribute('data-count'));
}

/** Waits for the end, and reads what the page says of it. */
export async function outcomeOf(page: Page): Promise<Outcome> {
  await page.getByText(/ s of speech, \d+ faults?: /).waitFor();
  return page.evaluate(() => {
    const text = (selector: string): string =>
      (document.querySelector(selector)?.textContent ?? '').trim();
    const lost = (id: string): number =>
      Number(document.querySelector(`#${id} .lost`)?.getAttribute('data-lost'));
    const terms = [...document.querySelectorAll<HTMLElement>('.term')];
    return {
      verdict: text('#verdict'),
      ours: text('#ours .transcript').replaceAll(/\s+/g, ' '),
      lostHere: lost('ours'),
      lostThere: lost('plain'),
      ledger: Object.fromEntries(
        terms.map((term) => [term.dataset['term'] ?? '', parseInt(term.textContent, 10)]),
      ),
    };
  });
}

/** A fault's button, pressed as a person does. */
export async function press(page: Page, fault: string): Promise<void> {
  await page.locator(`[data-fault="${fault}"]`).click();
}
