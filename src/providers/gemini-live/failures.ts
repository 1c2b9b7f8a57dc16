/**
 * What the ends of a Live socket mean.
 *
 * The code alone says little: 1007, 1008 and 1011 each stand for things to be tried again and things that never will
 * work. So the reason is read too, at its beginning, since a close frame cuts it at 123 bytes (RFC 6455, section 5.5).
 * The texts are those that developers reported; Google documents none of them.
 */
import { detailOf } from '../wire/detail.ts';
import { googleFailureOf, saysRefusedKey } from '../wire/google-errors.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';
import { retryAfterMsOf } from '../retry-hints.ts';

/** What went over the socket, as far as its end depends on it. */
export interface SocketStory {
  /** The service was given, or had given, a handle of this session. Null where that is not known. */
  readonly hasHandle: boolean | null;
  /** It had taken the setup. */
  readonly wasConfigured: boolean;
  /** It announced the end. */
  readonly wasAnnounced: boolean;
  /** The same handle led to an internal error before. */
  readonly failedBefore: boolean;
}

/** Where nothing is known of the socket. */
export const UNKNOWN_STORY: SocketStory = {
  hasHandle: null,
  wasConfigured: false,
  wasAnnounced: false,
  failedBefore: false,
};

/**
 * The service names no time. A bucket per minute says the same words as an account without credit ("You exceeded your
 * current quota"), so both are waited for, and whoever counts the attempts gives up.
 */
const QUOTA_WAIT_MS = 60_000;

const STALE_HANDLE =
  /^(Invalid session handle|BidiGenerateContent session not found|Requested entity was not found)/i;
const QUOTA = /^(Resource has been exhausted|You exceeded your current quota|Quota exceeded)/i;
const NEVER =
  /^(Operation is not implemented, or supported, or enabled|\S+ is not found for API version|Unsupported )/i;
const ABORTED = /^The operation was aborted/i;

/** The same bytes would be refused again; 1007 and 1008 unless something says otherwise. */
const CONFIG_CODES: readonly number[] = [1_003, 1_007, 1_008, 1_009];

export function classifyLiveEnd(
  end: SocketEnd,
  story: SocketStory,
  secrets: readonly string[] = [],
): Failure {
  const failure =
    end.status === undefined
      ? closeOf(end, story)
      : googleFailureOf({ ...end, status: end.status }, secrets);
  return { ...failure, detail: detailOf(failure.detail, secrets) };
}

/** Whether an end like this, twice with one handle, says that the handle is the trouble. */
export function isInternalError(end: SocketEnd): boolean {
  return end.code === 1_011 && !QUOTA.test(end.reason);
}

function closeOf(end: SocketEnd, story: SocketStory): Failure {
  const { code: closeCode, reason } = end;
  if (end.errorCode === 'HEADERS_UNSUPPORTED') {
    return { kind: 'config', code: end.errorCode, detail: reason };
  }
  if (end.kind === 'refused') {
    const detail = reason || 'the dial failed';
    return { kind: 'transient', code: end.errorCode ?? 'refused', detail };
  }
  const code = end.errorCode ?? String(closeCode);
  const detail = reason || 'closed without a reason';
  if (QUOTA.test(reason)) {
    const retryAfterMs = Math.max(QUOTA_WAIT_MS, retryAfterMsOf({ text: reason }) ?? 0);
    return { kind: 'rateLimited', code, detail, retryAfterMs };
  }
  return { kind: kindOf(end, story), code, detail };
}

function kindOf({ code, reason }: SocketEnd, story: SocketStory): FailureKind {
  if (saysRefusedKey(reason)) return 'auth';
  if (NEVER.test(reason)) return 'config';
  if (STALE_HANDLE.test(reason)) return story.hasHandle === false ? 'config' : 'staleHandle';
  // A setup that was taken without a handle is not wrong with one, and a context that is full is full with it.
  if (code === 1_007) return story.hasHandle === true ? 'staleHandle' : 'config';
  if (story.wasAnnounced) return 'planned';
  if (code === 1_008 && (story.wasConfigured || ABORTED.test(reason))) return 'transient';
  if (CONFIG_CODES.includes(code)) return 'config';
  return code === 1_011 && story.failedBefore ? 'staleHandle' : 'transient';
}
