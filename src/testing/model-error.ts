/** The errors of the kit. Test runners print the message alone, so what to do about it stands there as well. */
import { TenutoError } from '../ports/errors.ts';

/** A model, a script or a world that cannot be used as it is. */
export function modelInvalid(message: string, remediation: string, cause?: unknown): TenutoError {
  return modelError('MODEL_INVALID', message, remediation, cause);
}

/** What was tested did something else. */
export function modelMismatch(message: string, remediation: string, cause?: unknown): TenutoError {
  return modelError('MODEL_MISMATCH', message, remediation, cause);
}

function modelError(
  code: 'MODEL_INVALID' | 'MODEL_MISMATCH',
  message: string,
  remediation: string,
  cause: unknown,
): TenutoError {
  const told = `${message}\nWhat to do: ${remediation}`;
  return new TenutoError({
    code,
    message: told,
    remediation,
    ...(cause === undefined ? {} : { cause }),
  });
}
