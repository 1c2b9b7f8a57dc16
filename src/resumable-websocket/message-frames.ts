/** The frames of a client whose content is its application's own messages. */
import type { Failure } from '../../machines/failure.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { DATA_HEADER_BYTES, encodeAck, encodeData, encodeGap } from '../protocol/frames.ts';
import { readJson } from '../protocol/json.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import { setAsideIn } from '../protocol/set-aside.ts';
import type { SetAside } from '../protocol/set-aside.ts';
import type { DataFrame, HelloFrame } from '../protocol/types.ts';
import { NO_BOUND } from '../providers/gateway/claim.ts';
import type { ClaimFacts } from '../providers/gateway/claim.ts';

/** What one frame has room for. PROTOCOL.md, P3.2 */
export const MAX_MESSAGE_BYTES = MAX_FRAME_BYTES - DATA_HEADER_BYTES;

/** Nobody speaks: the format is one that every gateway takes. */
const NO_AUDIO: HelloFrame['audio'] = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
const CLIENT = 'tenuto-js-websocket';

/** What stands in each HELLO. */
export function claimFacts(app: string): ClaimFacts {
  return { audio: NO_AUDIO, app, client: CLIENT };
}

/** A newer socket of this client has the session: that is what fenced this one. */
export const MOVED: Failure = {
  kind: 'planned',
  code: String(CLOSE.fenced),
  detail: 'the session goes on on another socket',
};

/** The transport keeps order: what is not here by now never comes. */
export const HOLE: Failure = {
  kind: 'transient',
  code: 'hole',
  detail: 'a message of the gateway is missing',
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What its application was sent. */
export function messageOf({ codec, payload }: DataFrame): string | Uint8Array {
  return codec === 'binary' ? new Uint8Array(payload) : decoder.decode(payload);
}

/** A message of ours that the gateway's application is not handed any more; null for what the application said. */
export function setAsideOf({ codec, payload }: DataFrame): SetAside | null {
  if (codec !== 'json') return null;
  const read = readJson(payload, MAX_FRAME_BYTES);
  return read.isValid ? setAsideIn(read.value) : null;
}

export function messageFrame(
  epoch: number,
  seq: number,
  data: string | Uint8Array,
  isRetransmission: boolean,
): Uint8Array {
  const isText = typeof data === 'string';
  return encodeData({
    type: 'data',
    channel: 0,
    epoch,
    seq,
    position: 0,
    capturedAtMs: 0,
    codec: isText ? 'text' : 'binary',
    isEndOfStream: false,
    isDiscontinuity: false,
    isRetransmission,
    isSpeech: false,
    payload: isText ? encoder.encode(data) : data,
  });
}

/** Messages that the gateway's store lost, and that are not held here any more. */
export function gapFrame(
  epoch: number,
  range: { readonly fromSeq: number; readonly toSeq: number },
): Uint8Array {
  const nothing = { position: 0, samplesLost: 0, fromMs: 0, toMs: 0 };
  return encodeGap({ type: 'gap', channel: 0, epoch, cause: 'storeLoss', ...range, ...nothing });
}

export function ackFrame(epoch: number, committed: number): Uint8Array {
  const facts = { committed, maxSeq: NO_BOUND, ackDelayMs: 0, ranges: [] };
  return encodeAck({ type: 'ack', epoch, ...facts });
}
