/** What the other end said, made fit for a log and a person: one line, short, and without a credential. */
const DETAIL_CHARS = 200;

/** Shorter than this it is no credential, and taking it out would only garble the text. */
const MIN_SECRET_CHARS = 4;

/** @param secrets what must not be repeated, should the service echo it. */
export function detailOf(text: string, secrets: readonly string[] = []): string {
  let detail = text;
  for (const secret of secrets) {
    if (secret.length >= MIN_SECRET_CHARS) detail = detail.replaceAll(secret, '***');
  }
  // Cut after the redaction: half a credential would not be recognised.
  return detail.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').slice(0, DETAIL_CHARS);
}
