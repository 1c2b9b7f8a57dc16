/** What stands for a session in all that operators read: the id opens nothing by itself, and still is nobody's business. */
import { createHmac } from 'node:crypto';

import { systemSecrets } from '../ports/secrets.ts';
import type { Secrets } from '../ports/secrets.ts';

const TAG_CHARS = 8;
const KEY_BYTES = 32;

export type TagOf = (sessionId: string) => string;

/** With another key a tag is another: elsewhere it means nothing. */
export function tagsBy(secrets: Secrets): TagOf {
  const key = secrets.bytes(KEY_BYTES);
  return (sessionId) =>
    createHmac('sha256', key).update(sessionId).digest('hex').slice(0, TAG_CHARS);
}

/** The tags of this process. */
export const tagOf: TagOf = tagsBy(systemSecrets);
