/** Pieces of recordings on their way over one socket: which of them are there, and which are of no use to an app that knows of none. */
import type { RecordedChunk } from '../capture/capture.types.ts';

interface Sent extends Omit<RecordedChunk, 'bytes' | 'mimeType'> {
  /** Of all bytes that were sent, in the order in which they arrive. */
  readonly from: number;
  readonly end: number;
}

/** What nobody can play: with a recording under way, its rest as well. */
export interface CutRecording {
  /** Null where it is all to come. */
  readonly lost: { readonly fromMs: number; readonly toMs: number } | null;
  /** What is captured next belongs to a recording whose header was lost. */
  readonly goesOn: boolean;
}

export class SentPieces {
  #sentBytes = 0;
  #sent: Sent[] = [];

  /** @param length in bytes, of all of its messages. */
  add(
    length: number,
    { recording, isHeader, capturedAtMs, durationMs }: Omit<Sent, 'from' | 'end'>,
  ) {
    const from = this.#sentBytes;
    this.#sentBytes += length;
    const place = { from, end: this.#sentBytes };
    this.#sent.push({ ...place, recording, isHeader, capturedAtMs, durationMs });
  }

  /** @param waitingBytes those sent last that are not there yet. */
  waiting(waitingBytes: number): { readonly chunks: number; readonly ms: number } {
    const arrived = this.#sentBytes - waitingBytes;
    this.#sent = this.#sent.filter(({ end }) => end > arrived);
    const ms = this.#sent.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return { chunks: this.#sent.length, ms };
  }

  /**
   * The app begins anew: of what is on its way to it, it can play what follows the next header.
   *
   * @param waitingBytes are sent to it yet.
   * @param lostBytes were sent before those, and may not have come.
   */
  cut(waitingBytes: number, lostBytes: number): CutRecording {
    this.waiting(waitingBytes + lostBytes);
    const begins = this.#sentBytes - waitingBytes;
    const at = this.#sent.findIndex(({ isHeader, from }) => isHeader && from >= begins);
    const useless = at === -1 ? this.#sent : this.#sent.slice(0, at);
    const [first] = useless;
    const last = useless.at(-1);
    const lost =
      first === undefined || last === undefined
        ? null
        : { fromMs: first.capturedAtMs, toMs: last.capturedAtMs + last.durationMs };
    return { lost, goesOn: at === -1 };
  }
}
