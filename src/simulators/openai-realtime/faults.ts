/** What goes wrong on demand. A fault strikes as often as it is told to, and is used up by that. */
import { QUOTA } from './frames.ts';
import type { EndingName } from './frames.ts';
import type { HttpAnswer } from '../server/http-answer.ts';

export type OpenAiFault =
  /** The next upgrades are refused over HTTP. */
  | { readonly kind: 'refuse'; readonly answer: HttpAnswer; readonly times?: number }
  /** The next sockets open, and are ended before anything else is said. */
  | { readonly kind: 'reject'; readonly how: EndingName; readonly times?: number }
  /** Every socket that is open is ended now; `reset` cuts the connection. */
  | { readonly kind: 'end'; readonly how: EndingName | 'reset' }
  /** The next replies fail: by default as the limit of tokens does, with the hint `retryAfterMs` (default 4,782). */
  | {
      readonly kind: 'failReply';
      readonly code?: string;
      readonly message?: string;
      readonly retryAfterMs?: number;
      readonly times?: number;
    }
  /** The next `session.update`s are rejected. */
  | { readonly kind: 'refuseUpdate'; readonly times?: number }
  /** The next `conversation.item.create`s are rejected. */
  | { readonly kind: 'refuseItem'; readonly times?: number }
  /** The next transcriptions fail. */
  | { readonly kind: 'failTranscription'; readonly times?: number }
  /** From now on transcriptions are told so late; 0 ends it. */
  | { readonly kind: 'lateTranscription'; readonly delayMs: number }
  /** From now on this share of frames comes with unknown fields, or after an unknown event; 0 ends it. */
  | { readonly kind: 'oddities'; readonly ratio: number };

/** What goes wrong from the start on. */
export interface LastingFaults {
  /** How late transcriptions are told. Default 0. */
  readonly lateTranscriptionMs?: number;
  /** The share of frames that come with unknown fields, or after an unknown event, 0 to 1. Default 0. */
  readonly oddityRatio?: number;
}

export interface ReplyFailure {
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

/** What waits for the next of its kind. */
export type CountedFault = Extract<OpenAiFault, { readonly times?: number }>;

export class Faults {
  readonly #pending: {
    readonly fault: CountedFault;
    times: number;
    readonly told: (() => void) | undefined;
  }[] = [];
  lateTranscriptionMs: number;
  oddityRatio: number;

  constructor({ lateTranscriptionMs = 0, oddityRatio = 0 }: LastingFaults = {}) {
    this.lateTranscriptionMs = lateTranscriptionMs;
    this.oddityRatio = oddityRatio;
  }

  /** @param told hears whenever it strikes. */
  add(fault: Exclude<OpenAiFault, { kind: 'end' }>, told?: () => void): void {
    if (fault.kind === 'lateTranscription') this.lateTranscriptionMs = fault.delayMs;
    else if (fault.kind === 'oddities') this.oddityRatio = fault.ratio;
    else this.#pending.push({ fault, times: fault.times ?? 1, told });
  }

  callOff(): void {
    this.#pending.length = 0;
  }

  /** The oldest of this kind, which strikes now. */
  take<Kind extends CountedFault['kind']>(
    kind: Kind,
  ): Extract<CountedFault, { kind: Kind }> | null {
    const at = this.#pending.findIndex(({ fault }) => fault.kind === kind);
    const entry = this.#pending[at];
    if (entry === undefined) return null;
    entry.times -= 1;
    entry.told?.();
    if (entry.times <= 0) this.#pending.splice(at, 1);
    return entry.fault as Extract<CountedFault, { kind: Kind }>;
  }
  /** What the next reply fails with; null where it does not. */
  takeReplyFailure(model: string): ReplyFailure | null {
    const fault = this.take('failReply');
    if (fault === null) return null;
    const { code = 'rate_limit_exceeded', retryAfterMs = 4_782, message } = fault;
    if (code === 'insufficient_quota') return { ...QUOTA, message: message ?? QUOTA.message };
    if (code !== 'rate_limit_exceeded') {
      return { type: 'server_error', code, message: message ?? 'The reply failed.' };
    }
    const hint = `Please try again in ${retryAfterMs / 1_000}s.`;
    const limit = `Rate limit reached for ${model} on tokens per min (TPM): Limit 40000, Used 40000, Requested 3188. ${hint}`;
    return { type: 'tokens', code, message: message ?? limit };
  }
}
