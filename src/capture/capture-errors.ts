/** What a platform says of its microphone, as errors that tell people what to do. */
import { TenutoError } from '../ports/errors.ts';
import type { TenutoErrorCode } from '../ports/errors.ts';

interface Told {
  readonly code: TenutoErrorCode;
  readonly message: string;
  readonly remediation: string;
  readonly retryable?: boolean;
}

const DENIED: Told = {
  code: 'MICROPHONE_DENIED',
  message: 'The microphone may not be used: the user, the page or the system forbids it.',
  remediation:
    'Ask the user to allow it in the browser\'s settings for this site, and in the system\'s; a frame needs allow="microphone".',
};
const MISSING: Told = {
  code: 'MICROPHONE_MISSING',
  message: 'There is no microphone.',
  remediation: 'Ask the user to plug one in, and start again.',
  retryable: true,
};
const MISSING_CHOSEN: Told = {
  ...MISSING,
  message: 'The chosen microphone is not there.',
  remediation: 'Plug it in, or give another deviceId, or none for the default one.',
};
const BUSY: Told = {
  code: 'MICROPHONE_BUSY',
  message: 'The microphone cannot be opened: another program has it, or its driver fails.',
  remediation: 'Ask the user to close other programs that record, and start again.',
  retryable: true,
};
const INSECURE: Told = {
  code: 'MICROPHONE_UNSUPPORTED',
  message: 'This page may have no microphone: it did not come over https.',
  remediation: 'Serve the page over https, or from localhost while you write it.',
};
const NO_AUDIO: Told = {
  code: 'MICROPHONE_UNSUPPORTED',
  message: 'This platform has no microphone for pages, or no audio worklets.',
  remediation: 'Take a browser of 2021 or later: Chrome 66, Firefox 76, Safari 14.1.',
};

/** By the names of getUserMedia's rejections (Media Capture and Streams, section 10.2). */
const BY_NAME: Readonly<Record<string, Told>> = {
  NotAllowedError: DENIED,
  SecurityError: DENIED,
  PermissionDeniedError: DENIED,
  NotFoundError: MISSING,
  DevicesNotFoundError: MISSING,
  OverconstrainedError: MISSING_CHOSEN,
  NotReadableError: BUSY,
  TrackStartError: BUSY,
  AbortError: BUSY,
};

/** @param cause what `getUserMedia` was rejected with. */
export function captureErrorOf(cause: unknown): TenutoError {
  if (TenutoError.is(cause)) return cause;
  const { name = '', message = '' } = Object(cause) as { name?: string; message?: string };
  const told: Told = BY_NAME[name] ?? {
    ...BUSY,
    message: `The microphone cannot be opened: ${name || 'Error'}${message === '' ? '' : `, ${message}`}.`,
  };
  return new TenutoError({ ...told, cause });
}

/** Null where a page may have a microphone. */
export function unsupported(isSecure: boolean, hasAudio: boolean): TenutoError | null {
  if (!isSecure) return new TenutoError(INSECURE);
  return hasAudio ? null : new TenutoError(NO_AUDIO);
}

/** @param lastedMs how long another was waited for. */
export function lost(lastedMs: number): TenutoError {
  const seconds = Math.round(lastedMs / 1_000);
  return new TenutoError({
    code: 'MICROPHONE_LOST',
    message: `The microphone went away${seconds < 1 ? '' : `, and no other came for ${seconds} s`}.`,
    remediation: 'Ask the user to plug one in, and start again.',
    retryable: true,
  });
}

/** @param lastedMs how long sound was waited for. */
export function silent(lastedMs: number): TenutoError {
  const seconds = Math.round(lastedMs / 1_000);
  return new TenutoError({
    code: 'MICROPHONE_LOST',
    message: `The microphone is open, and nothing comes of it${seconds < 1 ? '' : `: for ${seconds} s`}.`,
    remediation: 'Ask the user to plug it in anew, or to choose another, and start again.',
    retryable: true,
  });
}

/** @param what was started a second time, such as `recorder`. */
export function usedUp(what: string): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: `This ${what} was started before.`,
    remediation: `Make a new one for each recording.`,
  });
}
