/** The near side of one worker thread: its streams, what waits for it, and its end. */
import { Worker } from 'node:worker_threads';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { Logger } from '../../ports/logger.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { RecogniserStream, RecogniserStreamOptions } from './recogniser.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './vosk-messages.ts';
import type { VoskPackages } from './vosk-packages.ts';

/** Audio that may wait for the thread, for each stream. More means that it will never catch up: the stream fails. */
const CAPACITY_SECONDS = 30;
/** A call into the engine may take a few hundred milliseconds; a thread that needs longer than this to stop is ended. */
const STOP_WITHIN_MS = 3_000;

interface OpenStream {
  readonly options: RecogniserStreamOptions;
  readonly capacityBytes: number;
  writtenBytes: number;
  fedBytes: number;
}

export class VoskThread {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #streams = new Map<number, OpenStream>();
  #lastStream = 0;
  #isAlive = true;
  #lastError: unknown;

  constructor(packages: VoskPackages, logger: Logger) {
    const { libraryPath, modelPath, workerPath } = packages;
    const setup: WorkerSetup = { libraryPath, modelPath };
    this.#logger = logger;
    // execArgv: a test runner's loaders have no business in a compiled worker.
    this.#worker = new Worker(workerPath, { workerData: setup, execArgv: [], name: 'tenuto-vosk' });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => {
      this.#lastError = error;
    });
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  open(options: RecogniserStreamOptions): RecogniserStream {
    const id = (this.#lastStream += 1);
    const capacityBytes = CAPACITY_SECONDS * options.sampleRateHz * BYTES_PER_SAMPLE;
    this.#streams.set(id, { options, capacityBytes, writtenBytes: 0, fedBytes: 0 });
    this.#post({ kind: 'open', stream: id, sampleRateHz: options.sampleRateHz });
    return {
      write: (bytes) => this.#write(id, bytes),
      flush: (token) => {
        if (this.#streams.has(id)) this.#post({ kind: 'flush', stream: id, token });
      },
      close: () => {
        if (this.#streams.delete(id)) this.#post({ kind: 'close', stream: id });
      },
    };
  }

  async stop(): Promise<void> {
    this.#failAll('The recogniser was closed while a stream was open.');
    if (!this.#isAlive) return;
    const exited = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => {
        resolve();
      });
    });
    this.#post({ kind: 'stop' });
    const timer = setTimeout(() => void this.#worker.terminate(), STOP_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }

  #write(id: number, bytes: Uint8Array): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (stream.writtenBytes - stream.fedBytes + bytes.length > stream.capacityBytes) {
      this.#post({ kind: 'close', stream: id });
      this.#fail(id, {
        message: `More than ${CAPACITY_SECONDS} s of audio waited for the recogniser.`,
        remediation: 'Send audio slower, or run fewer streams on this machine.',
      });
      return;
    }
    stream.writtenBytes += bytes.length;
    // A plain array of its own, for it moves to the thread: `slice` of a Buffer would share the pool that it lies in.
    const copy = new Uint8Array(bytes);
    const message: ToWorker = { kind: 'audio', stream: id, bytes: copy };
    this.#worker.postMessage(message, [copy.buffer]);
  }

  #receive(message: FromWorker): void {
    const stream = this.#streams.get(message.stream);
    // A result for a stream that was closed meanwhile.
    if (stream === undefined) return;
    if (message.kind === 'result') stream.options.onResult(message.result);
    else if (message.kind === 'fed') stream.fedBytes = message.bytes;
    else {
      this.#fail(message.stream, {
        message: `The recogniser failed on this stream: ${message.detail}.`,
        remediation: 'Open a new stream; if it fails again, reinstall the recogniser packages.',
      });
    }
  }

  #onExit(code: number): void {
    this.#isAlive = false;
    if (this.#streams.size === 0) return;
    this.#logger.error('recogniser thread ended', { code, streams: this.#streams.size });
    const why = this.#lastError instanceof Error ? `: ${this.#lastError.message}` : '';
    this.#failAll(`The recogniser's thread ended with code ${code}${why}.`);
  }

  #failAll(message: string): void {
    for (const id of [...this.#streams.keys()]) {
      this.#fail(id, { message, remediation: 'Open a new stream: it gets a new thread.' });
    }
  }

  #fail(id: number, what: { readonly message: string; readonly remediation: string }): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    const cause = this.#lastError;
    stream?.options.onError(
      new TenutoError({ code: 'RECOGNISER_FAILED', ...what, retryable: true, cause }),
    );
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
