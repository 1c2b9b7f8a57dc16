/** What an app throws, for its author: in the log without a word of a client's, and whole for who asks for it. */
import { TenutoError } from '../ports/errors.ts';
import type { LogField } from '../ports/logger.ts';

/** Where an app failed. */
export interface AppErrorPlace {
  readonly sessionId: string;
  /** What it was handed; null: it was opened, finished, or told something of its client. */
  readonly seq: number | null;
}

/** Told of all that apps throw. What it throws itself is of no consequence. */
export type OnAppError = (error: unknown, place: AppErrorPlace) => void;

/** Of what an app says: a slip of its author's, in words of ours. */
export class NotCarriedError extends RangeError {
  constructor(what: string, remediation: string) {
    super(`${what} ${remediation}`);
    this.name = 'NotCarriedError';
  }
}

const MAX_WORDS_CHARS = 200;
const MAX_FRAMES = 5;
/** As V8 writes them. */
const STACK_FRAME = /^ {4}at [^\n]{1,200}$/;

/**
 * What may stand in a log. An error's message may quote what a client said (that of `JSON.parse` does), so only messages of our
 * own are there; the name and the stack's frames, which name code, are there always.
 */
export function loggableOf(error: unknown): Readonly<Record<string, LogField>> {
  if (!(error instanceof Error)) return { what: typeof error };
  const isOurs = error instanceof NotCarriedError || TenutoError.is(error);
  const why = isOurs ? { why: error.message.slice(0, MAX_WORDS_CHARS) } : {};
  return { what: nameOf(error), ...why, at: framesOf(error) };
}

/** A name that anybody can set is one that a client's words can get into. */
function nameOf({ name }: Error): string {
  return typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name) ? name : 'Error';
}

/** None where the message cannot be told from them. */
function framesOf(error: Error): string {
  const { stack, message } = error;
  if (typeof stack !== 'string' || typeof message !== 'string') return '';
  const at = stack.indexOf(message);
  if (at === -1) return '';
  const lines = stack.slice(at + message.length).split('\n');
  const frames = lines.filter((line) => STACK_FRAME.test(line)).slice(0, MAX_FRAMES);
  return frames.map((line) => line.trim().slice('at '.length)).join(' < ');
}
