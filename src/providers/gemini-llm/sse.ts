/**
 * Server-sent events, as far as a stream of data needs them (WHATWG HTML, section 9.2.6): the data of each event, in
 * order, however the bytes are cut. Comments and all fields but `data` are passed over.
 */

/** An event that is longer is no answer of a model's. */
const MAX_EVENT_CHARS = 8 * 1_024 * 1_024;

export class SseParser {
  readonly #decoder = new TextDecoder(); // takes a byte order mark away
  #line = '';
  #data: string[] = [];
  #chars = 0;
  /** The last piece ended with a CR: an LF that comes now belongs to it. */
  #endedWithCr = false;
  #overflowed = false;

  /** An event was too long, and has been dropped. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** @returns the data of the events that these bytes complete. */
  push(bytes: Uint8Array): readonly string[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What the last event holds, where the stream ended without the empty line after it. */
  finish(): readonly string[] {
    return this.#take(`${this.#decoder.decode()}\n\n`);
  }

  #take(piece: string): readonly string[] {
    if (piece === '') return [];
    const text = this.#endedWithCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#endedWithCr = piece.endsWith('\r');

    const events: string[] = [];
    let from = 0;
    for (const end of text.matchAll(/\r\n|\n|\r/g)) {
      this.#keep(text.slice(from, end.index));
      from = end.index + end[0].length;
      this.#endLine(events);
    }
    this.#keep(text.slice(from));
    return events;
  }

  #keep(text: string): void {
    this.#chars += text.length;
    if (this.#chars > MAX_EVENT_CHARS) {
      this.#overflowed = true;
      this.#forget();
    } else this.#line += text;
  }

  #endLine(events: string[]): void {
    const line = this.#line;
    this.#line = '';
    if (line !== '') {
      const value = dataIn(line);
      if (value !== null) this.#data.push(value);
      return;
    }
    if (this.#data.length > 0) events.push(this.#data.join('\n'));
    this.#forget();
  }

  #forget(): void {
    this.#line = '';
    this.#data = [];
    this.#chars = 0;
  }
}

function dataIn(line: string): string | null {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return null;
  return line.slice(line.startsWith('data: ') ? 6 : 5);
}
