/** `tenuto inspect --record FILE`: what is seen is written down as well, for `tenuto inspect FILE`. */
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { parse, join } from 'node:path';

import { eventLine, headerLine } from '../../observability/recording.ts';
import type { StatelyInspectionEvent } from '../../observability/wire.ts';
import type { WallClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';

export interface RecordFileOptions {
  readonly file: string;
  /** What is recorded, for a person. */
  readonly title: string;
  readonly wallClock: WallClock;
  /** Told once, where what is seen cannot be written down any more. */
  readonly onFailure: (error: TenutoError) => void;
}

/** A disk that is slower than what happens: beyond this nothing more waits for it, and the recording ends there. */
const MOST_WAITING_BYTES = 64 * 1_024 * 1_024;

export class RecordFile {
  readonly #options: RecordFileOptions;
  #stream: WriteStream;
  #part = 1;
  #isOver = false;

  private constructor(options: RecordFileOptions, stream: WriteStream) {
    this.#options = options;
    this.#stream = stream;
    this.#begin(stream);
  }

  /** @throws TenutoError OPTION_INVALID where the file is there already, or cannot be written. */
  static async open(options: RecordFileOptions): Promise<RecordFile> {
    const stream = streamTo(options.file);
    try {
      await once(stream, 'open');
    } catch (error) {
      throw unwritable(options.file, error);
    }
    return new RecordFile(options, stream);
  }

  add(event: StatelyInspectionEvent): void {
    if (this.#isOver) return;
    if (this.#stream.writableLength > MOST_WAITING_BYTES) this.#fail(new Error('it is too slow'));
    else this.#stream.write(`${eventLine(event)}\n`);
  }

  /** What was watched begins anew, and tells all that it knows once more: that is another recording, `night.2.jsonl`. */
  next(): void {
    if (this.#isOver) return;
    this.#part += 1;
    this.#stream.end();
    this.#stream = streamTo(this.#file);
    this.#begin(this.#stream);
  }

  /** Settles when all of it is written. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await new Promise<void>((resolve) => {
      this.#stream.once('error', () => resolve());
      this.#stream.end(resolve);
    });
  }

  get #file(): string {
    const { file } = this.#options;
    if (this.#part === 1) return file;
    const { dir, name, ext } = parse(file);
    return join(dir, `${name}.${this.#part}${ext}`);
  }

  #begin(stream: WriteStream): void {
    const { title, wallClock } = this.#options;
    stream.on('error', (error) => this.#fail(error));
    stream.write(`${headerLine(title, wallClock())}\n`);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.destroy();
    this.#options.onFailure(unwritable(this.#file, error));
  }
}

/** What is there is nobody's to overwrite. */
function streamTo(file: string): WriteStream {
  return createWriteStream(file, { flags: 'wx', mode: 0o600 });
}

function unwritable(file: string, error: unknown): TenutoError {
  const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  return new TenutoError({
    code: 'OPTION_INVALID',
    message:
      code === 'EEXIST'
        ? `There is a file ${file} already.`
        : `${file} cannot be written (${code}).`,
    remediation: 'Give --record another file.',
    cause: error,
  });
}
