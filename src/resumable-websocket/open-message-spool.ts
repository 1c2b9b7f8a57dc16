/** A spool for messages, in whatever storage: what is there is read, looked through, and dropped where it is too old. */
import { KeptMessages } from './kept-messages.ts';
import { recoverMessages } from './message-recovery.ts';
import { checkOptions } from '../ports/option-errors.ts';
import type { MessageSpool, SpoolStorage } from '../ports/spool.ts';
import { openPlace } from '../spool/open-spool.ts';
import type { OpenSpoolOptions } from '../spool/open-spool.ts';

/** As of `openSpool`. How much it holds is the socket's `maxBufferedBytes`. */
export type OpenMessageSpoolOptions = Omit<OpenSpoolOptions, 'capacityBytes'>;

const KNOWN: Readonly<Record<keyof OpenMessageSpoolOptions, 0>> = {
  name: 0,
  key: 0,
  cipher: 0,
  flushEveryMs: 0,
  maxAgeMs: 0,
  fresh: 0,
  wallClock: 0,
};

/**
 * @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE.
 */
export async function openMessageSpoolIn(
  storage: SpoolStorage,
  options: OpenMessageSpoolOptions,
): Promise<MessageSpool> {
  return openKeptMessages(storage, options);
}

export async function openKeptMessages(
  storage: SpoolStorage,
  options: OpenMessageSpoolOptions,
): Promise<KeptMessages> {
  checkOptions('openMessageSpool', options, KNOWN); // a misspelt key would leave the messages for everybody to read
  return openPlace(storage, options, {
    recover: recoverMessages,
    make: (...found) => new KeptMessages(...found),
  });
}
