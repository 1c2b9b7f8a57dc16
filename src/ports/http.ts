/** One HTTP exchange, its answer in pieces as they come. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long it may take until the answer's head; the body has the same again between two pieces. */
  readonly timeoutMs: number;
}

/** How an exchange ended. Raw facts; a provider makes a `Failure` of them. */
export interface HttpEnd {
  /** `complete`: the whole answer is there, whatever its status. `failed`: no answer, or not all of it. */
  readonly kind: 'complete' | 'failed';
  /** The platform's error code, such as ECONNREFUSED, or `TIMEOUT`. */
  readonly errorCode?: string;
  readonly reason: string;
}

export interface HttpHandlers {
  /** Header names in lower case. */
  onHead(status: number, headers: Readonly<Record<string, string>>): void;
  /** The bytes are the receiver's to keep. */
  onData(bytes: Uint8Array): void;
  /** Exactly once; nothing is called after it. Not called after `cancel`. */
  onEnd(end: HttpEnd): void;
}

export interface HttpExchange {
  /** Lets go at once; nothing is called any more. */
  cancel(): void;
}

export interface Http {
  send(request: HttpRequest, handlers: HttpHandlers): HttpExchange;
}
