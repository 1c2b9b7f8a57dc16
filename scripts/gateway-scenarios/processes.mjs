// Gateways and clients in processes of their own, as people start them, and what they print.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { pause } from './chance.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = 'src/cli/tenuto.mjs';
const TONES = 'scripts/gateway-scenarios/tone-gateway.mjs';
/** A process that says nothing for so long hangs: longer than all that is waited for. */
const PATIENCE_MS = 150_000;
const LOOK_EVERY_MS = 1_000;
const MOST_TEXT = 400_000;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One process: its lines of JSON as objects, and who waits for one of them. */
export class Program {
  events = [];
  text = '';
  isOver = false;
  #spokeAtMs = performance.now();
  #waiting = new Set();
  #rest = '';

  /** @param options.within a command that starts it elsewhere, such as in a network of its own. */
  constructor(args, { within = [], env = {} } = {}) {
    const [command, ...rest] = [...within, process.execPath, ...args];
    this.child = spawn(command, rest, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', DEEPGRAM_API_KEY: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(env.TENUTO_IPC === '1' ? ['ipc'] : [])],
    });
    running.add(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text) => this.#print(text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => this.#keep(text));
    this.ended = once(this.child, 'close').then(([status, signal]) => {
      running.delete(this.child);
      this.isOver = true;
      for (const look of [...this.#waiting]) look();
      return { status, signal };
    });
  }

  of(type) {
    return this.events.filter((event) => event.type === type);
  }

  /** The first event that fits, also one that came before. */
  async told(fits, what = 'an event') {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    try {
      return await new Promise((resolve, reject) => {
        const look = () => {
          const found = this.events.find(fits);
          if (found === undefined && !this.isOver) return;
          this.#waiting.delete(look);
          if (found === undefined)
            reject(new Error(`ended without ${what}: ${this.text.slice(-600)}`));
          else resolve(found);
        };
        this.#waiting.add(look);
        look();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  signal(name) {
    this.child.kill(name);
  }

  /** Waits for its end, and ends it where it hangs. */
  async over() {
    while (!this.isOver) {
      await Promise.race([this.ended, pause(LOOK_EVERY_MS)]);
      const silentMs = performance.now() - this.#spokeAtMs;
      if (this.isOver || silentMs < PATIENCE_MS) continue;
      this.text += `\nhangs: ended after ${Math.round(silentMs)} ms of silence`;
      this.child.kill('SIGKILL');
    }
    return this.ended;
  }

  #print(text) {
    this.#keep(text);
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('{')) this.events.push({ ...JSON.parse(line), atMs: performance.now() });
    }
    for (const look of [...this.#waiting]) look();
  }

  #keep(text) {
    this.#spokeAtMs = performance.now();
    this.text = (this.text + text).slice(-MOST_TEXT);
  }
}

/**
 * Gateways one after another, at one address and on one directory.
 *
 * `hears`: `speech`, as `tenuto serve` does; or `tones`.
 */
export class Gateways {
  port = 0;
  kills = 0;
  current = null;
  /** All that were there. */
  all = [];
  #args;
  #base;
  #command;
  #options;

  constructor({ directory, hears, speed, args = [], base = 'ws://127.0.0.1', ...options }) {
    this.#base = base;
    this.#command = hears === 'tones' ? [TONES] : [COMMAND, 'serve'];
    const store =
      args.includes('--config') && base.startsWith('ws:') ? [] : ['--store', `file:${directory}`];
    this.#args = [...store, '--speed', String(speed), '--json', ...args];
    this.#options = options;
  }

  get url() {
    return `${this.#base}:${this.port}`;
  }

  /** Resolves when it listens. */
  async start() {
    const program = new Program(
      [...this.#command, '--port', String(this.port), ...this.#args],
      this.#options,
    );
    this.current = program;
    this.all.push(program);
    const { port } = await program.told(({ type }) => type === 'gateway', 'listening');
    this.port = port;
    return program;
  }

  /** kill -9: nobody is told, nothing is closed. */
  async kill() {
    this.kills += 1;
    this.current.signal('SIGKILL');
    await this.current.ended;
  }

  async end() {
    this.current.signal('SIGCONT');
    this.current.signal('SIGTERM');
    return this.current.over();
  }
}

/** `tenuto transcribe FILE --gateway URL`. */
export class Client extends Program {
  constructor(file, url, { speed, args = [], ...options }) {
    const given = ['--gateway', url, '--speed', String(speed), '--json', ...args];
    super([COMMAND, 'transcribe', file, ...given], options);
  }

  /** Its audio flows for the first time. */
  flowing() {
    return this.told(({ type }) => type === 'audio.flowing', 'audio that flows');
  }

  get summary() {
    return this.of('summary').at(-1) ?? null;
  }
}
