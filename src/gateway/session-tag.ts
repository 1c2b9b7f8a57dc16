/** What stands for a session in all that operators read: the id opens nothing by itself, and still is nobody's business. */
import { createHmac, randomBytes } from 'node:crypto';

const TAG_CHARS = 8;
/** Of this process: elsewhere a tag means nothing. */
const KEY = randomBytes(32);

export function tagOf(sessionId: string): string {
  return createHmac('sha256', KEY).update(sessionId).digest('hex').slice(0, TAG_CHARS);
}
