/**
 * Follows WebSocket frames through a byte stream without holding any of it (RFC 6455, section 5.2).
 * Several frames often travel in one chunk, so half a chunk may end where a frame ends: only one who knows the
 * borders can cut inside.
 */
export class FrameTracker {
  /** What has come of the present frame's header. */
  #header: number[] = [];
  #payloadLeftBytes = 0;
  #isInPayload = false;

  /**
   * Takes the next chunk.
   * @returns how much of it to pass on for the cut to fall inside a frame, near the chunk's middle.
   */
  advance(bytes: Uint8Array): number {
    const middle = bytes.length / 2;
    let cut: number | null = null;
    let offset = 0;
    while (offset < bytes.length) {
      const start = offset;
      offset = this.#takeFrame(bytes, start);
      if (cut === null && offset >= middle) cut = this.#cutWithin(start, offset);
    }
    return cut ?? 0;
  }

  get #isBetweenFrames(): boolean {
    return this.#header.length === 0 && !this.#isInPayload;
  }

  /** Takes as much of one frame as is there. */
  #takeFrame(bytes: Uint8Array, start: number): number {
    let offset = start;
    while (!this.#isInPayload && offset < bytes.length) {
      this.#header.push(bytes[offset] ?? 0);
      offset += 1;
      const payloadBytes = payloadLength(this.#header);
      if (payloadBytes !== null) {
        this.#isInPayload = true;
        this.#payloadLeftBytes = payloadBytes;
        this.#header = [];
      }
    }
    if (!this.#isInPayload) return offset;
    const takenBytes = Math.min(this.#payloadLeftBytes, bytes.length - offset);
    this.#payloadLeftBytes -= takenBytes;
    if (this.#payloadLeftBytes === 0) this.#isInPayload = false;
    return offset + takenBytes;
  }

  /** A point inside the frame of which `start` to `end` was just taken. */
  #cutWithin(start: number, end: number): number {
    if (end - start >= 2) return start + Math.floor((end - start) / 2);
    // A single byte: it either ends a frame that began earlier, or begins one that is not over.
    return this.#isBetweenFrames ? start : end;
  }
}

/** The payload's length once the header is whole (mask included), else null. */
function payloadLength(header: readonly number[]): number | null {
  const [, second] = header;
  if (second === undefined) return null;
  const short = second & 0x7f;
  const extendedBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskBytes = (second & 0x80) === 0 ? 0 : 4;
  if (header.length < 2 + extendedBytes + maskBytes) return null;
  if (extendedBytes === 0) return short;
  return header.slice(2, 2 + extendedBytes).reduce((length, byte) => length * 256 + byte, 0);
}
