/**
 * One block of a spool: messages as they were taken, in order, little-endian.
 *
 *      0  f64  the number of the first        8  u8  1: text, in UTF-8   9  u32  length   13  bytes, and the next message
 */
import type { Outgoing } from './outbox.ts';

const START_BYTES = 8;
const HEADER_BYTES = 5;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface MessageBlock {
  readonly first: number;
  readonly messages: readonly Outgoing[];
}

/** Without those that are not read yet. */
export function encodeMessages({ first, messages }: MessageBlock): Uint8Array {
  const all = messages.flatMap(({ data }) => (data === null ? [] : [data]));
  const pieces = all.map((data) => (typeof data === 'string' ? encoder.encode(data) : data));
  const length = pieces.reduce((sum, bytes) => sum + HEADER_BYTES + bytes.length, START_BYTES);
  const block = new Uint8Array(length);
  const view = new DataView(block.buffer);
  view.setFloat64(0, first, true);
  let at = START_BYTES;
  pieces.forEach((bytes, index) => {
    view.setUint8(at, typeof all[index] === 'string' ? 1 : 0);
    view.setUint32(at + 1, bytes.length, true);
    block.set(bytes, at + HEADER_BYTES);
    at += HEADER_BYTES + bytes.length;
  });
  return block;
}

/** Null for what is none. */
export function decodeMessages(block: Uint8Array): MessageBlock | null {
  if (block.length < START_BYTES) return null;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const messages: Outgoing[] = [];
  let at = START_BYTES;
  while (at < block.length) {
    if (at + HEADER_BYTES > block.length) return null;
    const from = at + HEADER_BYTES;
    const to = from + view.getUint32(at + 1, true);
    if (to > block.length) return null;
    const bytes = block.slice(from, to);
    const data = view.getUint8(at) === 1 ? decoder.decode(bytes) : bytes;
    messages.push({ data, bytes: bytes.length });
    at = to;
  }
  return { first: view.getFloat64(0, true), messages };
}
