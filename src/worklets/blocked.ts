/** A page whose audio the browser has suspended. */
import { TenutoError } from '../ports/errors.ts';

/** @param what cannot be done: `captured` or `played`. */
export function blocked(what: 'captured' | 'played'): TenutoError {
  return new TenutoError({
    code: 'AUDIO_BLOCKED',
    message: `No audio can be ${what} just now: the browser has suspended the page's audio.`,
    remediation:
      'It goes on by itself at the next click or key; begin it in a click of the user to have it at once.',
    retryable: true,
  });
}
