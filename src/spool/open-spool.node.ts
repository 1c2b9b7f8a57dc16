/** A spool in a folder of this machine. */
import { join } from 'node:path';

import { FileSpoolStorage } from './file-storage.node.ts';
import { checkSpoolName, openSpoolIn } from './open-spool.ts';
import type { OpenSpoolOptions } from './open-spool.ts';
import { checkGiven, invalid } from '../ports/option-errors.ts';
import type { Spool } from '../ports/spool.ts';

export interface OpenFileSpoolOptions extends OpenSpoolOptions {
  /** Where spools are kept: each in a folder of its name, which nobody but its owner may read. */
  readonly directory: string;
}

/** @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE. */
export async function openSpool(given: OpenFileSpoolOptions): Promise<Spool> {
  checkGiven('openSpool', given);
  const { directory, ...options } = given;
  return openSpoolIn(folderFor(directory, options.name), options);
}

/** @throws TenutoError OPTION_INVALID */
export function folderFor(directory: string, name: string): FileSpoolStorage {
  checkSpoolName(name);
  if (typeof (directory as unknown) !== 'string' || directory === '') {
    throw invalid('directory is not given.', 'Give a folder, such as ./spools.');
  }
  return new FileSpoolStorage(join(directory, name), name);
}
