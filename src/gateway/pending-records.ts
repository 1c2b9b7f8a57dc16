/**
 * What waits for the log: frames in order, in as many records as it takes, each with where the session stands after its last
 * frame. A store takes only so much at once (JetStream: 1 MiB where nobody has said otherwise).
 */
import type { Snapshot } from './fencing.ts';
import { MAX_RECORD_BYTES, PackedFrames } from './records.ts';
import type { LoggedFrame } from './records.ts';

/** Header, card and checksum; a subject has 256 characters at most. */
const AROUND_FRAMES_BYTES = 16_384;
const MAX_FRAMES_BYTES = MAX_RECORD_BYTES - AROUND_FRAMES_BYTES;
/** A record that has so much is closed where it does no harm; what follows may be twice as long before it has to be. */
const CUT_BYTES = MAX_RECORD_BYTES / 2;
const LENGTH_BYTES = 4;

export interface PendingRecord extends Snapshot {
  readonly frames: PackedFrames;
  /** Of the client's frames in it. */
  readonly upBytes: number;
  /** It holds what came before that many changes. */
  readonly changes: number;
}

export class PendingRecords {
  readonly #end: { snapshot(): Snapshot };
  #open = new PackedFrames();
  #upBytes = 0;
  #full: PendingRecord[] = [];
  #isDirty = false;
  #changes = 0;

  /** @param end says how things stand: read when a record is closed, so that it fits the frames in it. */
  constructor(end: { snapshot(): Snapshot }) {
    this.#end = end;
  }

  /** Frames, and changes of how things stand, so far. */
  get changes(): number {
    return this.#changes;
  }

  get isEmpty(): boolean {
    return !this.#isDirty && this.#full.length === 0;
  }

  /** There are frames, and not only a change of how things stand. */
  get hasFrames(): boolean {
    return this.#open.lengthBytes > 0 || this.#full.some(({ frames }) => frames.lengthBytes > 0);
  }

  /** Copied. */
  add(frame: LoggedFrame): void {
    this.#open.add(frame);
    if (!frame.isDown) this.#upBytes += frame.bytes.length;
    this.touch();
  }

  /** How things stand has changed, though there is no frame for it. */
  touch(): void {
    this.#isDirty = true;
    this.#changes += 1;
  }

  /** Nothing is under way that has to stand in one record. To be called before anything changes. */
  cut(): void {
    if (this.#open.lengthBytes >= CUT_BYTES) this.#close();
  }

  /** A frame of so many bytes is to follow, and a change with it. To be called before either. */
  makeRoom(bytes: number): void {
    if (this.#open.lengthBytes + LENGTH_BYTES + bytes > MAX_FRAMES_BYTES) this.#close();
  }

  /** The oldest; to be cleared by who takes it. Null where there is none. */
  take(): PendingRecord | null {
    if (this.#full.length === 0 && this.#isDirty) this.#close();
    return this.#full.shift() ?? null;
  }

  clear(): void {
    for (const { frames } of this.#full) frames.clear();
    this.#full = [];
    this.#open.clear();
  }

  #close(): void {
    const { standing, card } = this.#end.snapshot();
    this.#full.push({
      standing,
      card,
      frames: this.#open,
      upBytes: this.#upBytes,
      changes: this.#changes,
    });
    this.#upBytes = 0;
    this.#open = new PackedFrames();
    this.#isDirty = false;
  }
}
