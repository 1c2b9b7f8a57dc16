/** What is checked when something comes in, and what is said when it may not. */
import type { CloseOptions } from './events.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Abortion } from '../ports/abort.ts';
import { TenutoError } from '../ports/errors.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';

const DEFAULT_DRAIN_MS = 5_000;

/** The bytes of a chunk.
 *
 * @throws TenutoError AUDIO_CHUNK_INVALID for anything but whole samples, captured at a moment.
 */
export function bytesOf(chunk: Uint8Array | Int16Array, capturedAtMs = 0): Uint8Array {
  if (!Number.isFinite(capturedAtMs)) throw timeless(capturedAtMs);
  if (chunk instanceof Uint8Array && chunk.length % BYTES_PER_SAMPLE === 0) return chunk;
  if (chunk instanceof Int16Array) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }

  throw new TenutoError({
    code: 'AUDIO_CHUNK_INVALID',
    message:
      (chunk as unknown) instanceof Uint8Array
        ? `A chunk of ${chunk.length} bytes ends inside a sample.`
        : 'A chunk is neither a Uint8Array nor an Int16Array.',
    remediation: 'Write whole 16-bit samples as a Uint8Array, a Buffer or an Int16Array.',
  });
}

function timeless(capturedAtMs: unknown): TenutoError {
  return new TenutoError({
    code: 'AUDIO_CHUNK_INVALID',
    message: `A chunk was captured at ${String(capturedAtMs)}.`,
    remediation: "Give milliseconds on the session's clock, or nothing: then it is now.",
  });
}

/**
 * Of a call that can be given up.
 *
 * @throws TenutoError OPTION_INVALID, also for a signal that is given by itself, which would never be heard.
 */
export function signalOf<S extends Abortion>(options: { readonly signal?: S }): S | undefined {
  checkOptions('call', options, { signal: 0 });
  const { signal } = options;
  const isFine = (signal ?? null) === null || 'aborted' in Object(signal);
  if (isFine && !('aborted' in options)) return signal;
  throw invalid('signal is no AbortSignal.', 'Give { signal }.');
}

/** @throws TenutoError OPTION_INVALID */
export function drainMsOf(options: CloseOptions): number {
  checkOptions('close', options, { drainTimeoutMs: 0 } satisfies Record<keyof CloseOptions, 0>);
  const { drainTimeoutMs = DEFAULT_DRAIN_MS } = options;
  checkNumber('drainTimeoutMs', drainTimeoutMs, drainTimeoutMs >= 0, 'that is 0 or more');
  return drainTimeoutMs;
}

export function closed(): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: 'The session is closed.',
    remediation: 'Create a new session.',
  });
}

export function aborted(): TenutoError {
  return new TenutoError({
    code: 'CONNECT_ABORTED',
    message: 'The connection was given up because the signal was aborted.',
    remediation: 'Create a new session to try again.',
  });
}

export function internal(cause: unknown): TenutoError {
  return new TenutoError({
    code: 'INTERNAL',
    message: `The session failed (${cause instanceof Error ? cause.message : String(cause)}).`,
    remediation: 'This is a bug in tenuto or in a provider of yours: please report it.',
    cause,
  });
}

/** @throws TenutoError OPTION_INVALID */
export function textGiven(text: unknown): string {
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw invalid('A text without a word was given.', 'Give a string with something to say.');
}
