import type { LockOwner } from '../../../files/lock.node.ts';
import { TenutoError } from '../../../ports/errors.ts';

export function corrupt(place: string, what: string): TenutoError {
  return new TenutoError({
    code: 'STORE_CORRUPT',
    message: `The log in ${place} is damaged: ${what}.`,
    remediation:
      'Put its directory back from a backup, or move it away and begin with an empty one: the sessions in it are then lost.',
  });
}

/** Errors of a path, and not of a disk. */
const NO_PLACE = /\b(ENOENT|ENOTDIR|EEXIST|EACCES|EPERM|EROFS)\b/;

export function unavailable(reason: string): TenutoError {
  return new TenutoError({
    code: 'STORE_UNAVAILABLE',
    message: `The store takes and gives nothing: ${reason}.`,
    remediation: NO_PLACE.test(reason)
      ? 'Give a directory that can be made and written where it is to be, and open the store again.'
      : 'Make room, or mend the disk, and open the store again.',
    retryable: true,
  });
}

export function locked(directory: string, { pid, host }: LockOwner, file: string): TenutoError {
  return new TenutoError({
    code: 'STORE_LOCKED',
    message: `Process ${pid} on ${host} has the store in ${directory} open.`,
    remediation: `End it, or give each gateway a directory of its own; where no such process is left, delete ${file} there.`,
  });
}
