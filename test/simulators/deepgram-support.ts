/** A plain `ws` client, a recogniser that says what it is told, and a clock that a test moves. */
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Clock } from '../../src/ports/clock.ts';
import type {
  Recogniser,
  RecogniserResult,
  RecogniserStreamOptions,
} from '../../src/simulators/recogniser/recogniser.ts';

export const QUERY = 'model=nova-3&encoding=linear16&sample_rate=16000';
const KEY_HEADER = { authorization: 'Token local' };

export type Message = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Client {
  readonly socket: WebSocket;
  readonly messages: readonly Message[];
  readonly requestId: string;
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
  /** Resolves when the server has read everything sent so far. */
  settle(): Promise<void>;
  /** The first message of this type, as soon as there is one. */
  message(type: string): Promise<Message>;
}

export interface ConnectOptions {
  readonly query?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

export async function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  const socket = dial(url, options);
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Message));
  let requestId = '';
  socket.on('upgrade', (response) => {
    requestId = String(response.headers['dg-request-id']);
  });
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  return {
    socket,
    messages,
    requestId,
    ended,
    settle: async () => {
      socket.ping();
      await once(socket, 'pong');
    },
    message: async (type) => {
      for (;;) {
        const found = messages.find((message) => message['type'] === type);
        if (found) return found;
        await once(socket, 'message');
      }
    },
  };
}

export interface RefusedUpgrade {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Message;
}

export async function refused(url: string, options: ConnectOptions = {}): Promise<RefusedUpgrade> {
  const socket = dial(url, options);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Message;
  return { status: response.statusCode, headers: response.headers, body };
}

function dial(url: string, options: ConnectOptions): WebSocket {
  const { query = QUERY, path = '/v1/listen', protocols = [], headers = KEY_HEADER } = options;
  return new WebSocket(`${url}${path}?${query}`, [...protocols], {
    headers: protocols.length > 0 ? {} : headers,
  });
}

/** Answers flushes by itself, with a final of what is pending; all else it says when told. */
export class ScriptedRecogniser implements Recogniser {
  readonly streams: ScriptedStream[] = [];

  open(options: RecogniserStreamOptions): ScriptedStream {
    const stream = new ScriptedStream(options);
    this.streams.push(stream);
    return stream;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** On the newest stream. */
  say(result: Partial<RecogniserResult>): void {
    this.streams.at(-1)?.say(result);
  }
}

export class ScriptedStream {
  readonly options: RecogniserStreamOptions;
  isClosed = false;
  #bytes = 0;
  #finalUntil = 0;

  constructor(options: RecogniserStreamOptions) {
    this.options = options;
  }

  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
  }

  flush(flushToken: number): void {
    const endSample = Math.floor(this.#bytes / 2);
    const startSample = this.#finalUntil;
    this.say({ startSample, endSample, coversAudio: endSample > startSample, flushToken });
  }

  close(): void {
    this.isClosed = true;
  }

  say(result: Partial<RecogniserResult>): void {
    const whole: RecogniserResult = {
      kind: 'final',
      startSample: this.#finalUntil,
      endSample: Math.floor(this.#bytes / 2),
      text: '',
      words: [],
      endsUtterance: false,
      coversAudio: true,
      ...result,
    };
    if (whole.kind === 'final') this.#finalUntil = whole.endSample;
    this.options.onResult(whole);
  }
}

/** Stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs = 1_000;
  readonly #timers = new Map<number, { readonly dueAtMs: number; readonly callback: () => void }>();
  #lastTimer = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    this.#lastTimer += 1;
    this.#timers.set(this.#lastTimer, { dueAtMs: this.#nowMs + delayMs, callback });
    return this.#lastTimer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, timer]) => timer.dueAtMs <= untilMs)
        .sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs)[0];
      if (due === undefined) break;
      const [handle, timer] = due;
      this.#timers.delete(handle);
      this.#nowMs = timer.dueAtMs;
      timer.callback();
    }
    this.#nowMs = untilMs;
  }
}
