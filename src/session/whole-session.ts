/** A session with all of its parts, as every entry opens it that is not for pages. */
import { conversation } from './conversing.ts';
import { rates } from './counting.ts';
import { failover } from './failover.ts';
import { keeping } from './keeping.ts';
import type { SessionOptions } from './options.ts';
import type { SessionPart } from './parts.ts';
import { rehearsal } from './rehearsing.ts';
import { Session } from './session.ts';

const ALL_PARTS: readonly SessionPart[] = [failover, conversation, rates, rehearsal, keeping];

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function openSession(options: SessionOptions): Session {
  return new Session({ parts: ALL_PARTS, ...options });
}
