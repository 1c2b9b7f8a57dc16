/** google.protobuf.Duration as JSON: decimal seconds with an `s`, such as `"50s"`, `"9.5s"` or `"49.500s"`. */
const DURATION = /^(\d{1,12}(?:\.\d{1,9})?)s$/;

/** Nobody announces more than a day ahead. */
const MAX_MS = 86_400_000;

/** Milliseconds; null for what is not such a duration, which includes negative ones. */
export function durationMs(value: string | null): number | null {
  const [, seconds] = DURATION.exec(value ?? '') ?? [];
  return seconds === undefined ? null : Math.min(MAX_MS, Math.round(Number(seconds) * 1_000));
}
