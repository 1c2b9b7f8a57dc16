/** A spool for messages, in a folder of this machine. */
import { openMessageSpoolIn } from './open-message-spool.ts';
import type { OpenMessageSpoolOptions } from './open-message-spool.ts';
import { checkGiven } from '../ports/option-errors.ts';
import type { MessageSpool } from '../ports/spool.ts';
import { folderFor } from '../spool/open-spool.node.ts';
import type { OpenFileSpoolOptions } from '../spool/open-spool.node.ts';

export type OpenFileMessageSpoolOptions = OpenMessageSpoolOptions &
  Pick<OpenFileSpoolOptions, 'directory'>;

/** @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE. */
export async function openMessageSpool(given: OpenFileMessageSpoolOptions): Promise<MessageSpool> {
  checkGiven('openMessageSpool', given);
  const { directory, ...options } = given;
  return openMessageSpoolIn(folderFor(directory, options.name), options);
}
