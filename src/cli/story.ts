/** The story of a session: when it was noticed that something broke, when audio flowed again, and at whom. */
import { partOf } from './voice-parts.ts';
import type { VoicePart } from './voice-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { SessionEvent, SessionLedger } from '../session/events.ts';

/** A moment of the session, on the clock on which the faults are told too. */
export interface StoryEntry {
  readonly atMs: number;
  /** `ended`: all was delivered. `cut`: the run ended in another way. */
  readonly what: 'began' | 'noticed' | 'flowing' | 'ended' | 'cut';
  /** Chunks replayed until then. */
  readonly replayed: number;
  /** Who carries from then on. */
  readonly carrier?: string;
}

/** A time in which no audio flowed. */
export interface Break {
  readonly noticedAtMs: number;
  /** Null where it lasted to the end. */
  readonly flowingAtMs: number | null;
  /** Who carried when it was noticed. */
  readonly carrier: string | undefined;
  /** Chunks replayed from then until the next break. */
  readonly replayedAfter: number;
}

interface Told {
  readonly ledger: Pick<SessionLedger, 'replayed'>;
}

export class StoryWriter {
  readonly #session: Told;
  readonly #clock: Clock;
  readonly #entries: StoryEntry[] = [];
  #carrier: string | undefined;

  /** @param carrier who is dialled first. */
  constructor(session: Told, clock: Clock, carrier: string | undefined) {
    this.#session = session;
    this.#clock = clock;
    this.#carrier = carrier;
    this.#note('began');
  }

  note(event: SessionEvent): void {
    switch (event.type) {
      case 'connection.suspected':
      case 'connection.reconnecting':
      case 'connection.failed':
        this.#note('noticed');
        return;
      case 'stateChange':
        // A loss that a failover answers is announced by no other event.
        if (event.current === 'reconnecting' || event.current === 'error') this.#note('noticed');
        return;
      case 'candidate.changed':
        if (event.reason === 'failover' || event.reason === 'standby') this.#note('noticed');
        this.#carrier = event.to;
        return;
      case 'audio.flowing':
      case 'connection.recovered':
        this.#note('flowing');
        return;
      default:
    }
  }

  entries(isComplete: boolean): readonly StoryEntry[] {
    return [...this.#entries, this.#entry(isComplete ? 'ended' : 'cut')];
  }

  #note(what: StoryEntry['what']): void {
    this.#entries.push(this.#entry(what));
  }

  #entry(what: StoryEntry['what']): StoryEntry {
    return {
      atMs: this.#clock.nowMs(),
      what,
      replayed: this.#session.ledger.replayed,
      ...(this.#carrier === undefined ? {} : { carrier: this.#carrier }),
    };
  }
}

/** Of a voice agent, whose parts break alone: who carries is the part that a moment concerns, and each has its story. */
export class PartsStoryWriter {
  readonly #session: Told;
  readonly #clock: Clock;
  readonly #entries: StoryEntry[];

  constructor(session: Told, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.#entries = [this.#entry('began')];
  }

  note(event: SessionEvent): void {
    const part = partOf(event);
    if (part === null) return;
    const what = whatOf(event, part);
    if (what !== null) this.#entries.push({ ...this.#entry(what), carrier: part });
  }

  entries(isComplete: boolean): readonly StoryEntry[] {
    return [...this.#entries, this.#entry(isComplete ? 'ended' : 'cut')];
  }

  #entry(what: StoryEntry['what']): StoryEntry {
    return { atMs: this.#clock.nowMs(), what, replayed: this.#session.ledger.replayed };
  }
}

function whatOf({ type }: SessionEvent, part: VoicePart): 'noticed' | 'flowing' | null {
  switch (type) {
    case 'connection.suspected':
    case 'connection.reconnecting':
    case 'connection.failed':
      return 'noticed';
    case 'audio.flowing':
    case 'connection.recovered':
      return 'flowing';
    case 'connection.reconnected':
      return part === 'stt' ? null : 'flowing'; // audio has flowed before
    default:
      return null;
  }
}

/** What concerns one part; nothing of a recording is sent again to those that do not hear. */
export function storyOf(story: readonly StoryEntry[], part: VoicePart): readonly StoryEntry[] {
  const own = story.filter(({ carrier }) => carrier === undefined || carrier === part);
  return part === 'stt' ? own : own.map((entry) => ({ ...entry, replayed: 0 }));
}

export function breaksOf(story: readonly StoryEntry[]): readonly Break[] {
  const breaks: { noticed: StoryEntry; flowingAtMs: number | null }[] = [];
  for (const entry of story) {
    const last = breaks.at(-1);
    const isOpen = last !== undefined && last.flowingAtMs === null;
    if (entry.what === 'noticed' && !isOpen) breaks.push({ noticed: entry, flowingAtMs: null });
    if (entry.what === 'flowing' && isOpen) last.flowingAtMs = entry.atMs;
  }
  return breaks.map(({ noticed, flowingAtMs }, at) => {
    const end = breaks[at + 1]?.noticed ?? story.at(-1) ?? noticed;
    return {
      noticedAtMs: noticed.atMs,
      flowingAtMs,
      carrier: noticed.carrier,
      replayedAfter: end.replayed - noticed.replayed,
    };
  });
}

export function carrierAt(story: readonly StoryEntry[], atMs: number): string | undefined {
  return (story.filter((entry) => entry.atMs <= atMs).at(-1) ?? story[0])?.carrier;
}

export function endingOf(story: readonly StoryEntry[]): {
  readonly atMs: number;
  readonly isComplete: boolean;
} {
  const last = story.at(-1);
  return { atMs: last?.atMs ?? Infinity, isComplete: last === undefined || last.what === 'ended' };
}
