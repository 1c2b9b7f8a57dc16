/** The frames that the client sends, of what it knows. */
import { NO_BOUND } from './claim.ts';
import type { LostRange } from './numbers.ts';
import { encodeFrame } from '../../protocol/frames.ts';
import type { DataFrame, PingFrame } from '../../protocol/types.ts';

const MICROPHONE = 1;

type Audio = Pick<
  DataFrame,
  'epoch' | 'seq' | 'position' | 'capturedAtMs' | 'isRetransmission' | 'payload'
>;

export function audioOf(audio: Audio): Omit<DataFrame, 'type'> {
  return {
    channel: MICROPHONE,
    codec: 'pcm_s16le',
    isEndOfStream: false,
    isDiscontinuity: false,
    isSpeech: false,
    ...audio,
  };
}

export function gapOf(lost: LostRange, epoch: number, atMs: number): Uint8Array {
  return encodeFrame({
    type: 'gap',
    channel: MICROPHONE,
    epoch,
    fromSeq: lost.fromSeq,
    toSeq: lost.toSeq,
    position: lost.position,
    samplesLost: lost.samples,
    fromMs: atMs,
    toMs: atMs,
    cause: 'ringOverflow',
  });
}

/** @param received of the gateway's frames: all of them are the application's at once. */
export function acknowledgementOf(received: number, epoch: number): Uint8Array {
  const facts = { committed: received, maxSeq: NO_BOUND, ackDelayMs: 0, ranges: [] };
  return encodeFrame({ type: 'ack', epoch, ...facts });
}

/** What PING and PONG say alike. */
export function standingOf(
  nonce: number,
  epoch: number,
  lastSent: number,
  received: number,
): Omit<PingFrame, 'type'> {
  return { nonce, epoch, lastSent, received, committed: received, maxSeq: NO_BOUND, sentAtMs: 0 };
}
