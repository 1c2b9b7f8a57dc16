/** The terminal: where lines go, what an error looks like, and what Ctrl-C means. */
import process from 'node:process';

import { colors } from './colors.ts';
import type { Interruption } from './interruption.ts';
import { systemClock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';

export const EXIT_OK = 0;
/** The promise did not hold: something failed, or audio was lost. */
export const EXIT_FAILED = 1;
/** The command was not understood or cannot begin, or its input or output cannot be used. */
export const EXIT_USAGE = 2;
/** 128 and the signal's number, as shells have it. */
export const EXIT_INTERRUPTED = 130;
const EXIT_TERMINATED = 143;
/** Whoever read what is printed has left, as `head` does. */
const EXIT_UNREAD = 141;

export interface CliIo extends Interruption {
  readonly haste: AbortSignal;
  /** One line to standard output. */
  readonly write: (line: string) => void;
  /** One line to standard error. */
  readonly note: (line: string) => void;
  /** Replaces the live line on a terminal; does nothing in a pipe. An empty line takes it away. */
  readonly live: (line: string) => void;
  readonly isTerminal: boolean;
  /** From now on a signal does not end the process by itself. @param closing what the first one is answered with. */
  catchSignals(closing?: string): void;
  /** The status to end with; null where no signal came. */
  interruptedStatus(): number | null;
  close(): void;
}

/** After the second signal: what is left is reported, and then nothing is waited for. */
const LAST_WORD_MS = 1_000;

/** With these nothing has begun. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'AUDIO_FORMAT_UNSUPPORTED',
  'WAV_NOT_FOUND',
  'WAV_INVALID',
  'WAV_EMPTY',
  'PROVIDER_UNKNOWN',
  'OPTION_INVALID',
  'FAULT_PLAN_INVALID',
  'RECORDING_INVALID',
  'PORT_IN_USE',
  'PACKAGE_MISSING',
  'RECOGNISER_UNAVAILABLE',
]);

export function createIo(): CliIo {
  const isTerminal = process.stderr.isTTY;
  const first = new AbortController();
  const second = new AbortController();
  let interruptedStatus: number | null = null;
  let closingNote = 'Closing: waiting for the last results (Ctrl-C again to stop at once)';
  let liveLine = '';
  let lastWordTimer: unknown = null;
  const erase = (): void => {
    if (liveLine !== '') process.stderr.write('\r\u001b[2K');
  };
  const interrupt = (name: NodeJS.Signals): void => {
    const status = name === 'SIGTERM' ? EXIT_TERMINATED : EXIT_INTERRUPTED;
    interruptedStatus = status;
    if (second.signal.aborted) process.exit(status);
    if (first.signal.aborted) {
      second.abort();
      lastWordTimer = systemClock.setTimeout(() => process.exit(status), LAST_WORD_MS);
      return;
    }
    note(closingNote);
    first.abort();
  };
  // Neither says that a promise did not hold.
  const onBrokenOutput = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit(EXIT_UNREAD);
    process.stderr.write(`tenuto: cannot write (${error.code ?? ''}).\n`);
    process.exit(EXIT_USAGE);
  };
  process.stdout.on('error', onBrokenOutput);
  process.stderr.on('error', () => undefined); // who does not listen to notes may still read the transcript
  const around = (write: () => void): void => {
    erase();
    write();
    if (liveLine !== '') process.stderr.write(liveLine);
  };

  const note = (line: string): void => {
    around(() => process.stderr.write(`${line}\n`));
  };

  return {
    isTerminal,
    signal: first.signal,
    haste: second.signal,
    catchSignals: (closing = closingNote) => {
      closingNote = closing;
      process.on('SIGINT', interrupt);
      process.on('SIGTERM', interrupt);
    },
    interruptedStatus: () => interruptedStatus,
    write: (line) => {
      around(() => process.stdout.write(`${line}\n`));
    },
    note,
    live: (line) => {
      if (!isTerminal) return;
      erase();
      liveLine = line.slice(0, Math.max(20, (process.stderr.columns || 100) - 1));
      process.stderr.write(liveLine);
    },
    close: () => {
      erase();
      liveLine = '';
      systemClock.clearTimeout(lastWordTimer); // what was left is reported
      // The listener for broken output stays: what was written last may only fail later.
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}

/** One line for a person, or one object for a program; returns the exit status. */
export function reportError(
  error: unknown,
  io: Pick<CliIo, 'write' | 'note'>,
  asJson: boolean,
): number {
  const known = TenutoError.is(error)
    ? error
    : new TenutoError({
        code: 'INTERNAL',
        message: error instanceof Error ? error.message : String(error),
        remediation: 'This is a bug in tenuto: please report it with the command that you ran.',
        cause: error,
      });
  const { code, message, remediation, retryable } = known;
  if (asJson) io.write(JSON.stringify({ type: 'error', code, message, remediation, retryable }));
  else io.note(`${colors.red('tenuto:')} ${inOneLine(`${message} ${remediation}`)} [${code}]`);

  return USAGE_CODES.has(code) ? EXIT_USAGE : EXIT_FAILED;
}

/** A file may have any name: what would break the line, or speak to the terminal, is written out. */
function inOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (sign) => {
    const written = JSON.stringify(sign).slice(1, -1);
    return written === sign ? `\\u00${sign.charCodeAt(0).toString(16).padStart(2, '0')}` : written;
  });
}

export function clockText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms - minutes * 60_000) / 1_000;
  return `${String(minutes).padStart(2, '0')}:${seconds.toFixed(1).padStart(4, '0')}`;
}
