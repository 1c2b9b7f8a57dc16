/** What was sent on one socket, and how much of it has arrived. */
import type { Frame } from '../ports/socket.ts';

export interface SentFrame {
  readonly frame: Frame;
  readonly atMs: number;
}

export class SentLog {
  readonly frames: SentFrame[] = [];
  /** Frames that have reached the other end: the first so many, since none overtakes another. */
  arrived = 0;
  readonly #isKept: boolean;

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  /** Returns the copy that it keeps: the sender may use its bytes again. */
  add(frame: Frame, atMs: number): Frame {
    const copy = typeof frame === 'string' ? frame : new Uint8Array(frame);
    if (this.#isKept) this.frames.push({ frame: copy, atMs });
    return copy;
  }

  texts(): readonly string[] {
    return this.frames.flatMap(({ frame }) => (typeof frame === 'string' ? frame : []));
  }

  /** The audio of the first so many frames, or of all. */
  audio(frames = Infinity): Uint8Array {
    const parts = this.frames
      .slice(0, frames)
      .flatMap(({ frame }) => (typeof frame === 'string' ? [] : frame));
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
