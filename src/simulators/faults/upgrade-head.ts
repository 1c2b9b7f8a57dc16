/** The HTTP part of a WebSocket's life: reading a head as it comes in, and refusing an upgrade. */
import { STATUS_CODES } from 'node:http';

/** Heads over this are no upgrades that a proxy needs to understand. */
export const MOST_HEAD_BYTES = 16_384;

export type UpgradeRefusalStatus = 401 | 429 | 503;

export interface UpgradeRefusal {
  readonly status: UpgradeRefusalStatus;
  /** Whole seconds; sent as Retry-After. */
  readonly retryAfterS?: number;
}

const BODIES: Readonly<Record<UpgradeRefusalStatus, { err_code: string; err_msg: string }>> = {
  401: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.' },
  429: { err_code: 'TOO_MANY_REQUESTS', err_msg: 'Too many requests. Please try again later.' },
  503: { err_code: 'SERVICE_UNAVAILABLE', err_msg: 'The service is temporarily unavailable.' },
};

const HEAD_END = Buffer.from('\r\n\r\n');

/** Gathers chunks until an HTTP head is whole, or until it is plain that there is none. */
export class HeadReader {
  readonly #starts: readonly Buffer[];
  #bytes: Buffer = Buffer.alloc(0);
  #headBytes: number | null = null;

  /** @param starts what a head of this kind may begin with. */
  constructor(...starts: readonly ('GET ' | 'POST ' | 'HTTP/1.1 ')[]) {
    this.#starts = starts.map((start) => Buffer.from(start));
  }

  push(chunk: Buffer): void {
    const searchFrom = Math.max(0, this.#bytes.length - HEAD_END.length);
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#headBytes === null ? this.#bytes.indexOf(HEAD_END, searchFrom) : -1;
    if (end !== -1 && end <= MOST_HEAD_BYTES) this.#headBytes = end + HEAD_END.length;
  }

  /** Everything gathered so far. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The head without what follows it, once it is whole. */
  get head(): string | null {
    return this.#headBytes === null || !this.#startsRight
      ? null
      : this.#bytes.toString('latin1', 0, this.#headBytes);
  }

  /** What came after the head. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#headBytes ?? this.#bytes.length);
  }

  /** True when more bytes would change nothing: a whole head, or no head at all. */
  get isDecided(): boolean {
    return this.#headBytes !== null || this.#bytes.length > MOST_HEAD_BYTES || !this.#startsRight;
  }

  get #startsRight(): boolean {
    return this.#starts.some((start) => {
      const length = Math.min(start.length, this.#bytes.length);
      return this.#bytes.subarray(0, length).equals(start.subarray(0, length));
    });
  }
}

export function isUpgradeRequest(head: string): boolean {
  return /\r\nupgrade:[^\r\n]*websocket/i.test(head);
}

export function isUpgradeAnswer(head: string): boolean {
  return head.startsWith('HTTP/1.1 101');
}

/** A whole HTTP response, with a body as Deepgram's. */
export function refusalResponse({ status, retryAfterS }: UpgradeRefusal): string {
  const body = JSON.stringify(BODIES[status]);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
