/** A page whose audio does not go on. */
import { TenutoError } from '../ports/errors.ts';

/** What cannot be done. */
export type AudioWork = 'captured' | 'played';

/** The browser has suspended it. */
export function blocked(what: AudioWork): TenutoError {
  return new TenutoError({
    code: 'AUDIO_BLOCKED',
    message: `No audio can be ${what} just now: the browser has suspended the page's audio.`,
    remediation:
      'It goes on by itself at the next click or key; begin it in a click of the user to have it at once.',
    retryable: true,
  });
}

/** The processor threw: the platform never calls it again. */
export function broken(what: AudioWork): TenutoError {
  return new TenutoError({
    code: 'INTERNAL',
    message: `No audio is ${what} any more: the audio worklet failed.`,
    remediation: 'Start anew, and report it with what the browser says in its console.',
  });
}
