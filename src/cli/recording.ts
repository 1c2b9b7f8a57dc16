/** Streams a recording through a session as a microphone would, and keeps the story of what happened. */
import { Deadline, lastResultsMs } from './interruption.ts';
import type { Interruption } from './interruption.ts';
import { sleepUntil } from './sleep.ts';
import type { OpenStream, Stream } from './stream.ts';
import { Tally } from './tally.ts';
import type { StreamReport } from './tally.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { createLiveResampler } from '../audio/resample.node.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';
import { seededRandom } from '../ports/random.ts';
import type { CandidateOptions } from '../session/candidates.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionOptions } from '../session/options.ts';
import { openSession } from '../session/whole-session.ts';
import { nodeWebSocketTransport } from '../transports/websocket.node.ts';

export type { StreamReport } from './tally.ts';

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
  /** Opens a voice agent, which answers by parts of its own. Default: a plain session. */
  readonly openAgent?: OpenStream;
  /** Further options of the session. */
  readonly session?: Partial<
    Pick<SessionOptions, 'holdDownMs' | 'rotationLeadMs' | 'transport' | 'admission'>
  >;
  readonly onEvent?: (event: SessionEvent, session: Stream) => void;
  readonly onProgress?: (session: Stream, positionMs: number) => void;
  /** Called every second in which nothing is left but to wait for what is not confirmed. */
  readonly onWait?: (session: Stream, waitedMs: number) => void;
}

const CHUNK_MS = 100;
const WAIT_TOLD_EVERY_MS = 1_000;

/** Retention is what outages must fit in; waits are kept short against it. */
export const RETENTION_MS = 120_000;
const RECONNECT_CAP_MS = 4_000;

export async function streamRecording(options: StreamOptions): Promise<StreamReport> {
  const { recording, candidates, signal } = options;
  const clock = systemClock;
  const retentionMs = options.retentionMs ?? RETENTION_MS;
  const open: OpenStream = options.openAgent ?? ((given) => openSession(given));
  const session = open({
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
    // A single service is tried for that long by its connection; of an agent, each part goes its own way.
    ...(candidates.length === 1 && options.openAgent === undefined ? { recordOnlyMs: 0 } : {}),
    ...options.session,
  });
  const { onEvent } = options;
  const tally = new Tally(session, clock, {
    candidates,
    isAgent: options.openAgent !== undefined,
    ...(onEvent === undefined ? {} : { onEvent }),
  });

  const providers = candidates.map(({ provider }) => provider);
  const deadline = new Deadline(options, clock, lastResultsMs(providers));
  session.on('transcript', ({ isFinal }) => {
    if (isFinal) deadline.moved();
  });
  try {
    await session.connect({ signal });
    await feed(session, options, clock);
    const stopTelling = tellWaits(session, options, clock);
    const drained = await drain(session, signal, deadline).finally(stopTelling);
    if (drained) await tally.heardOut(signal);
    const closed = await deadline.over(session.close(closingOf(options, drained)));
    const { ledger } = session;
    const isComplete = drained && ledger.buffered === 0 && closed?.finished === true;
    return tally.report(ledger, isComplete ? 'complete' : 'incomplete', signal);
  } catch (error) {
    const { ledger } = await session.close({ drainTimeoutMs: 0 });
    if (!TenutoError.is(error)) throw error;
    return tally.report(ledger, 'failed', signal, error);
  } finally {
    deadline.stop();
  }
}

/** Whoever keeps audio has still to tell what comes of it, when it has all of it. */
function closingOf({ candidates, signal, retentionMs }: StreamOptions, drained: boolean) {
  if (signal.aborted && !drained) return { drainTimeoutMs: 0 };
  const isKept = candidates.some(({ provider }) => provider.traits.keepsAudio === true);
  return isKept ? { drainTimeoutMs: retentionMs ?? RETENTION_MS } : {};
}

/** @returns what ends it. */
function tellWaits(session: Stream, { onWait }: StreamOptions, clock: Clock): () => void {
  const startedAtMs = clock.nowMs();
  let timer: unknown = null;
  const schedule = (): void => {
    timer = clock.setTimeout(() => {
      onWait?.(session, clock.nowMs() - startedAtMs);
      schedule();
    }, WAIT_TOLD_EVERY_MS);
  };
  schedule();
  return () => {
    clock.clearTimeout(timer);
  };
}

/** Through as many reconnections as it takes; but once interrupted, only what a standing link still brings. */
async function drain(session: Stream, signal: AbortSignal, deadline: Deadline): Promise<boolean> {
  if (await session.drain({ signal })) return true;
  const hasLink = session.status === 'active' || session.status === 'connected';
  return signal.aborted && hasLink && (await session.drain({ signal: deadline.signal }));
}

/** Writes each chunk when a microphone would have it. Late chunks go out at once, so that no time is lost for good. */
async function feed(session: Stream, options: StreamOptions, clock: Clock): Promise<void> {
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

function sessionError(session: Stream): TenutoError {
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
