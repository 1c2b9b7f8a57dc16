/** One request and its whole answer. */
import type { Http, HttpRequest } from '../../ports/http.ts';
import type { SocketEnd } from '../../ports/socket.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What ends a socket, without saying whether it was open. */
export type EndFacts = Omit<SocketEnd, 'kind' | 'code'>;

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly facts: EndFacts };

/** The text of 25 s of speech with every word timed is a few kilobytes. */
const MAX_ANSWER_BYTES = 1_048_576;
const MAX_REFUSAL_CHARS = 4_096;

/** @returns what cancels it; after that `done` is not called. */
export function ask(
  http: Http,
  request: HttpRequest,
  done: (outcome: Outcome) => void,
): () => void {
  const decoder = new TextDecoder();
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  let body = '';
  let bytes = 0;
  let isOver = false;
  const finish = (outcome: Outcome): void => {
    if (isOver) return;
    isOver = true;
    done(outcome);
  };
  const exchange = http.send(request, {
    onHead: (answered, told) => {
      status = answered;
      headers = told;
    },
    onData: (piece) => {
      bytes += piece.length;
      if (bytes <= MAX_ANSWER_BYTES) {
        body += decoder.decode(piece, { stream: true });
        return;
      }
      const reason = 'the answer is too long';
      finish({ kind: 'failed', facts: { reason, errorCode: 'ANSWER_TOO_LONG' } });
      exchange.cancel();
    },
    onEnd: ({ kind, reason, errorCode }) => {
      const facts = errorCode === undefined ? { reason } : { reason, errorCode };
      if (kind === 'failed') finish({ kind: 'failed', facts });
      else finish({ kind: 'answered', answer: { status, headers, body: body + decoder.decode() } });
    },
  });
  return () => {
    isOver = true;
    exchange.cancel();
  };
}

/** A refusal as a socket's end. */
export function endFactsOf({ status, headers, body }: Answer): EndFacts {
  return { reason: '', status, headers, body: body.slice(0, MAX_REFUSAL_CHARS) };
}
