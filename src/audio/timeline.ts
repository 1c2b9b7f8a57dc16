/**
 * From one connection's clock to the session's.
 *
 * A provider counts what it was sent, from 0 on every socket. What it was sent need not be contiguous: a gap is left
 * out, and silence that nobody captured may be put in. Units are the caller's (tenuto uses bytes).
 */
interface Piece {
  readonly sentFrom: number;
  /** Position in the session, or null where what was sent stands for nothing. */
  readonly position: number | null;
}

export class Timeline {
  #pieces: Piece[] = [];
  #sent = 0;
  #nextPosition: number | null = null;
  readonly #startPosition: number;

  /** @param startPosition where the session stands before anything captured is sent on this connection. */
  constructor(startPosition = 0) {
    this.#startPosition = startPosition;
  }

  /** Everything sent on this connection. */
  get sent(): number {
    return this.#sent;
  }

  /** Notes that `length` from `position` was sent. */
  append(position: number, length: number): void {
    if (position !== this.#nextPosition) {
      this.#pieces.push({ sentFrom: this.#sent, position });
    }
    this.#sent += length;
    this.#nextPosition = position + length;
  }

  /** Notes that `length` was sent that stands for nothing captured. */
  insert(length: number): void {
    const isMore = this.#pieces.length > 0 && this.#pieces.at(-1)?.position === null;
    if (!isMore) this.#pieces.push({ sentFrom: this.#sent, position: null });
    this.#sent += length;
    this.#nextPosition = null;
  }

  /** The session position of a point on this connection; inside inserted silence, of what follows or came before. */
  positionOf(sentAt: number): number {
    const at = Math.min(Math.max(0, sentAt), this.#sent);
    let index = this.#pieces.length - 1;
    while (index > 0 && (this.#pieces[index]?.sentFrom ?? 0) > at) index -= 1;
    const piece = this.#pieces[index];
    if (piece === undefined) return this.#startPosition;
    if (piece.position !== null) return piece.position + at - piece.sentFrom;

    const following = this.#pieces[index + 1];
    if (following?.position != null) return following.position;
    return this.#endOfPiece(index - 1);
  }

  #endOfPiece(index: number): number {
    const piece = this.#pieces[index];
    const end = this.#pieces[index + 1]?.sentFrom ?? this.#sent;
    return piece?.position == null ? this.#startPosition : piece.position + end - piece.sentFrom;
  }
}
