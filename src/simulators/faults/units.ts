/** How times, counts and bad parts are written in a list of faults. */

/** An error is one line, whatever was written. */
const SHOWN_CHARACTERS = 60;

export function quoted(text: string): string {
  const isLong = text.length > SHOWN_CHARACTERS;
  return JSON.stringify(isLong ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** `1m10s`, `12.5s`, `250ms`: whole milliseconds, or null. A number without a unit is no time. */
export function parseTime(text: string): number | null {
  const number = '(\\d{1,9}(?:\\.\\d{1,9})?)';
  const pattern = new RegExp(`^(?:${number}m(?!s))?(?:${number}s)?(?:${number}ms)?$`);
  const match = pattern.exec(text);
  if (match === null || text === '') return null;
  const [minutes = '0', seconds = '0', milliseconds = '0'] = match.slice(1);
  return Math.round(Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(milliseconds));
}

export function formatTime(timeMs: number): string {
  return timeMs > 0 && timeMs < 1_000 ? `${timeMs}ms` : `${timeMs / 1_000}s`;
}

export function parseWholeSeconds(text: string): number | null {
  const timeMs = parseTime(text);
  return timeMs === null || timeMs % 1_000 !== 0 ? null : timeMs / 1_000;
}

export function parseSuffixed(text: string, suffix: string): number | null {
  const digits = text.endsWith(suffix) ? text.slice(0, -suffix.length) : '';
  return /^\d{1,10}$/.test(digits) ? Number(digits) : null;
}
