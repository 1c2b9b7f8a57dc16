/** What an operator is told of trouble with bearers: a line for each kind, and no flood of them. */
import type { LogField, Logger } from '../../ports/logger.ts';

/** So many causes deep it is looked for: one may be its own. */
const DEEPEST = 8;
/** So many kinds are kept apart: what a verifier throws is its own affair. */
const MOST_KINDS = 64;

/** Whoever knocks meets the same trouble: within this time it is told once. */
const QUIET_MS = 10_000;

export class FoldedErrors {
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  readonly #told = new Map<string, { readonly atMs: number; more: number }>();

  constructor(logger: Logger, nowMs: () => number) {
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  /** @param fields of closed lists: a line for each kind of them is kept here. */
  tell(message: string, fields: Readonly<Record<string, LogField>>): void {
    const kind = `${message} ${Object.values(fields).join(' ')}`;
    const before = this.#told.get(kind);
    const atMs = this.#nowMs();
    if (before !== undefined && atMs - before.atMs < QUIET_MS) {
      before.more += 1;
      return;
    }
    this.#told.delete(kind); // the newest are last
    this.#told.set(kind, { atMs, more: 0 });
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_KINDS && oldest !== undefined) this.#told.delete(oldest);
    const more = before?.more ?? 0;
    this.#logger.error(message, more === 0 ? fields : { ...fields, alikeBefore: more });
  }
}

/** Such as ECONNREFUSED, of what led to it where that is known: a name, and no words. */
export function codeOf(error: unknown, depth = 0): string {
  const { code, cause, name } = Object(error) as {
    code?: unknown;
    cause?: unknown;
    name?: unknown;
  };
  if (cause !== undefined && depth < DEEPEST) return codeOf(cause, depth + 1);
  const told = [code, name].find((each) => typeof each === 'string' && /^\w{1,40}$/.test(each));
  return typeof told === 'string' ? told : 'unknown';
}
