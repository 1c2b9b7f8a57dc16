/** A process that is there again after it has died: the demonstration kills it, and so may whoever watches. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import { TenutoError } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';

export interface SupervisedOptions {
  /** For messages: `the gateway`. */
  readonly name: string;
  /** What Node runs, and with which arguments, once the port is known: null for a free one. */
  readonly args: (port: number | null) => readonly string[];
  readonly clock: Clock;
}

const START_WITHIN_MS = 30_000;
/** One that does not come up so often in a row is not started again. */
const MOST_FAILURES = 5;
/** What it says last before it is given up. */
const MOST_WORDS = 2_000;
const END_WITHIN_MS = 3_000;

export class Supervised {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #port: number | null = null;
  #isEnding = false;
  /** Settles when it may be started again. */
  #rest: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** It is the same after every start. */
  get port(): number {
    if (this.#port === null) throw new RangeError(`${this.#options.name} was never started`);
    return this.#port;
  }

  /** Settles when it listens. @throws TenutoError INTERNAL where it does not. */
  async start(): Promise<void> {
    const { gone } = await this.#begin();
    void this.#keep(gone);
  }

  /** With SIGKILL, so that it can say goodbye to nobody. @returns what lets it be started again. */
  kill(): () => void {
    const rest = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#rest = rest;
    this.#child?.kill('SIGKILL');
    return this.#wake;
  }

  /** When this settles the process is gone. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#wake();
    const child = this.#child;
    if (child === null) return;
    const exited = once(child, 'exit');
    const { clock } = this.#options;
    child.kill('SIGTERM');
    const late = clock.setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await exited;
    clock.clearTimeout(late);
  }

  /** Whenever it is gone it is started again: at once, or when it may be. */
  async #keep(first: Promise<unknown>): Promise<void> {
    let gone = first;
    let failures = 0;
    while (failures < MOST_FAILURES) {
      await gone;
      await this.#rest;
      if (this.#isEnding) return;
      try {
        ({ gone } = await this.#begin());
        failures = 0;
      } catch {
        failures += 1;
      }
    }
  }

  /** Settles when it listens. @returns what settles when it is gone. */
  async #begin(): Promise<{ readonly gone: Promise<unknown> }> {
    const { args, name, clock } = this.#options;
    const child = spawn(process.execPath, args(this.#port), {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'], // it reads the end of the first one, and knows then that we are gone
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    const gone = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', resolve);
    }).then(() => {
      this.#child = null;
    });
    const late = clock.setTimeout(() => child.kill('SIGKILL'), START_WITHIN_MS);
    try {
      this.#port = await portOf(child, name);
    } finally {
      clock.clearTimeout(late);
    }
    return { gone };
  }
}

/** The first line that it prints is an object with its port. */
function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-MOST_WORDS);
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (printed.includes('\n')) return; // news of sessions: read, so that it can go on telling
      printed += text;
      if (printed.includes('\n')) tell();
    });
    const tell = (): void => {
      const port = portIn(printed.split('\n', 1)[0] ?? '');
      if (port === null) reject(notStarted(name, printed + words));
      else resolve(port);
    };
    child.once('error', (error) => reject(notStarted(name, error.message)));
    child.once('exit', () => reject(notStarted(name, printed + words)));
  });
}

function portIn(line: string): number | null {
  try {
    const said = JSON.parse(line) as { readonly port?: unknown };
    return typeof said.port === 'number' ? said.port : null;
  } catch {
    return null;
  }
}

function notStarted(name: string, words: string): TenutoError {
  return new TenutoError({
    code: 'INTERNAL',
    message: `${name} does not start: ${words.trim() === '' ? 'it said nothing' : words.trim()}`,
    remediation: 'Run: npx tenuto doctor, and npx tenuto serve, and report what they say.',
  });
}
