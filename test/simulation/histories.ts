/** Histories that never were: records of logs, and frames on a line. */
import { encodeRecord } from '../../src/gateway/records.ts';
import type { SessionRecord } from '../../src/gateway/records.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { DataFrame, GapFrame, ProtocolFrame } from '../../src/protocol/types.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import type { InvariantId } from '../../src/simulation/simulation.types.ts';
import { CapturedAudio } from '../../src/simulation/world/captured.ts';

export const SESSION_ID = 'abcdefghijklmnopqrstuvwxyz';
export const CHUNK_MS = 100;
export const CHUNK_SAMPLES = 800;

/** What is told of what happens. */
export function toldBy(happens: (report: Report) => void): readonly InvariantId[] {
  const report = new Report({ nowMs: () => 0 }, false);
  happens(report);
  return toldIn(report);
}

export function toldIn(report: Report): readonly InvariantId[] {
  return report.violations.map(({ invariant }) => invariant);
}

/** Chunks as a client of a simulation brings them: each says whose it is, and which. */
export function captured(client: number, chunks: number) {
  const audio = new CapturedAudio(client, CHUNK_MS, CHUNK_SAMPLES * 10);
  const bytes = Array.from({ length: chunks }, (_, at) => audio.next(at * CHUNK_MS).slice());
  return { audio, bytes };
}

export function data(seq: number, payload: Uint8Array, given: Partial<DataFrame> = {}): DataFrame {
  return {
    type: 'data',
    channel: 1,
    epoch: 1,
    seq,
    position: (seq - 1) * CHUNK_SAMPLES,
    capturedAtMs: (seq - 1) * CHUNK_MS,
    codec: 'pcm_s16le',
    isEndOfStream: false,
    isDiscontinuity: false,
    isRetransmission: false,
    isSpeech: false,
    payload,
    ...given,
  };
}

export function text(seq: number, words: string): DataFrame {
  const payload = new TextEncoder().encode(words);
  return data(seq, payload, { codec: 'text', channel: 0, position: 0 });
}

/** Of one chunk. */
export function gap(seq: number, given: Partial<GapFrame> = {}): GapFrame {
  return {
    type: 'gap',
    channel: 1,
    epoch: 1,
    fromSeq: seq,
    toSeq: seq,
    position: (seq - 1) * CHUNK_SAMPLES,
    samplesLost: CHUNK_SAMPLES,
    fromMs: (seq - 1) * CHUNK_MS,
    toMs: seq * CHUNK_MS,
    cause: 'ringOverflow',
    ...given,
  };
}

export interface Written extends Partial<Omit<SessionRecord, 'frames'>> {
  readonly ups?: readonly ProtocolFrame[];
  readonly downs?: readonly ProtocolFrame[];
}

export function record({ ups = [], downs = [], ...given }: Written): Uint8Array {
  return encodeRecord({
    kind: 'frames',
    epoch: 1,
    up: 0,
    down: 0,
    downAcked: 0,
    fin: 0,
    done: 0,
    previous: 0,
    writtenAtMs: 0,
    card: new Uint8Array(0),
    ...given,
    frames: [
      ...ups.map((frame) => ({ isDown: false, bytes: encodeFrame(frame) })),
      ...downs.map((frame) => ({ isDown: true, bytes: encodeFrame(frame) })),
    ],
  });
}
