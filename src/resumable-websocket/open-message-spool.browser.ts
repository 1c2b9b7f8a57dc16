/** A spool for messages, in the browser's IndexedDB. */
import { openKeptMessages } from './open-message-spool.ts';
import type { OpenMessageSpoolOptions } from './open-message-spool.ts';
import { checkGiven } from '../ports/option-errors.ts';
import type { MessageSpool } from '../ports/spool.ts';
import { openInPage } from '../spool/open-spool.browser.ts';
import type { OpenBrowserSpoolOptions } from '../spool/open-spool.browser.ts';

export type OpenBrowserMessageSpoolOptions = OpenMessageSpoolOptions &
  Pick<OpenBrowserSpoolOptions, 'waitMs' | 'durability'>;

/**
 * A page that goes leaves it as it does one of `openSpool`.
 *
 * @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE.
 */
export async function openMessageSpool(
  options: OpenBrowserMessageSpoolOptions,
): Promise<MessageSpool> {
  checkGiven('openMessageSpool', options);
  return openInPage(options, openKeptMessages);
}
