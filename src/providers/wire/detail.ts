/** What the other end said, made fit for a log and a person: one line, short, and without a credential. */
const DETAIL_CHARS = 200;

/** Shorter than this it is no credential, and taking it out would only garble the text. */
const MIN_SECRET_CHARS = 4;

/** Fewer are no secret: keys of one kind begin alike. */
const MIN_BEGINNING_CHARS = 8;

/** @param secrets what must not be repeated, should the service echo it. */
export function detailOf(text: string, secrets: readonly string[] = []): string {
  let detail = text;
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_CHARS) continue;
    detail = withoutBeginning(detail.replaceAll(secret, '***'), secret);
  }
  // Cut after the redaction: half a credential would not be recognised.
  return detail
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, DETAIL_CHARS);
}

/** A close frame cuts its reason at 123 bytes (RFC 6455, section 5.5), and what a credential begins with may be the end of it. */
function withoutBeginning(text: string, secret: string): string {
  if (!text.includes(secret.slice(0, MIN_BEGINNING_CHARS))) return text;
  for (let chars = secret.length - 1; chars >= MIN_BEGINNING_CHARS; chars -= 1) {
    if (text.endsWith(secret.slice(0, chars))) return `${text.slice(0, -chars)}***`;
  }
  return text;
}

/** Longer than any name that a service gives its messages. */
const NAME_CHARS = 64;

/** Words of letters, as `input_audio_buffer.speech_started` and `TurnInfo2`: keys have more digits than that. */
const NAME = /^[A-Za-z]{1,32}\d{0,2}(?:[._][A-Za-z]{1,32}\d{0,2})*$/;

/** A name off the wire, made fit for a log: what looks like no name may be anything, a credential too. */
export function nameOf(name: string, secrets: readonly string[] = []): string {
  const isName = name.length <= NAME_CHARS && NAME.test(name) && detailOf(name, secrets) === name;
  return isName ? name : 'unnamed';
}
