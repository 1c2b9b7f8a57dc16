/** Streams a recording through a session as a microphone would, and keeps the story of what happened. */
import { Course } from './course.ts';
import type { CourseReport } from './course.ts';
import { Deadline } from './interruption.ts';
import type { Interruption } from './interruption.ts';
import { StoryWriter } from './story.ts';
import type { StoryEntry } from './story.ts';
import { Talk } from './talk.ts';
import type { TalkCounts } from './talk.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { createLiveResampler } from '../audio/resample.node.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';
import { seededRandom } from '../ports/random.ts';
import type { CandidateOptions } from '../session/candidates.ts';
import type { SessionEvent, SessionLedger, TranscriptEvent } from '../session/events.ts';
import type { SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { nodeWebSocketTransport } from '../transports/websocket.node.ts';

export interface Recording {
  readonly name: string;
  readonly pcm: Uint8Array;
  readonly format: AudioFormat;
  readonly durationMs: number;
}

export interface StreamOptions extends Interruption {
  readonly recording: Recording;
  /** In order of preference. */
  readonly candidates: readonly CandidateOptions[];
  readonly speedRatio: number;
  readonly seed: number;
  readonly retentionMs?: number;
  readonly reconnect?: Partial<ReconnectPolicy>;
  /** Further options of the session. */
  readonly session?: Partial<
    Pick<SessionOptions, 'holdDownMs' | 'rotationLeadMs' | 'transport' | 'admission'>
  >;
  readonly onEvent?: (event: SessionEvent, session: Session) => void;
  readonly onProgress?: (session: Session, positionMs: number) => void;
}

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
}

const CHUNK_MS = 100;

/** Retention is what outages must fit in; waits are kept short against it. */
const RETENTION_MS = 120_000;
const RECONNECT_CAP_MS = 4_000;

export async function streamRecording(options: StreamOptions): Promise<StreamReport> {
  const { recording, candidates, signal } = options;
  const clock = systemClock;
  const retentionMs = options.retentionMs ?? RETENTION_MS;
  const session = new Session({
    candidates,
    format: recording.format,
    transport: nodeWebSocketTransport,
    createResampler: createLiveResampler,
    random: seededRandom(options.seed),
    retentionMs,
    retentionBytes: Math.ceil(retentionMs * bytesPerMs(recording)),
    reconnect: {
      retryInitialConnect: true,
      capMs: RECONNECT_CAP_MS,
      // One of several is not waited for: the next is tried, and then, for as long, whichever comes back.
      persistMs: candidates.length === 1 ? retentionMs : 0,
      ...options.reconnect,
    },
    ...options.session,
  });
  const tally = new Tally(session, clock, options);

  const deadline = new Deadline(options, clock);
  try {
    await session.connect({ signal });
    await feed(session, options, clock);
    const drained = await drain(session, signal, deadline);
    await deadline.over(session.close(signal.aborted && !drained ? { drainTimeoutMs: 0 } : {}));
    const { ledger } = session;
    return tally.report(
      ledger,
      drained && ledger.buffered === 0 ? 'complete' : 'incomplete',
      signal,
    );
  } catch (error) {
    const { ledger } = await session.close({ drainTimeoutMs: 0 });
    if (!TenutoError.is(error)) throw error;
    return tally.report(ledger, 'failed', signal, error);
  } finally {
    deadline.stop();
  }
}

/** Through as many reconnections as it takes; but once interrupted, only what a standing link still brings. */
async function drain(session: Session, signal: AbortSignal, deadline: Deadline): Promise<boolean> {
  if (await session.drain({ signal })) return true;
  const hasLink = session.status === 'active' || session.status === 'connected';
  return signal.aborted && hasLink && (await session.drain({ signal: deadline.signal }));
}

/** Writes each chunk when a microphone would have it. Late chunks go out at once, so that no time is lost for good. */
async function feed(session: Session, options: StreamOptions, clock: Clock): Promise<void> {
  const { recording, speedRatio, signal } = options;
  const rate = bytesPerMs(recording);
  const chunkBytes = BYTES_PER_SAMPLE * Math.round((CHUNK_MS * rate) / BYTES_PER_SAMPLE);
  const startedAtMs = clock.nowMs();
  for (let at = 0; at < recording.pcm.length; at += chunkBytes) {
    const end = Math.min(recording.pcm.length, at + chunkBytes);
    const dueAtMs = startedAtMs + end / rate / speedRatio;
    await sleepUntil(dueAtMs, clock, signal);
    if (signal.aborted) return;
    if (session.status === 'error') throw sessionError(session);
    session.write(recording.pcm.subarray(at, end));
    options.onProgress?.(session, end / rate);
  }
}

function bytesPerMs({ format }: Recording): number {
  return (format.sampleRateHz * BYTES_PER_SAMPLE) / 1_000;
}

function sleepUntil(dueAtMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const waitMs = dueAtMs - clock.nowMs();
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();

  return new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, waitMs);
    signal.addEventListener('abort', done);
  });
}

function sessionError(session: Session): TenutoError {
  return (
    session.error ??
    new TenutoError({
      code: 'CONNECTION_FAILED',
      message: 'The connection was given up.',
      remediation: 'Check whether the service is up, then try again.',
      retryable: true,
    })
  );
}

/** What the events of one session add up to. */
class Tally {
  readonly #finals: TranscriptEvent[] = [];
  readonly #gaps: Extract<SessionEvent, { type: 'gap' }>[] = [];
  readonly #course = new Course();
  readonly #talk = new Talk();
  readonly #session: Session;
  readonly #writer: StoryWriter;
  readonly #stop: () => void;
  #reconnects = 0;
  #longestOutageMs = 0;
  #brokenAtMs: number | null = null;

  constructor(
    session: Session,
    clock: Clock,
    { onEvent, candidates }: Pick<StreamOptions, 'onEvent' | 'candidates'>,
  ) {
    this.#session = session;
    this.#writer = new StoryWriter(session, clock, candidates[0]?.provider.name);
    this.#stop = session.on('*', (event) => {
      if (event.type === 'transcript' && event.isFinal) this.#finals.push(event);
      if (event.type === 'gap') this.#gaps.push(event);
      this.#writer.note(event);
      this.#timeOutage(event, clock.nowMs());
      this.#talk.note(event);
      this.#course.note(event, session.ledger.capturedMs, clock.nowMs());
      onEvent?.(event, session);
    });
  }

  /** An outage lasts from the last sign of life until audio flows again, on whichever socket. */
  #timeOutage(event: SessionEvent, nowMs: number): void {
    if (event.type === 'connection.suspected') this.#brokenAtMs ??= nowMs - event.silentForMs;
    if (event.type === 'connection.reconnecting') this.#brokenAtMs ??= nowMs;
    if (event.type === 'connection.recovered') this.#brokenAtMs = null;
    if (event.type !== 'audio.flowing' || this.#brokenAtMs === null) return;
    this.#reconnects += 1;
    this.#longestOutageMs = Math.max(this.#longestOutageMs, nowMs - this.#brokenAtMs);
    this.#brokenAtMs = null;
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
      longestOutageMs: Math.round(this.#longestOutageMs),
      story: this.#writer.entries(outcome === 'complete'),
      status: outcome,
      error: signal.aborted ? null : (error ?? this.#session.error),
      ...this.#course.report(),
      ...this.#talk.counts,
    };
  }
}
