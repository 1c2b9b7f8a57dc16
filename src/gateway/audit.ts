/** What an operator wants to know of who tried what. Holds no secret: of a session a tag, of a bearer nothing. */

import type { TagOf } from './session-tag.ts';
import type { Logger } from '../ports/logger.ts';

export type AuditType =
  /** A bearer was missing, not believed, or expired. */
  | 'bearer.refused'
  /** In mid-session, a bearer of somebody else. */
  | 'bearer.foreign'
  /** A page that is not on the list. */
  | 'origin.refused'
  /** An upgrade that came no further than HTTP: another path, no subprotocol, a credential in its address. */
  | 'upgrade.refused'
  /** A socket that said nothing, or no HELLO, or asked for an app or audio that there is not. */
  | 'hello.refused'
  /** The resume token of an attachment before: a copy of it is about. */
  | 'token.reused'
  /** No session that is this subject's opens with this token. */
  | 'session.refused'
  /** Two clients took one session from each other until one was refused. */
  | 'session.contested'
  | 'session.loggedOut'
  /** What stands in the log of a session is damaged, or of another version: nobody can take it up here. */
  | 'log.unreadable'
  /** An app failed again and again on one message: it is not handed it any more, and its client is told. */
  | 'app.setAside'
  /** An app failed again and again: the session is over. */
  | 'app.gaveUp'
  /** More of something than one client, principal or network may have. */
  | 'limit.reached';

export interface AuditEvent {
  readonly type: AuditType;
  /** The same for the same session while this process lives, and of no use to anybody else. */
  readonly session: string | null;
  readonly subject: string | null;
  readonly remoteAddress: string | null;
  /** Which limit, which origin, or what about it: from a closed list of words, but for the origin, which is one or nothing. */
  readonly detail: string | null;
}

export type OnAudit = (event: AuditEvent) => void;

export type AuditFacts = Partial<Omit<AuditEvent, 'type' | 'session'>> & {
  readonly sessionId?: string | undefined;
};

/** What the log says beside the facts. */
export const AUDIT_MESSAGE = 'Audit.';

/** Somebody has, or tries, what is not theirs, or a log is broken. The rest happens to the honest, too. */
const ALARMING: ReadonlySet<AuditType> = new Set([
  'bearer.foreign',
  'token.reused',
  'session.refused',
  'session.contested',
  'log.unreadable',
  'app.setAside',
  'app.gaveUp',
]);

export class Audit {
  readonly #logger: Logger;
  readonly #onAudit: OnAudit | null;
  readonly #tagOf: TagOf;

  constructor(logger: Logger, onAudit: OnAudit | null, tagOf: TagOf) {
    this.#logger = logger;
    this.#onAudit = onAudit;
    this.#tagOf = tagOf;
  }

  tell(type: AuditType, facts: AuditFacts): void {
    const { sessionId, subject = null, remoteAddress = null, detail = null } = facts;
    const session = sessionId === undefined ? null : this.#tagOf(sessionId);
    const level = ALARMING.has(type) ? 'warn' : 'info';
    // Subjects are people, often by their address: the hook has them, a log has not.
    this.#logger[level](AUDIT_MESSAGE, { type, session, remoteAddress, detail });
    try {
      this.#onAudit?.({ type, session, subject, remoteAddress, detail });
    } catch {
      this.#logger.error('The audit hook threw.', { type });
    }
  }
}
