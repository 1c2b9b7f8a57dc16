/** A session's events, for a person who watches. */
import { colors } from './colors.ts';
import { counted, lasting } from './counted.ts';
import type { CliIo } from './io.ts';
import { clockText } from './io.ts';
import { gapLine } from './summary.ts';
import type { TalkLine } from './talk.ts';
import { partOf } from './voice-parts.ts';
import type { DegradedMode, MoveReason } from '../../machines/orchestrator.types.ts';
import type { SessionEvent, SessionEventOf } from '../session/events.ts';

const REASONS: Readonly<Record<MoveReason, string>> = {
  failover: 'it failed',
  standby: 'it failed, and the other stood by',
  rotation: 'its session was about to end',
  return: 'the better one works again',
};

const MODES: Readonly<Record<DegradedMode, string>> = {
  recordOnly: 'nobody serves: audio is only recorded',
  textOnly: 'nobody speaks: text goes on',
  noSpeech: 'nobody hears: text can still be typed',
};

/** What a line depends on besides its event. */
export interface Surroundings {
  /** Several can break: which one did is told. Default false. */
  readonly hasParts?: boolean;
  /** How long a silent link is waited for, beside which none may be dialled. Default null: another is tried. */
  readonly letGoAfterMs?: number | null;
  /** How long audio is only recorded before the run is given up, as --retention says. Default null: that is not told. */
  readonly recordOnlyMs?: number | null;
  /** Audio flowed once: before that, nobody who serves is missed. Default true. */
  readonly hasFlowed?: boolean;
  /** How long attempts have been made; null where one more is not worth a line. Default 0. */
  readonly triedForMs?: number | null;
}

export function tell(event: SessionEvent, io: CliIo, around: Surroundings = {}): void {
  if (event.type === 'transcript') {
    if (event.isFinal && event.text !== '') {
      io.write(`${colors.dim(clockText(event.startMs))}  ${event.text}`);
    }
    return;
  }
  const note = noteOf(event, around);
  if (note === null) return;
  const part = around.hasParts === true ? partOf(event) : null;
  io.note(part === null ? note : `${colors.bold(part)} ${note}`);
}

export function tellTalk(line: TalkLine, io: CliIo): void {
  switch (line.kind) {
    case 'late':
      io.write(`${colors.dim(clockText(line.said.startMs))}  ${line.said.text}`);
      return;
    case 'answer':
      io.write(
        `${colors.cyan('answer ')}  ${line.text}${line.isWhole ? '' : colors.dim(' (cut short)')}`,
      );
      return;
    case 'toolCall':
      io.write(`${colors.cyan('calls  ')}  ${line.name}(${line.arguments})`);
  }
}

function noteOf(event: SessionEvent, around: Surroundings): string | null {
  switch (event.type) {
    case 'connection.suspected':
      return colors.yellow(suspectedNote(event, around));
    case 'connection.recovered':
      return colors.green('the link spoke again');
    case 'connection.reconnecting':
      return around.triedForMs === null ? null : colors.yellow(attemptNote(event, around));
    case 'connection.reconnected':
      return colors.green(recoveryNote(event));
    case 'candidate.changed':
      return colors.green(
        `${event.from} -> ${event.to} after ${Math.round(event.takeoverMs)} ms: ${REASONS[event.reason]}`,
      );
    case 'session.degraded':
      return around.hasFlowed === false ? null : colors.red(degradedNote(event, around));
    case 'session.restored':
      return colors.green('everything is there again');
    case 'transcript.dropped':
      return colors.dim(`not believed (${event.reason}): ${event.text}`);
    case 'gateway.serving':
      return servingNote(event);
    case 'gateway.sessionLost':
      return colors.red(lostNote(event));
    case 'warning':
      return colors.yellow(event.error.message);
    case 'gap':
      return colors.red(gapLine(event));
    default:
      return null;
  }
}

function lostNote(event: SessionEventOf<'gateway.sessionLost'>): string {
  const { acknowledgedMs, resentFromMs, gapMs } = event;
  const gap = gapMs === 0 ? 'nothing of it is missing' : `${clockText(gapMs)} of it cannot be`;
  return `the gateway lost the session, of which it had acknowledged ${clockText(acknowledgedMs)}: sent again from ${clockText(resentFromMs)}, ${gap}`;
}

function servingNote({ provider, missing }: SessionEventOf<'gateway.serving'>): string {
  if (provider === null) return colors.red('behind the gateway nobody hears: it keeps the audio');
  return missing.length === 0
    ? colors.green(`behind the gateway ${provider} hears`)
    : colors.yellow(`behind the gateway ${provider} serves, without ${missing.join(' and ')}`);
}

function suspectedNote(
  { silentForMs }: SessionEventOf<'connection.suspected'>,
  { letGoAfterMs = null }: Surroundings,
): string {
  const silent = `suspected: the link is silent for ${lasting(silentForMs)}`;
  return letGoAfterMs === null
    ? `${silent}, trying another`
    : `${silent}; no other may stand beside it, so it is let go of after ${lasting(letGoAfterMs)}`;
}

/** The first of an outage says what rules its end. */
function attemptNote(
  event: SessionEventOf<'connection.reconnecting'>,
  { hasFlowed = true, triedForMs }: Surroundings,
): string {
  const { attempt, maxAttempts, persistsForMs, backoffDelayMs, bufferedAudioChunks } = event;
  const count = maxAttempts < Infinity ? `${attempt}/${maxAttempts}` : `${attempt}`;
  const time = lasting(persistsForMs);
  const until = attempt === 1 ? `for about ${time}, as --retention says` : `for ${time} more`;
  return [
    `${hasFlowed ? 'reconnecting' : 'not connected'}: attempt ${count} in ${lasting(backoffDelayMs)}`,
    ...(attempt > 1 && triedForMs ? [`${lasting(triedForMs)} so far`] : []),
    ...(persistsForMs > 0 ? [until] : []),
    ...(bufferedAudioChunks > 0 ? [`${counted(bufferedAudioChunks, 'chunk')} held`] : []),
  ].join(', ');
}

function recoveryNote(event: SessionEventOf<'connection.reconnected'>): string {
  const { component, downtimeMs, cause, audioReplayedMs } = event;
  if (component === 'llm' || component === 'tts') {
    return `works again after ${lasting(downtimeMs)} (${cause.code})`;
  }
  const replayed =
    audioReplayedMs > 0 ? `sent again ${lasting(audioReplayedMs)} without a result` : 'live again';
  return `caught up: ${replayed}; ${lasting(downtimeMs)} without a link in all (${cause.code})`;
}

function degradedNote(
  { mode }: SessionEventOf<'session.degraded'>,
  { recordOnlyMs = null }: Surroundings,
): string {
  return mode === 'recordOnly' && recordOnlyMs !== null
    ? `${MODES[mode]}, for ${lasting(recordOnlyMs)} at the most, as --retention says`
    : MODES[mode];
}

/** An event as JSON has it: an error by its fields. */
export function plain(event: SessionEvent): unknown {
  if (event.type !== 'error' && event.type !== 'warning') return event;
  const { code, message, remediation, retryable } = event.error;
  return { type: event.type, code, message, remediation, retryable };
}
