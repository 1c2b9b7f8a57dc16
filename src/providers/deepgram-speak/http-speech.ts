/**
 * A socket made of posts: each `Speak` is one, and they go out one after the other. What comes in is the answer's audio,
 * and a `Flushed` where it is complete. A post that fails ends the socket.
 *
 * Between two posts there is no link that could be dead: a ping is answered at once. While a post is under way it is
 * answered when the service says anything, and the post has a deadline of its own, which ends the socket.
 */
import type { Http, HttpEnd, HttpExchange } from '../../ports/http.ts';
import type { DialRequest, Frame, Socket, SocketEnd, SocketHandlers } from '../../ports/socket.ts';
import { objectIn, stringAt } from '../wire/json.ts';

const NORMAL_CLOSURE = 1_000;
const NO_CLOSE_FRAME = 1_006;
const MAX_REFUSAL_BYTES = 4_096;

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Post {
  readonly id: string;
  readonly text: string;
}

export class HttpSpeech implements Socket {
  readonly #http: Http | undefined;
  readonly #request: DialRequest;
  readonly #handlers: SocketHandlers;
  #waiting: Post[] = [];
  #exchange: HttpExchange | null = null;
  #owesPong = false;
  #phase: 'opening' | 'open' | 'closing' | 'over' = 'opening';

  /** @param http undefined where the transport has none: the dial is then refused. */
  constructor(http: Http | undefined, request: DialRequest, handlers: SocketHandlers) {
    this.#http = http;
    this.#request = request;
    this.#handlers = handlers;
    void Promise.resolve().then(() => this.#open()); // as a dial does, it ends later
  }

  /** Texts are small, and the session counts what waits by itself. */
  get bufferedBytes(): number {
    return 0;
  }

  send(frame: Frame): void {
    if (this.#phase !== 'open') return;
    const message = objectIn(frame);
    switch (message?.['type']) {
      case 'Speak':
        this.#waiting.push({
          id: stringAt(message, 'id') ?? '',
          text: stringAt(message, 'text') ?? '',
        });
        this.#next();
        return;
      case 'Clear':
        this.#drop();
        this.#later(() => this.#tell({ type: 'Cleared' }));
        return;
      case 'Close':
        this.#phase = 'closing';
        this.#next();
    }
  }

  ping(): boolean {
    this.#owesPong = true;
    if (this.#exchange === null) this.#later(() => this.#pong());
    return true;
  }

  close(code: number, reason: string): void {
    this.#drop();
    this.#later(() => this.#end({ kind: 'closed', code, reason }));
  }

  terminate(): void {
    this.#phase = 'over';
    this.#drop();
  }

  #open(): void {
    if (this.#phase !== 'opening') return;
    if (this.#http === undefined) {
      const reason = 'speech over HTTP needs a transport that has it, as browserWebSocketTransport';
      const errorCode = 'HTTP_UNSUPPORTED';
      this.#end({ kind: 'refused', code: NO_CLOSE_FRAME, reason, errorCode });
      return;
    }
    this.#phase = 'open';
    this.#handlers.onOpen();
  }

  #next(): void {
    if (this.#exchange !== null || this.#isOver()) return;
    const post = this.#waiting.shift();
    if (post !== undefined) this.#post(post);
    else if (this.#phase === 'closing') {
      this.#later(() => this.#end({ kind: 'closed', code: NORMAL_CLOSURE, reason: '' }));
    }
  }

  #post(post: Post): void {
    let head: Head | null = null;
    let refusal = '';
    const state = { isOver: false };
    const decoder = new TextDecoder();
    const exchange = this.#http?.send(
      {
        method: 'POST',
        url: this.#request.url,
        headers: { ...this.#request.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ text: post.text }), // exactly this: other fields are refused
        timeoutMs: this.#request.timeoutMs,
      },
      {
        onHead: (status, headers) => {
          head = { status, headers };
          this.#pong();
        },
        onData: (bytes) => {
          if (isTaken(head)) this.#handlers.onFrame(bytes);
          else if (refusal.length < MAX_REFUSAL_BYTES) refusal += decoder.decode(bytes);
        },
        onEnd: (end) => {
          state.isOver = true;
          this.#exchange = null;
          this.#answered(post, head, end, refusal.slice(0, MAX_REFUSAL_BYTES));
        },
      },
    );
    if (!state.isOver) this.#exchange = exchange ?? null;
  }

  #answered(post: Post, head: Head | null, end: HttpEnd, body: string): void {
    if (this.#isOver()) return;
    const { reason, errorCode } = end;
    const facts = {
      kind: 'closed',
      code: NO_CLOSE_FRAME,
      reason,
      ...(errorCode === undefined ? {} : { errorCode }),
    } as const;
    if (head !== null && !isTaken(head)) this.#end({ ...facts, ...head, body });
    else if (end.kind === 'failed') this.#end(facts);
    else {
      this.#tell({ type: 'Flushed', id: post.id });
      this.#pong();
      this.#next();
    }
  }

  #pong(): void {
    if (!this.#owesPong || this.#phase === 'opening' || this.#isOver()) return;
    this.#owesPong = false;
    this.#handlers.onPong();
  }

  #drop(): void {
    this.#waiting = [];
    this.#exchange?.cancel();
    this.#exchange = null;
    if (this.#owesPong) this.#later(() => this.#pong());
  }

  #tell(message: object): void {
    if (!this.#isOver()) this.#handlers.onFrame(JSON.stringify(message));
  }

  #end(end: SocketEnd): void {
    if (this.#isOver()) return;
    this.#phase = 'over';
    this.#drop();
    this.#handlers.onEnd(end);
  }

  #later(then: () => void): void {
    void Promise.resolve().then(then);
  }

  /** A function, since a handler may end it. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }
}

function isTaken(head: Head | null): boolean {
  return head !== null && head.status >= 200 && head.status < 300;
}
