/** The parts of a voice agent: what broke of each, and whether it recovered; which answers were not said to their end. */
import { counted } from './counted.ts';
import type { SessionEvent } from '../session/events.ts';
import { isSpeakable } from '../voice/sentences.ts';

/** As events and fault plans name them: who hears, who answers, who speaks. */
export const VOICE_PARTS = ['stt', 'llm', 'tts'] as const;

export type VoicePart = (typeof VOICE_PARTS)[number];

export interface PartReport {
  readonly part: VoicePart;
  readonly failures: number;
  readonly recoveries: number;
  /** In real time; one that did not end lasted to the end of the run. */
  readonly longestOutageMs: number;
  /** Nothing more is tried, or was still being tried at the end. */
  readonly isDown: boolean;
}

export interface VoiceReport {
  readonly parts: readonly PartReport[];
  /** Turns of the user's whose answer failed. */
  readonly unanswered: number;
  /** Answers that were given and not spoken to their end, though nobody interrupted. */
  readonly unspoken: number;
}

interface Part {
  failures: number;
  recoveries: number;
  longestOutageMs: number;
  brokenAtMs: number | null;
}

export class VoiceParts {
  readonly #parts: Readonly<Record<VoicePart, Part>> = { stt: whole(), llm: whole(), tts: whole() };
  readonly #unspoken = new Set<string>();
  #isReplying = false;
  /** Nobody speaks, and nobody is expected to. */
  #isMute = false;
  #unanswered = 0;

  note(event: SessionEvent, nowMs: number): void {
    this.#noteAnswer(event);
    switch (event.type) {
      case 'connection.suspected':
        this.#break(partOf(event), nowMs - event.silentForMs);
        return;
      case 'connection.reconnecting':
      case 'connection.failed':
        this.#break(partOf(event), nowMs);
        return;
      case 'connection.recovered':
      case 'connection.reconnected':
        this.#heal(partOf(event), nowMs);
        return;
      case 'session.degraded':
        this.#isMute = event.missing.includes('speaking');
        return;
      case 'session.restored':
        this.#isMute = false;
        return;
      case 'audio.flowing':
        this.#heal('stt', nowMs);
        return;
      default:
    }
  }

  /** An answer is still being made, or has to be spoken. */
  get isBusy(): boolean {
    return this.#isReplying || (this.#unspoken.size > 0 && !this.#isMute);
  }

  report(nowMs: number): VoiceReport {
    return {
      parts: VOICE_PARTS.map((part) => {
        const { failures, recoveries, longestOutageMs, brokenAtMs } = this.#parts[part];
        const openMs = brokenAtMs === null ? 0 : nowMs - brokenAtMs;
        return {
          part,
          failures,
          recoveries,
          longestOutageMs: Math.round(Math.max(longestOutageMs, openMs)),
          isDown: brokenAtMs !== null,
        };
      }),
      unanswered: this.#unanswered + (this.#isReplying ? 1 : 0),
      unspoken: this.#unspoken.size,
    };
  }

  #noteAnswer(event: SessionEvent): void {
    switch (event.type) {
      case 'reply.started':
        this.#isReplying = true;
        return;
      case 'reply.text':
        if (isSpeakable(event.delta)) this.#unspoken.add(event.id);
        return;
      case 'reply.ended':
        this.#isReplying = false;
        if (event.status === 'failed') this.#unanswered += 1;
        return;
      case 'spoken':
        this.#unspoken.delete(event.id);
        return;
      case 'interrupted':
        this.#unspoken.clear();
        return;
      case 'item':
        if (event.item.kind === 'message' && event.item.status === 'interrupted') {
          this.#unspoken.delete(event.item.id);
        }
        return;
      default:
    }
  }

  #break(name: VoicePart | null, atMs: number): void {
    const part = name && this.#parts[name];
    if (part?.brokenAtMs !== null) return;
    part.brokenAtMs = atMs;
    part.failures += 1;
  }

  #heal(name: VoicePart | null, atMs: number): void {
    const part = name && this.#parts[name];
    if (part == null || part.brokenAtMs === null) return;
    part.longestOutageMs = Math.max(part.longestOutageMs, atMs - part.brokenAtMs);
    part.brokenAtMs = null;
    part.recoveries += 1;
  }
}

export function partOf(event: SessionEvent): VoicePart | null {
  if (event.type === 'audio.flowing') return 'stt';
  if (!('component' in event)) return null;
  return VOICE_PARTS.find((part) => part === event.component) ?? null;
}

const NAMES: Readonly<Record<VoicePart, string>> = {
  stt: 'hearing',
  llm: 'thinking',
  tts: 'speaking',
};

/** For a person: a line for each part. */
export function partLines({ parts, unanswered, unspoken }: VoiceReport): readonly string[] {
  const lines = parts.map(({ part, failures, recoveries, longestOutageMs, isDown }) => {
    const name = `${part} (${NAMES[part]})`.padEnd(14);
    if (failures === 0) return `${name}  never failed`;
    const told = `failed ${counted(failures, 'time')}, recovered ${counted(recoveries, 'time')}`;
    return `${name}  ${told}, ${longestOutageMs} ms at the longest${isDown ? '; it is down' : ''}`;
  });
  if (unanswered > 0) lines.push(`${counted(unanswered, 'turn was', 'turns were')} not answered`);
  if (unspoken > 0) {
    lines.push(`${counted(unspoken, 'answer was', 'answers were')} not spoken to the end`);
  }
  return lines;
}

function whole(): Part {
  return { failures: 0, recoveries: 0, longestOutageMs: 0, brokenAtMs: null };
}
