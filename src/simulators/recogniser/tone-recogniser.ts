/**
 * A recogniser without an engine. It understands one voice only, that of `persona/voice.ts`, but that one word for word, from its
 * audio alone: for tests in simulated time, which no engine could follow.
 */
import { checkAudioFormat } from '../../audio/format.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Recogniser, RecogniserStream, RecogniserStreamOptions } from './recogniser.ts';
import { Segmenter } from './segmenter.ts';
import { ToneEngine } from './tone-engine.ts';

/** The pause that ends an utterance for the model behind `createVoskRecogniser` (its `endpoint.rule2`). */
const DEFAULT_ENDPOINT_MS = 500;
/** The voice pauses for 90 ms at a space and twice that after a comma. */
const SHORTEST_ENDPOINT_MS = 100;
const LONGEST_ENDPOINT_MS = 5_000;

export interface ToneRecogniserOptions {
  /** The pause that ends an utterance, counted in frames of 100 ms from the segment's start: 100 to 5,000. Default 500. */
  readonly endpointMs?: number;
}

/**
 * Results come while `write` or `flush` runs, and are the same for the same audio however it is cut into chunks; nothing is
 * timed. A result that itself writes or flushes is answered before the outermost call returns. Besides at pauses, a final comes after
 * 5 s without a word, and between two words once a segment lasts 20 s.
 *
 * What a flush or the beginning of a stream cuts in two keeps its letters on both sides: `hello` may become `hel` and `lo`. A letter
 * belongs to the side that has more of it; where the audio of more than half a letter is lost, so is the letter.
 *
 * @throws TenutoError OPTION_INVALID.
 */
export function createToneRecogniser(options: ToneRecogniserOptions = {}): Recogniser {
  const { endpointMs = DEFAULT_ENDPOINT_MS } = options;
  if (!(endpointMs >= SHORTEST_ENDPOINT_MS && endpointMs <= LONGEST_ENDPOINT_MS)) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `endpointMs is ${String(endpointMs)}.`,
      remediation: `Pass ${SHORTEST_ENDPOINT_MS} to ${LONGEST_ENDPOINT_MS} milliseconds, or leave it out for ${DEFAULT_ENDPOINT_MS}.`,
    });
  }
  return new ToneRecogniser(endpointMs);
}

class ToneRecogniser implements Recogniser {
  readonly #endpointMs: number;
  readonly #streams = new Map<ToneStream, RecogniserStreamOptions>();
  #isClosed = false;

  constructor(endpointMs: number) {
    this.#endpointMs = endpointMs;
  }

  open(options: RecogniserStreamOptions): RecogniserStream {
    if (this.#isClosed) {
      throw new TenutoError({
        code: 'RECOGNISER_FAILED',
        message: 'The recogniser is closed.',
        remediation: 'Open streams before closing the recogniser, or make a new one.',
      });
    }
    checkAudioFormat({ encoding: 'pcm_s16le', sampleRateHz: options.sampleRateHz });
    const stream = new ToneStream(options, this.#endpointMs, () => this.#streams.delete(stream));
    this.#streams.set(stream, options);
    return stream;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const [stream, options] of [...this.#streams]) {
      if (!this.#streams.has(stream)) continue;
      stream.close();
      options.onError(
        new TenutoError({
          code: 'RECOGNISER_FAILED',
          message: 'The recogniser was closed while a stream was open.',
          remediation: 'Close streams before the recogniser.',
          retryable: true,
        }),
      );
    }
    return Promise.resolve();
  }
}

class ToneStream implements RecogniserStream {
  readonly #segmenter: Segmenter;
  readonly #onClose: () => void;
  #isClosed = false;
  #isWorking = false;

  constructor(options: RecogniserStreamOptions, endpointMs: number, onClose: () => void) {
    const { sampleRateHz } = options;
    this.#onClose = onClose;
    this.#segmenter = new Segmenter({
      sampleRateHz,
      openEngine: () => new ToneEngine(sampleRateHz, endpointMs),
      onResult: (result) => options.onResult(result),
      pauseMs: endpointMs - 1, // positions are rounded to samples
    });
  }

  write(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    // Written from within a result, they wait for their turn, and may be reused meanwhile.
    this.#segmenter.write(this.#isWorking ? new Uint8Array(bytes) : bytes);
    this.#work();
  }

  flush(token: number): void {
    if (this.#isClosed) return;
    this.#segmenter.flush(token);
    this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#segmenter.close();
    this.#onClose();
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (this.#segmenter.step());
    } finally {
      this.#isWorking = false;
    }
  }
}
