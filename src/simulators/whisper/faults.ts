/** What a stand-in does to a request instead of serving it, or on the way. */
import * as refusals from './refusals.ts';
import type { Flavour } from './refusals.ts';
import type { HttpAnswer } from '../server/http-answer.ts';

export type WhisperFault =
  /** 429 that passes. Without a hint of its own, only the rate-limit headers say when. */
  | { readonly kind: 'rateLimited'; readonly retryAfterMs?: number }
  /** 429 that does not pass. */
  | { readonly kind: 'insufficientQuota' }
  /** 401. */
  | { readonly kind: 'wrongKey' }
  /** 400: this clip cannot be read. */
  | { readonly kind: 'badRequest' }
  /** 413. */
  | { readonly kind: 'tooLarge' }
  /** Default 500. */
  | { readonly kind: 'serverError'; readonly status?: number }
  /** 503, as whisper.cpp says it. */
  | { readonly kind: 'loading' }
  /** It is served, and this much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer ever comes. */
  | { readonly kind: 'hang' }
  /** The connection breaks once the request has been worked through: the answer is lost. */
  | { readonly kind: 'cut' }
  /** The same in the middle of the answer. */
  | { readonly kind: 'cutBody' }
  /** Status 200 and no JSON: somebody else answered. */
  | { readonly kind: 'unreadable' }
  /** It hears what nobody said, whatever was said. */
  | {
      readonly kind: 'hallucination';
      readonly text?: string;
      readonly noSpeechProb?: number;
      readonly avgLogprob?: number;
    };

/** What the fault says in place of an answer; null where the request is served. */
export function answerOf(fault: WhisperFault, flavour: Flavour): HttpAnswer | null {
  switch (fault.kind) {
    case 'rateLimited':
      return refusals.rateLimited(fault.retryAfterMs ?? null);
    case 'insufficientQuota':
      return refusals.INSUFFICIENT_QUOTA;
    case 'wrongKey':
      return refusals.wrongKey('');
    case 'badRequest':
      return refusals.refusalOf(flavour, 400, {
        message: 'The audio file could not be decoded or its format is not supported.',
        param: 'file',
      });
    case 'tooLarge':
      return refusals.refusalOf(flavour, 413, {
        message: 'Maximum content size limit (26214400) exceeded.',
        type: 'server_error',
      });
    case 'serverError':
      return refusals.refusalOf(flavour, fault.status ?? 500, {
        message: 'The server had an error processing your request.',
        type: 'server_error',
      });
    case 'loading':
      return refusals.LOADING;
    case 'unreadable':
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html>Sign in</html>',
      };
    default:
      return null;
  }
}
