/** What the events of one session add up to. */
import { Course } from './course.ts';
import type { CourseReport } from './course.ts';
import { sleepUntil } from './sleep.ts';
import { PartsStoryWriter, StoryWriter } from './story.ts';
import type { StoryEntry } from './story.ts';
import type { Stream } from './stream.ts';
import { Talk } from './talk.ts';
import type { TalkCounts } from './talk.ts';
import { partOf, VoiceParts } from './voice-parts.ts';
import type { VoiceReport } from './voice-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { CandidateOptions } from '../session/candidates.ts';
import type { SessionEvent, SessionLedger, TranscriptEvent } from '../session/events.ts';

/** An answer is heard to its end, and late words wait for: until nothing was said for a while, but not for ever. */
const QUIET_MS = 1_500;
const LAST_WORDS_MS = 15_000;
/** A part that failed may have to be waited for. */
const LAST_ANSWER_MS = 45_000;
const LOOK_EVERY_MS = 100;

export interface StreamReport extends CourseReport, TalkCounts {
  readonly finals: readonly TranscriptEvent[];
  readonly transcript: string;
  readonly ledger: SessionLedger;
  readonly gaps: readonly Extract<SessionEvent, { type: 'gap' }>[];
  readonly reconnects: number;
  readonly longestOutageMs: number;
  readonly story: readonly StoryEntry[];
  readonly status: 'complete' | 'incomplete' | 'failed' | 'interrupted';
  readonly error: TenutoError | null;
  /** Of a voice agent; else null. */
  readonly voice: VoiceReport | null;
}

interface TallyOptions {
  /** Who may serve the session, the first one first. */
  readonly candidates: readonly CandidateOptions[];
  /** It is a voice agent. */
  readonly isAgent: boolean;
  readonly onEvent?: (event: SessionEvent, session: Stream) => void;
}

export class Tally {
  readonly #finals: TranscriptEvent[] = [];
  readonly #gaps: Extract<SessionEvent, { type: 'gap' }>[] = [];
  readonly #course = new Course();
  readonly #talk = new Talk();
  readonly #session: Stream;
  readonly #writer: StoryWriter | PartsStoryWriter;
  readonly #stop: () => void;
  readonly #clock: Clock;
  readonly #isAnswered: boolean;
  readonly #parts: VoiceParts | null;
  #voice: VoiceReport | null = null;
  #isReplying = false;
  /** The service stopped its answer, since it hears the user: words of theirs are to come. */
  #isSpeaking = false;
  #lastWordAtMs = 0;
  #reconnects = 0;
  #longestOutageMs = 0;
  #brokenAtMs: number | null = null;

  constructor(session: Stream, clock: Clock, { onEvent, candidates, isAgent }: TallyOptions) {
    this.#session = session;
    this.#clock = clock;
    this.#isAnswered = candidates.some(({ provider }) => provider.component === 'realtime');
    this.#parts = isAgent ? new VoiceParts() : null;
    this.#writer = isAgent
      ? new PartsStoryWriter(session, clock)
      : new StoryWriter(session, clock, candidates[0]?.provider.name);
    this.#stop = session.on('*', (event) => {
      if (event.type === 'transcript' && event.isFinal) this.#finals.push(event);
      if (event.type === 'gap') this.#gaps.push(event);
      this.#writer.note(event);
      this.#parts?.note(event, clock.nowMs());
      this.#timeOutage(event, clock.nowMs());
      this.#talk.note(event);
      this.#noteWord(event);
      this.#course.note(event, session.ledger.capturedMs, clock.nowMs());
      onEvent?.(event, session);
    });
  }

  /** Services that answer may tell words, and an answer, when all of the audio has long been done with. */
  async heardOut(signal: AbortSignal): Promise<void> {
    if (this.#parts !== null) return this.#answered(this.#parts, signal);
    if (!this.#isAnswered) return;
    const latestMs = this.#clock.nowMs() + LAST_WORDS_MS;
    for (;;) {
      const nowMs = this.#clock.nowMs();
      const isBusy = this.#isReplying || this.#isSpeaking;
      const quietAtMs = isBusy ? latestMs : this.#lastWordAtMs + QUIET_MS;
      if (nowMs >= Math.min(quietAtMs, latestMs) || signal.aborted) return;
      await sleepUntil(Math.min(quietAtMs, nowMs + LOOK_EVERY_MS), this.#clock, signal);
    }
  }

  /** A recording ends without the pause that ends a turn. */
  async #answered(parts: VoiceParts, signal: AbortSignal): Promise<void> {
    this.#session.conversation.endTurn();
    const latestMs = this.#clock.nowMs() + LAST_ANSWER_MS;
    while (parts.isBusy && this.#clock.nowMs() < latestMs && !signal.aborted) {
      await sleepUntil(this.#clock.nowMs() + LOOK_EVERY_MS, this.#clock, signal);
    }
    this.#voice = parts.report(this.#clock.nowMs()); // to close cuts short what is still to be said
  }

  #noteWord({ type }: SessionEvent): void {
    if (type === 'reply.started') this.#isReplying = true;
    if (type === 'reply.ended' || type === 'connection.reconnecting') this.#isReplying = false;
    if (type === 'interrupted') this.#isSpeaking = true;
    if (type === 'transcript' || type === 'connection.reconnecting') this.#isSpeaking = false;
    const isWord = type === 'item' || type === 'transcript' || type.startsWith('reply.');
    if (isWord || type === 'speechStarted') this.#lastWordAtMs = this.#clock.nowMs();
  }

  /** An outage lasts from the last sign of life until audio flows again, on whichever socket. */
  #timeOutage(event: SessionEvent, nowMs: number): void {
    if (this.#parts !== null && partOf(event) !== 'stt') return; // the others carry no audio of the recording
    if (event.type === 'connection.suspected') this.#brokenAtMs ??= nowMs - event.silentForMs;
    if (event.type === 'connection.reconnecting') this.#brokenAtMs ??= nowMs;
    if (event.type === 'connection.recovered') this.#brokenAtMs = null;
    if (event.type !== 'audio.flowing' || this.#brokenAtMs === null) return;
    this.#reconnects += 1;
    this.#longestOutageMs = Math.max(this.#longestOutageMs, nowMs - this.#brokenAtMs);
    this.#brokenAtMs = null;
  }

  /** Of an outage that did not end. */
  get #openOutageMs(): number {
    return this.#brokenAtMs === null ? 0 : this.#clock.nowMs() - this.#brokenAtMs;
  }

  report(
    ledger: SessionLedger,
    status: StreamReport['status'],
    signal: AbortSignal,
    error: TenutoError | null = null,
  ): StreamReport {
    this.#stop(); // a close that takes longer than its deadline tells nobody
    const reached = this.#session.error === null ? status : 'failed';
    const outcome = signal.aborted ? 'interrupted' : reached;
    return {
      finals: this.#finals,
      transcript: this.#talk.transcript,
      ledger,
      gaps: this.#gaps,
      reconnects: this.#reconnects,
      longestOutageMs: Math.round(Math.max(this.#longestOutageMs, this.#openOutageMs)),
      story: this.#writer.entries(outcome === 'complete'),
      status: outcome,
      error: signal.aborted ? null : (error ?? this.#session.error),
      voice: this.#voice ?? this.#parts?.report(this.#clock.nowMs()) ?? null,
      ...this.#course.report(),
      ...this.#talk.counts,
    };
  }
}
