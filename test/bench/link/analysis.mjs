// What came of what was produced: lost, doubled, out of order, and how long after the repair it flowed again.

/** Above the way's own delay: later than this, a chunk waited for something. */
const LATE_MS = 60;

/**
 * @param producedAtMs by index.
 * @param arrivals `[index, atMs, …]` as they came.
 */
export function countsOf(producedAtMs, arrivals = []) {
  const seen = new Set();
  let doubled = 0;
  let disordered = 0;
  let newest = -1;
  for (let at = 0; at < arrivals.length; at += 2) {
    const index = arrivals[at];
    if (seen.has(index)) doubled += 1;
    else if (index < newest) disordered += 1;
    seen.add(index);
    newest = Math.max(newest, index);
  }
  const tail = producedAtMs.length - 1 - newest;
  return { produced: producedAtMs.length, lost: newest + 1 - seen.size, tail, doubled, disordered };
}

/** Ms from the repair to the first arrival, and to the first that had not waited for anything. Infinity: never. */
export function recoveryOf(producedAtMs, arrivals = [], { repairedAtMs, wayMs, isCut }) {
  let flowingMs = Infinity;
  for (let at = 0; at < arrivals.length; at += 2) {
    const sinceMs = arrivals[at + 1] - repairedAtMs;
    if (sinceMs < (isCut ? wayMs : 0)) continue; // sooner than the way is long: it had come before the cut
    flowingMs = Math.min(flowingMs, sinceMs);
    const lateMs = arrivals[at + 1] - producedAtMs[arrivals[at]] - wayMs;
    if (lateMs <= LATE_MS) return { flowingMs, caughtUpMs: sinceMs };
  }
  return { flowingMs, caughtUpMs: Infinity };
}

/** Ms from the fault to the client's first word about it; null where it said nothing until the repair. */
export function noticedOf(notices, { brokenAtMs, repairedAtMs }) {
  const first = notices.find(({ atMs }) => atMs >= brokenAtMs);
  if (first === undefined || first.atMs > Math.max(repairedAtMs, brokenAtMs + 1_000)) return null;
  return first.atMs - brokenAtMs;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `median`, and the least and the most. */
export function spread(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}
