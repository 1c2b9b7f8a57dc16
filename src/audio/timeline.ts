/**
 * From one connection's clock to the session's.
 *
 * A provider counts what it was sent, from 0 on every socket. What it was sent need not be contiguous: a gap is left
 * out, and silence that nobody captured may be put in. Units are the caller's (tenuto uses bytes).
 */
interface Stretch {
  /** Where on the connection it begins. Silence may lie between its end and the next one's beginning. */
  readonly sentFrom: number;
  /** Where in the session it begins. */
  readonly position: number;
  readonly previous: Stretch | undefined;
  length: number;
}

export class Timeline {
  #last: Stretch | undefined;
  #stretches = 0;
  #sent = 0;
  readonly #startPosition: number;

  /** @param startPosition where the session stands before anything captured is sent on this connection. */
  constructor(startPosition = 0) {
    this.#startPosition = startPosition;
  }

  /** Everything sent on this connection. */
  get sent(): number {
    return this.#sent;
  }

  /** How many stretches of captured audio were sent, each without a break: what is remembered of them. */
  get stretches(): number {
    return this.#stretches;
  }

  /** Notes that `length` from `position` was sent. */
  append(position: number, length: number): void {
    const last = this.#last;
    const isMore =
      last !== undefined &&
      last.position + last.length === position &&
      last.sentFrom + last.length === this.#sent;
    if (isMore) {
      last.length += length;
    } else {
      this.#last = { sentFrom: this.#sent, position, previous: last, length };
      this.#stretches += 1;
    }
    this.#sent += length;
  }

  /** Notes that `length` was sent that stands for nothing captured. */
  insert(length: number): void {
    this.#sent += length;
  }

  /** The session position of a point on this connection; inside inserted silence, of what follows or came before. */
  positionOf(sentAt: number): number {
    const at = Math.min(Math.max(0, sentAt), this.#sent);
    let following: Stretch | undefined;
    let stretch = this.#last;
    while (stretch !== undefined && stretch.sentFrom > at) {
      following = stretch;
      stretch = stretch.previous;
    }
    if (stretch === undefined) return following?.position ?? this.#startPosition;
    const isInside = at - stretch.sentFrom < stretch.length;
    if (isInside) return stretch.position + at - stretch.sentFrom;
    return following?.position ?? stretch.position + stretch.length;
  }
}
