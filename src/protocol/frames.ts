/** The frames of tenuto.v1 as bytes, and back: PROTOCOL.md says what they are, vectors/ has examples of each. */
import { putU32 } from './bytes.ts';
import {
  DATA_HEADER_BYTES,
  encodeData,
  encodeGap,
  GAP_BYTES,
  readData,
  readGap,
  seal,
  writeData,
} from './data-frame.ts';
import { controlTypeOf, encodeControl, readControl } from './handshake.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import { encodeAck, encodeHint, encodePing, readAck, readHint, readPing } from './signal-frames.ts';
import type { Malformed, ProtocolFrame, Unknown } from './types.ts';
import { EPOCH_AT, FLAG, FRAME_TYPE, IGNORABLE_BIT, U32_MAX, malformed, mustFit } from './wire.ts';

export { DATA_HEADER_BYTES, GAP_BYTES, writeData };
/** Of one type each. */
export { encodeAck, encodeControl, encodeData, encodeGap, encodePing };

const UNKNOWN: Unknown = Object.freeze({ type: 'unknown' });

/**
 * For whoever has frames of all types; a client, which knows what it says, takes each type's own, and pages leave out the rest.
 *
 * @throws RangeError for values that `decodeFrame` would refuse: nothing wraps, and nothing is cut off.
 */
export function encodeFrame(frame: ProtocolFrame): Uint8Array {
  switch (frame.type) {
    case 'data':
      return encodeData(frame);
    case 'gap':
      return encodeGap(frame);
    case 'ack':
      return encodeAck(frame);
    case 'ping':
    case 'pong':
      return encodePing(frame);
    case 'hint':
      return encodeHint(frame);
    default:
      return encodeControl(frame);
  }
}

/**
 * Never throws, and believes nothing. A data frame's payload is a view into `bytes`; all else is a copy.
 *
 * What only the session can know is left to it: whether the epoch is the attachment's, the seq the next one, a token right.
 */
export function decodeFrame(bytes: Uint8Array): ProtocolFrame | Malformed | Unknown {
  if (bytes.length > MAX_FRAME_BYTES) return malformed('a frame of more than 64 KiB', 4413);
  const [byte] = bytes;
  switch (byte) {
    case undefined:
      return malformed('an empty frame');
    case FRAME_TYPE.data:
      return readData(bytes);
    case FRAME_TYPE.gap:
      return readGap(bytes);
    case FRAME_TYPE.ack:
      return readAck(bytes);
    case FRAME_TYPE.ping:
    case FRAME_TYPE.pong:
      return readPing(bytes);
    case FRAME_TYPE.hint:
      return readHint(bytes);
    default: {
      const type = controlTypeOf(byte);
      if (type !== null) return readControl(type, bytes);
      return (byte & IGNORABLE_BIT) !== 0 ? UNKNOWN : malformed('a frame of no known type');
    }
  }
}

/**
 * Makes a frame that was encoded before fit for another attachment: its epoch and its checksum are written anew, in place.
 * Control frames have no epoch and stay as they are.
 * @param isRetransmission marks data as sent before. Default: the mark stays as it is.
 * @throws RangeError for an epoch that is no u32.
 */
export function restamp(frame: Uint8Array, epoch: number, isRetransmission?: boolean): void {
  mustFit(epoch, U32_MAX, 'epoch');
  const [type = 0, flags = 0] = frame;
  if (type > FRAME_TYPE.hint) return;
  putU32(frame, EPOCH_AT, epoch);
  if (type === FRAME_TYPE.data && isRetransmission !== undefined) {
    frame[1] = isRetransmission ? flags | FLAG.retransmission : flags & ~FLAG.retransmission;
  }
  seal(frame);
}
