/** How a refusal says when to come back. */

/** In whole seconds (RFC 9110, section 10.2.3); null: it does not say. */
export function retryAfterHeader(retryAfterMs: number | null): Readonly<Record<string, string>> {
  return retryAfterMs === null ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
}
