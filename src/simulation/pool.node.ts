/** Processes that run seeds beside one another, one seed at a time each. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Answer } from './serve-runs.node.ts';
import type { RunOptions, RunResult } from './simulation.types.ts';
import { systemClock } from '../ports/clock.ts';
import type { Clock } from '../ports/clock.ts';

export interface PoolOptions {
  /** How many processes at once. Default: one for each core. */
  readonly jobs?: number;
  /** A file of JavaScript that calls `serveRuns`. Default: the one in `dist/`, with the real world. */
  readonly workerPath?: string;
  /** What Node is given besides, and what is in the environment besides: how a mutant is switched on. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Who says nothing for so long is ended. Default: 120 s. */
  readonly hungAfterMs?: number;
  readonly clock?: Clock;
}

/** What became of a seed. */
export type Outcome =
  | { readonly options: RunOptions; readonly result: RunResult }
  /** Why there is no result: its process died or hung, or the simulation itself threw. */
  | { readonly options: RunOptions; readonly lost: string };

interface Job {
  readonly options: RunOptions;
  readonly done: (outcome: Outcome) => void;
}

const HUNG_AFTER_MS = 120_000;
/** Of what a process wrote before it died. */
const KEPT_CHARACTERS = 2_000;

/** Who runs seeds. */
export interface Runs {
  /** How many it runs at once. */
  readonly jobs: number;
  /** Never rejects. */
  run(options: RunOptions): Promise<Outcome>;
  /** What is not run yet is lost. */
  close(): Promise<void>;
}

export class Pool implements Runs {
  readonly jobs: number;
  readonly #options: PoolOptions;
  readonly #waiting: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #workers = new Set<Worker>();
  #isClosed = false;

  constructor(options: PoolOptions = {}) {
    this.#options = options;
    this.jobs = options.jobs ?? availableParallelism();
  }

  run(options: RunOptions): Promise<Outcome> {
    return new Promise((done) => {
      this.#waiting.push({ options, done });
      this.#next();
    });
  }

  /** Ends every process at once, whatever it is at. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#next();
    await Promise.all([...this.#workers].map((worker) => worker.end('the pool was closed')));
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#isClosed ? null : this.#free();
      if (worker === null && !this.#isClosed) return;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      if (worker === null) job.done({ options: job.options, lost: 'the pool was closed' });
      else worker.take(job);
    }
  }

  #free(): Worker | null {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#workers.size >= this.jobs) return null;
    const worker = new Worker(this.#options, {
      onFree: () => {
        this.#idle.push(worker);
        this.#next();
      },
      onEnd: () => {
        this.#workers.delete(worker);
        const at = this.#idle.indexOf(worker);
        if (at !== -1) this.#idle.splice(at, 1);
        this.#next();
      },
    });
    this.#workers.add(worker);
    return worker;
  }
}

/** The outcomes in the order of what is run, whichever comes first. Where `signal` is aborted it ends, and closes the pool. */
export async function* inOrder(
  pool: Runs,
  runs: Iterable<RunOptions>,
  signal: AbortSignal,
): AsyncGenerator<Outcome, void> {
  const close = (): void => void pool.close();
  const isStopped = (): boolean => signal.aborted;
  if (isStopped()) return;
  signal.addEventListener('abort', close);
  const begun: Promise<Outcome>[] = [];
  try {
    for (const options of runs) {
      begun.push(pool.run(options));
      if (begun.length < pool.jobs * AHEAD) continue;
      const outcome = await begun.shift();
      if (isStopped() || outcome === undefined) return;
      yield outcome;
    }
    for (const outcome of begun) {
      const next = await outcome;
      if (isStopped()) return;
      yield next;
    }
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/** Nobody waits for a slow seed before it has so many behind it. */
const AHEAD = 8;

interface WorkerEvents {
  readonly onFree: () => void;
  readonly onEnd: () => void;
}

class Worker {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #hungAfterMs: number;
  readonly #events: WorkerEvents;
  #job: Job | null = null;
  #timer: unknown = null;
  #said = '';
  #whyEnded: string | null = null;

  constructor(options: PoolOptions, events: WorkerEvents) {
    this.#events = events;
    this.#clock = options.clock ?? systemClock;
    this.#hungAfterMs = options.hungAfterMs ?? HUNG_AFTER_MS;
    this.#child = fork(options.workerPath ?? workerInDist(), [], {
      execArgv: [...(options.execArgv ?? [])],
      env: { ...process.env, ...options.env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-KEPT_CHARACTERS);
    });
    this.#child.on('message', (answer: Answer) => this.#answered(answer));
    this.#child.on('error', (error) => this.#ended(`its process: ${error.message}`));
    this.#child.on('close', (code, signal) =>
      this.#ended(`its process ended by itself (${signal ?? `exit status ${code ?? 0}`})`),
    );
  }

  take(job: Job): void {
    this.#job = job;
    this.#timer = this.#clock.setTimeout(() => {
      const seconds = Math.round(this.#hungAfterMs / 1_000);
      void this.end(`its process hung: no result within ${seconds} s`);
    }, this.#hungAfterMs);
    this.#child.send(job.options, (error) => {
      if (error !== null) void this.end(`its process: ${error.message}`);
    });
  }

  async end(why: string): Promise<void> {
    this.#whyEnded ??= why;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  #answered(answer: Answer): void {
    const job = this.#release();
    if (job === null) return;
    const { options } = job;
    if ('result' in answer) job.done({ options, result: answer.result });
    else job.done({ options, lost: `the simulation threw: ${answer.threw}` });
    if (this.#whyEnded === null) this.#events.onFree();
  }

  #ended(byItself: string): void {
    const why = this.#whyEnded ?? byItself;
    this.#whyEnded = why;
    const job = this.#release();
    const said = this.#said.trim();
    job?.done({ options: job.options, lost: said === '' ? why : `${why}: ${said}` });
    this.#events.onEnd();
  }

  #release(): Job | null {
    const job = this.#job;
    this.#job = null;
    this.#clock.clearTimeout(this.#timer);
    return job;
  }
}

function workerInDist(): string {
  return createRequire(import.meta.url).resolve('#simulation-worker');
}
