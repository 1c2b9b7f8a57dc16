/**
 * One block of a spool: chunks of audio as they were captured, in order, little-endian.
 *
 *      0  f64  where its first byte stands in the stream     16  u32  length
 *      8  f64  when it was captured, by the first life's clock   20  bytes, and the next chunk
 */
import type { KeptChunk } from '../audio/keeping.ts';

export const CHUNK_HEADER_BYTES = 20;

export function encodeBlock(chunks: readonly KeptChunk[]): Uint8Array {
  const length = chunks.reduce((sum, { bytes }) => sum + CHUNK_HEADER_BYTES + bytes.length, 0);
  const block = new Uint8Array(length);
  const view = new DataView(block.buffer);
  let at = 0;
  for (const { position, capturedAtMs, bytes } of chunks) {
    view.setFloat64(at, position, true);
    view.setFloat64(at + 8, capturedAtMs, true);
    view.setUint32(at + 16, bytes.length, true);
    block.set(bytes, at + CHUNK_HEADER_BYTES);
    at += CHUNK_HEADER_BYTES + bytes.length;
  }
  return block;
}

/** Null for what is none. The chunks are views into `block`. */
export function decodeBlock(block: Uint8Array): readonly KeptChunk[] | null {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const chunks: KeptChunk[] = [];
  let at = 0;
  while (at < block.length) {
    if (at + CHUNK_HEADER_BYTES > block.length) return null;
    const from = at + CHUNK_HEADER_BYTES;
    const to = from + view.getUint32(at + 16, true);
    if (to > block.length) return null;
    chunks.push({
      position: view.getFloat64(at, true),
      capturedAtMs: view.getFloat64(at + 8, true),
      bytes: block.subarray(from, to),
    });
    at = to;
  }
  return chunks;
}
