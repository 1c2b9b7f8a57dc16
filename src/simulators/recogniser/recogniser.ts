/**
 * What a simulator asks of a speech recogniser: audio in, text with positions out.
 *
 * Positions are samples since the stream was opened. Finals tile the audio: each starts where the one before it ended.
 */
import type { TenutoError } from '../../ports/errors.ts';

export interface RecognisedWord {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface RecogniserResult {
  /** An interim restates its whole segment and may still change; a final never does. */
  readonly kind: 'interim' | 'final';
  readonly startSample: number;
  readonly endSample: number;
  readonly text: string;
  /** Empty in an interim: the engine times words only when a segment is done. */
  readonly words: readonly RecognisedWord[];
  /** The speaker paused at the end of this final. */
  readonly endsUtterance: boolean;
  /** False only in the answer to a flush that found nothing pending: such a final has no length and says nothing new. */
  readonly coversAudio: boolean;
  /** Present in the answer to a flush: the token that was passed. */
  readonly flushToken?: number;
}

export interface RecogniserStreamOptions {
  /** 8,000 to 48,000. */
  readonly sampleRateHz: number;
  onResult(result: RecogniserResult): void;
  /** At most once; nothing is called after it. */
  onError(error: TenutoError): void;
}

export interface RecogniserStream {
  /** Takes PCM, signed 16-bit little-endian, one channel, cut anywhere. The bytes may be reused as soon as it returns. */
  write(bytes: Uint8Array): void;
  /** Asks for a final of everything written so far. Always answered, in order. */
  flush(token: number): void;
  /** Ends the stream without a last result; no callback runs after it. */
  close(): void;
}

export interface Recogniser {
  open(options: RecogniserStreamOptions): RecogniserStream;
  /** Ends every stream that is still open with an error, and frees everything. */
  close(): Promise<void>;
}
