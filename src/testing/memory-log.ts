/** What was sent on one socket, and how much of it has arrived. */
import type { Frame } from '../ports/socket.ts';

export interface SentFrame {
  readonly frame: Frame;
  readonly atMs: number;
}

export class SentLog {
  readonly #frames: SentFrame[] = [];
  readonly #isKept: boolean;
  /** Frames that have reached the other end: the first so many, since none overtakes another. */
  #arrived = 0;

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  /** Every frame that was given to `send` while the socket was open, in order. Bytes are copies. */
  get sent(): readonly SentFrame[] {
    return this.#frames;
  }

  /** All audio that was sent, in order. */
  get audio(): Uint8Array {
    return audioOf(this.#frames);
  }

  /** All text frames that were sent, in order. */
  get texts(): readonly string[] {
    return this.#frames.flatMap(({ frame }) => (typeof frame === 'string' ? frame : []));
  }

  /** The audio that has reached the other end by now. */
  get heard(): Uint8Array {
    return audioOf(this.#frames.slice(0, this.#arrived));
  }

  /** Returns the copy that it keeps: the sender may use its bytes again. @internal */
  noteSent(frame: Frame, atMs: number): Frame {
    if (typeof frame === 'string') return this.#kept(frame, atMs);
    return this.#isKept ? this.#kept(new Uint8Array(frame), atMs) : passing(frame);
  }

  /** The next frame has reached the other end. @internal */
  noteArrived(): void {
    this.#arrived += 1;
  }

  #kept(frame: Frame, atMs: number): Frame {
    if (this.#isKept) this.#frames.push({ frame, atMs });
    return frame;
  }
}

/** What is soon forgotten is copied into pieces that many share, as what a real socket reads is: a buffer each is dear. */
const PIECE_BYTES = 65_536;
const ALIGNED_BYTES = 8;
let piece = new Uint8Array(0);
let used = 0;

function passing(frame: Uint8Array): Uint8Array {
  const { length } = frame;
  if (length > PIECE_BYTES / 8) return new Uint8Array(frame);
  if (used + length > piece.length) {
    piece = new Uint8Array(PIECE_BYTES);
    used = 0;
  }
  const copy = new Uint8Array(piece.buffer, used, length);
  copy.set(frame);
  used += Math.ceil(length / ALIGNED_BYTES) * ALIGNED_BYTES; // samples are read as words
  return copy;
}

function audioOf(frames: readonly SentFrame[]): Uint8Array {
  const parts = frames.flatMap(({ frame }) => (typeof frame === 'string' ? [] : frame));
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
