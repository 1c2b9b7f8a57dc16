/** A session's events, for a person who watches. */
import pc from 'picocolors';

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

/** @param hasParts several can break: which one did is told. */
export function tell(event: SessionEvent, io: CliIo, hasParts = false): void {
  if (event.type === 'transcript') {
    if (event.isFinal && event.text !== '') {
      io.write(`${pc.dim(clockText(event.startMs))}  ${event.text}`);
    }
    return;
  }
  const note = noteOf(event);
  if (note === null) return;
  const part = hasParts ? partOf(event) : null;
  io.note(part === null ? note : `${pc.bold(part)} ${note}`);
}

export function tellTalk(line: TalkLine, io: CliIo): void {
  switch (line.kind) {
    case 'late':
      io.write(`${pc.dim(clockText(line.said.startMs))}  ${line.said.text}`);
      return;
    case 'answer':
      io.write(`${pc.cyan('answer ')}  ${line.text}${line.isWhole ? '' : pc.dim(' (cut short)')}`);
      return;
    case 'toolCall':
      io.write(`${pc.cyan('calls  ')}  ${line.name}(${line.arguments})`);
  }
}

function noteOf(event: SessionEvent): string | null {
  switch (event.type) {
    case 'connection.suspected':
      return pc.yellow(
        `the link is silent for ${Math.round(event.silentForMs)} ms: trying another`,
      );
    case 'connection.reconnecting':
      return pc.yellow(
        `reconnecting: attempt ${event.attempt}/${event.maxAttempts} in ${Math.round(event.backoffDelayMs)} ms, ` +
          `${event.bufferedAudioChunks} chunks held`,
      );
    case 'connection.reconnected':
      if (event.component === 'llm' || event.component === 'tts') {
        return pc.green(
          `works again after ${Math.round(event.downtimeMs)} ms (${event.cause.code})`,
        );
      }
      return pc.green(
        `caught up: ${event.outcome} ${Math.round(event.audioReplayedMs)} ms; ` +
          `${Math.round(event.downtimeMs)} ms without a link in all (${event.cause.code})`,
      );
    case 'candidate.changed':
      return pc.green(
        `${event.from} -> ${event.to} after ${Math.round(event.takeoverMs)} ms: ${REASONS[event.reason]}`,
      );
    case 'session.degraded':
      return pc.red(MODES[event.mode]);
    case 'session.restored':
      return pc.green('everything is there again');
    case 'transcript.dropped':
      return pc.dim(`not believed (${event.reason}): ${event.text}`);
    case 'gateway.serving':
      return servingNote(event);
    case 'warning':
      return pc.yellow(event.error.message);
    case 'gap':
      return pc.red(gapLine(event));
    default:
      return null;
  }
}

function servingNote({ provider, missing }: SessionEventOf<'gateway.serving'>): string {
  if (provider === null) return pc.red('behind the gateway nobody hears: it keeps the audio');
  return missing.length === 0
    ? pc.green(`behind the gateway ${provider} hears`)
    : pc.yellow(`behind the gateway ${provider} serves, without ${missing.join(' and ')}`);
}

/** An event as JSON has it: an error by its fields. */
export function plain(event: SessionEvent): unknown {
  if (event.type !== 'error' && event.type !== 'warning') return event;
  const { code, message, remediation, retryable } = event.error;
  return { type: event.type, code, message, remediation, retryable };
}
