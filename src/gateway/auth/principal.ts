/** Who a bearer was issued to. A gateway believes nobody else. */

export interface Principal {
  /** Whose sessions these are: 1 to 256 characters, the same for all of their bearers. */
  readonly subject: string;
  /** By the wall clock, in ms since 1970. A socket outlives it by a few seconds, its session by the grace. Default: never. */
  readonly expiresAtMs?: number | null;
}

/** What is known of who shows the bearer. */
export interface BearerContext {
  readonly remoteAddress: string;
  /** `hello`: a client attaches. `auth`: it stays, and brings a new one. */
  readonly why: 'hello' | 'auth';
  /**
   * To be called before null is returned, with what is wrong, in a few words of letters of the verifier's own, such as
   * `its audience is another`: for the operator. A client is told nothing of it.
   */
  readonly onDoubt?: (what: string) => void;
}

/**
 * Asked for every attachment, and for each new bearer in mid-session; null where it is not believed. It has 5 s; one that
 * takes longer, or throws, refuses nobody for good: the client is told to come again.
 */
export type Verify = (bearer: string, context: BearerContext) => Promise<Principal | null>;

const MAX_SUBJECT_CHARS = 256;

/** Whether what a verifier told can be believed to be somebody. */
export function isPrincipal(given: Principal | null): given is Principal {
  const { subject, expiresAtMs = null }: Partial<Record<string, unknown>> = { ...given };
  const isSomebody = typeof subject === 'string' && subject !== '';
  return isSomebody && subject.length <= MAX_SUBJECT_CHARS && isMoment(expiresAtMs);
}

/** Or null: never. Another number could not be told to the client. */
function isMoment(atMs: unknown): boolean {
  return atMs === null || (typeof atMs === 'number' && Number.isSafeInteger(Math.round(atMs)));
}
