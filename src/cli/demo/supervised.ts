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
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** It listens, or does not any more. */
  readonly onChange: () => void;
}

/** A process that dies of itself is started again after this long. */
const RESTART_AFTER_MS = 1_000;
const START_WITHIN_MS = 30_000;
/** What it says last before it is given up. */
const MOST_WORDS = 2_000;
const END_WITHIN_MS = 3_000;

export class Supervised {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #port: number | null = null;
  #isUp = false;
  #isEnding = false;
  #timer: unknown = null;
  #downUntilMs = 0;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
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
    const { args, environment, name, clock } = this.#options;
    const child = spawn(process.execPath, args(this.#port), {
      env: { ...process.env, ...environment, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'], // whoever reads its end of the first one knows when we are gone
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.once('exit', () => this.#gone(child));
    const late = clock.setTimeout(() => child.kill('SIGKILL'), START_WITHIN_MS);
    try {
      this.#port = await portOf(child, name);
    } finally {
      clock.clearTimeout(late);
    }
    if (this.#child !== child) return;
    this.#isUp = true;
    this.#options.onChange();
  }

  /** With SIGKILL, so that it can say goodbye to nobody; it is started again when the time is over. */
  kill(downMs: number): void {
    this.#downUntilMs = this.#options.clock.nowMs() + downMs;
    if (this.#child === null) this.#startLater();
    else this.#child.kill('SIGKILL');
  }

  /** When this settles the process is gone. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#options.clock.clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const { clock } = this.#options;
    child.kill('SIGTERM');
    const late = clock.setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await exited;
    clock.clearTimeout(late);
  }

  #gone(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    const wasUp = this.#isUp;
    this.#isUp = false;
    if (this.#isEnding) return;
    if (wasUp) this.#options.onChange();
    if (this.#port !== null) this.#startLater(); // what never came up is no matter of waiting
  }

  #startLater(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    const restMs = this.#downUntilMs - clock.nowMs();
    const waitMs = restMs > 0 ? restMs : RESTART_AFTER_MS;
    this.#timer = clock.setTimeout(() => {
      this.start().catch(() => undefined); // it is gone again, and so is started again
    }, waitMs);
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
