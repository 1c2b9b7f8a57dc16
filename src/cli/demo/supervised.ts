/**
 * A process that is there again after it has died: the demonstration kills it, and so may whoever watches. Whether it is started
 * again at once is the breaker's to decide: one that dies again and again is left alone for a while, and then tried.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import type { DialFailed, DialSucceeded } from '../../../machines/breaker.types.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { Breakers } from '../../session/admission/breakers.ts';

export interface SupervisedOptions {
  /** For messages: `the gateway`. */
  readonly name: string;
  /** What Node runs, and with which arguments, once the port is known: null for a free one. */
  readonly args: (port: number | null) => readonly string[];
  readonly clock: Clock;
}

const START_WITHIN_MS = 30_000;
/** What it says last before it is given up. */
const MOST_WORDS = 2_000;
const END_WITHIN_MS = 3_000;

/** The breaker has nothing else to keep apart. */
const KEY = 'process';
const LEAST_WAIT_MS = 100;
const GONE = { kind: 'transient', code: 'gone', detail: '' } as const;

type Outcome = Omit<DialFailed, 'atMs'> | Omit<DialSucceeded, 'atMs'>;

export class Supervised {
  readonly #options: SupervisedOptions;
  readonly #breakers = new Breakers();
  #child: ChildProcess | null = null;
  #port: number | null = null;
  #isEnding = false;
  #isKilled = false;
  /** Settles when it may be started again. */
  #rest: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  /** Ends the wait for a breaker. */
  #leave: () => void = () => undefined;

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
    this.#isKilled = true;
    this.#child?.kill('SIGKILL');
    return this.#wake;
  }

  /** When this settles the process is gone. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#wake();
    this.#leave();
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
    for (;;) {
      await gone;
      const wasKilled = this.#isKilled;
      this.#isKilled = false;
      if (!wasKilled) this.#tell({ type: 'dial.failed', failure: GONE, isLast: false });
      await this.#rest;
      await this.#mayStart();
      if (this.#isEnding) return;
      ({ gone } = await this.#startAgain());
    }
  }

  /** One that does not come up is gone. */
  async #startAgain(): Promise<{ readonly gone: Promise<unknown> }> {
    try {
      const begun = await this.#begin();
      this.#tell({ type: 'dial.succeeded' });
      return begun;
    } catch {
      return { gone: Promise.resolve() };
    }
  }

  /** Settles when the breaker lets it be started, or nobody wants it any more. */
  async #mayStart(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#isEnding && !this.#breakers.ask(KEY, clock.nowMs())) {
      const waitMs = this.#breakers.stateOf(KEY).openUntilMs - clock.nowMs();
      let timer: unknown = null;
      await new Promise<void>((resolve) => {
        this.#leave = resolve;
        timer = clock.setTimeout(resolve, Math.max(LEAST_WAIT_MS, waitMs));
      });
      clock.clearTimeout(timer);
    }
  }

  #tell(outcome: Outcome): void {
    this.#breakers.tell(KEY, { ...outcome, atMs: this.#options.clock.nowMs() });
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
    } catch (error) {
      child.kill('SIGKILL'); // it may live, and have said something else
      await gone;
      throw error;
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
