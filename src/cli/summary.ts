/** The last word of a run, for a program and for a person. */
import { counted } from './counted.ts';
import { clockText, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK } from './io.ts';
import type { StreamReport } from './recording.ts';
import type { Durability } from '../ports/log-store.ts';
import type { GapEvent, SessionLedger } from '../session/events.ts';

export function summaryOf(report: StreamReport, provider: string): Record<string, unknown> {
  const ledger = inWholeMs(report.ledger);

  return {
    type: 'summary',
    transcript: report.transcript,
    ledger: {
      capturedMs: ledger.capturedMs,
      deliveredMs: ledger.deliveredMs,
      gapMs: ledger.gapMs,
      bufferedMs: ledger.bufferedMs,
      replayedChunks: ledger.replayed,
      duplicatesSuppressed: ledger.duplicatesSuppressed,
    },
    reconnects: report.reconnects,
    longestOutageMs: report.longestOutageMs,
    gaps: report.gaps.map(({ fromMs, toMs, durationMs, chunks, reason }) => ({
      fromMs,
      toMs,
      durationMs,
      chunks,
      reason,
    })),
    provider,
    served: report.served,
    candidateChanges: report.changes,
    degraded: report.degraded,
    ...(report.behind.length === 0 ? {} : { behindGateway: report.behind }),
    ...(report.durability === null
      ? {}
      : { durability: report.durability, sessionsLost: report.sessionsLost }),
    answers: report.answers,
    toolCalls: report.toolCalls,
    dropped: report.dropped,
    ...report.voice,
    status: report.status,
    // What a person is told to do; null where all is well, it was interrupted, or an error says it.
    advice: isLeftToAdvise(report) ? adviceOn(report) : null,
  };
}

/** One line of JSON. What is in milliseconds is whole: nobody needs the rest. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) =>
    typeof field === 'number' && /(^ms|Ms)$/.test(key) ? Math.round(field) : field,
  );
}

/** The books in whole milliseconds, still balanced. */
export function inWholeMs(ledger: SessionLedger): SessionLedger {
  const capturedMs = Math.round(ledger.capturedMs);
  const deliveredMs = Math.round(ledger.deliveredMs);
  const settledMs = Math.round(ledger.deliveredMs + ledger.gapMs);
  return {
    ...ledger,
    capturedMs,
    deliveredMs,
    gapMs: settledMs - deliveredMs,
    bufferedMs: capturedMs - settledMs,
  };
}

/** PROTOCOL.md, P11.3. */
const SURVIVES: Readonly<Record<Durability, string>> = {
  memory: 'was in its memory, and would not have outlived its process (memory)',
  fsync: 'outlives its process, and its machine where the disk keeps its word (fsync)',
  replicated: 'outlives the end of one machine, most of the time (replicated)',
  'fsync-quorum': 'outlives the end of a minority of its machines (fsync-quorum)',
};

/** Who served when, and with what missing; empty where one provider did all of it. */
export function courseLines({
  served,
  changes,
  degraded,
  behind,
  durability,
}: StreamReport): readonly string[] {
  const stretches = served.map(
    ({ provider, fromMs, toMs }) => `${provider} ${clockText(fromMs)}-${clockText(toMs)}`,
  );
  const lines = [
    ...changes.map(
      ({ atMs, from, to, reason, takeoverMs }) =>
        `${reason} at ${clockText(atMs)}: ${from} -> ${to} in ${Math.round(takeoverMs)} ms`,
    ),
    ...degraded.map(
      ({ mode, missing, fromMs, toMs }) =>
        `${mode} ${clockText(fromMs)}-${toMs === null ? 'the end' : clockText(toMs)}, without ${missing.join(' and ')}`,
    ),
  ];
  const told = behind.map(
    ({ provider, atMs }) => `${provider ?? 'nobody'} from ${clockText(atMs)}`,
  );
  const behindIt = told.length === 0 ? [] : [`behind the gateway: ${told.join(', ')}`];
  if (durability !== null) behindIt.push(`what the gateway acknowledged ${SURVIVES[durability]}`);
  if (lines.length === 0 && stretches.length < 2) return behindIt;
  return [`served: ${stretches.join(', ') || 'nobody'}`, ...behindIt, ...lines];
}

/** 0 only where every captured chunk was delivered, and a voice agent answered each turn and spoke each answer. */
export function exitStatusOf(report: StreamReport): number {
  if (report.status === 'interrupted') return EXIT_INTERRUPTED;
  const isHeard = report.status === 'complete' && report.ledger.gap === 0;
  return isHeard && isAnswered(report) ? EXIT_OK : EXIT_FAILED;
}

/** Something did not arrive, and no error says what to do. */
export function isLeftToAdvise(report: StreamReport): boolean {
  return report.error === null && exitStatusOf(report) === EXIT_FAILED;
}

function isAnswered({ voice }: StreamReport): boolean {
  return voice === null || (voice.unanswered === 0 && voice.unspoken === 0);
}

export function ledgerLine(ledger: SessionLedger): string {
  const isBalanced =
    ledger.captured === ledger.delivered + ledger.gap + ledger.buffered &&
    Math.abs(ledger.capturedMs - ledger.deliveredMs - ledger.gapMs - ledger.bufferedMs) < 1e-6;

  return (
    `captured ${ledger.captured} = delivered ${ledger.delivered} + gap ${ledger.gap} + buffered ` +
    `${ledger.buffered} chunks (${isBalanced ? 'balanced' : 'NOT BALANCED'}; replayed ` +
    `${ledger.replayed}, duplicates suppressed ${ledger.duplicatesSuppressed})`
  );
}

const GAP_REASONS: Readonly<Record<GapEvent['reason'], string>> = {
  ringOverflow: 'given up: it had waited longer than --retention',
  providerSkipped: 'the service passed over it',
  storeLoss: 'the gateway had kept it, and lost it',
};

export function gapLine({ fromMs, toMs, reason }: GapEvent): string {
  return `gap ${clockText(fromMs)}-${clockText(toMs)} (${GAP_REASONS[reason]})`;
}

/** What to do about a run in which something did not arrive, and nothing else says why. */
export function adviceOn(report: StreamReport): string {
  const { gaps, ledger } = report;
  if (!isAnswered(report) && ledger.gap === 0 && ledger.buffered === 0) {
    return 'All was heard, and not all was answered aloud. Try again, or see which part is down.';
  }
  if (ledger.gap === 0 && ledger.buffered === 0) {
    return 'All of the audio arrived, and not all that comes of it was told. Try again.';
  }
  return gaps.some(({ reason }) => reason === 'ringOverflow')
    ? 'An outage lasted longer than audio is kept. Lengthen --retention, or shorten the outage.'
    : 'The service did not confirm all of the audio. Try again.';
}

/** A long hole is told in pieces, as it grows; at the end it is one. */
function joined(gaps: readonly GapEvent[]): readonly GapEvent[] {
  const whole: GapEvent[] = [];
  for (const gap of gaps) {
    const last = whole.at(-1);
    if (last === undefined || last.toMs !== gap.fromMs || last.reason !== gap.reason) {
      whole.push(gap);
      continue;
    }
    const durationMs = last.durationMs + gap.durationMs;
    const chunks = last.chunks + gap.chunks;
    whole[whole.length - 1] = { ...last, toMs: gap.toMs, durationMs, chunks };
  }
  return whole;
}

/** What did not arrive, in words; empty where everything did. */
export function remainders(report: StreamReport): readonly string[] {
  const { ledger, gaps } = report;
  const lines = joined(gaps).map(gapLine);
  if (ledger.buffered === 0) return lines;

  const seconds = (ledger.bufferedMs / 1_000).toFixed(1);
  return [
    ...lines,
    `${counted(ledger.buffered, 'chunk')} (${seconds} s) ${ledger.buffered === 1 ? 'was' : 'were'} still in the ring, not delivered`,
  ];
}
