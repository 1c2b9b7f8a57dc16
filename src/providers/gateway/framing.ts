/** The frames that the client sends, of what it knows. */
import { NO_BOUND } from './claim.ts';
import type { LostRange } from './numbers.ts';
import { encodeAck, encodeGap, writeData } from '../../protocol/frames.ts';
import type { PingFrame } from '../../protocol/types.ts';

const MICROPHONE = 1;

/** Into `target`, from its first byte. Arguments and one literal: each chunk comes by here, and to spread objects is dear. */
export function writeAudio(
  target: Uint8Array,
  epoch: number,
  seq: number,
  isRetransmission: boolean,
  position: number,
  capturedAtMs: number,
  payload: Uint8Array,
): void {
  writeData(target, {
    channel: MICROPHONE,
    epoch,
    seq,
    position,
    capturedAtMs,
    codec: 'pcm_s16le',
    isEndOfStream: false,
    isDiscontinuity: false,
    isRetransmission,
    isSpeech: false,
    payload,
  });
}

export function gapOf(lost: LostRange, epoch: number, atMs: number): Uint8Array {
  return encodeGap({
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
  return encodeAck({ type: 'ack', epoch, ...facts });
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
