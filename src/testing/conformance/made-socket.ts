/** A socket that an adapter made of requests, held at its opening, and the service's end of it. */
import type { HeldRequest } from './held-request.node.ts';
import type { DialFacts, ServerListener, ServiceDial, ServiceLink } from './provider-server.ts';
import { waysOf } from './provider-server.ts';
import { RequestLink } from './request-link.ts';
import type { RequestScript } from './request-script.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../../ports/socket.ts';
import { modelInvalid } from '../model-error.ts';

export interface MadeSocketOptions {
  readonly script: RequestScript;
  readonly listener: ServerListener;
  readonly nextNumber: () => number;
  /** Does something for this socket. */
  readonly run: <T>(task: () => T) => T;
}

/** A dial that asks the service is held by its request; one that does not, by what it says when it is open. */
export class MadeSocket implements Socket, SocketHandlers, ServiceDial {
  readonly facts: DialFacts;
  isGone = false;
  readonly #request: DialRequest;
  readonly #handlers: SocketHandlers;
  readonly #options: MadeSocketOptions;
  #socket: Socket | null = null;
  /** The request that a dial asks. */
  #asked: HeldRequest | null = null;
  #link: RequestLink | null = null;

  constructor(request: DialRequest, handlers: SocketHandlers, options: MadeSocketOptions) {
    this.#request = request;
    this.#handlers = handlers;
    this.#options = options;
    this.facts = { url: request.url, headers: request.headers ?? {} };
  }

  dial(transport: Transport): void {
    this.#socket = this.#options.run(() => transport.dial(this.#request, this));
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  send(frame: Frame): void {
    this.#options.run(() => this.#socket?.send(frame));
  }

  ping(): boolean {
    return this.#options.run(() => this.#socket?.ping()) === true;
  }

  close(code: number, reason: string): void {
    this.#options.run(() => this.#socket?.close(code, reason));
  }

  terminate(): void {
    this.#end();
    this.#options.run(() => this.#socket?.terminate());
  }

  onOpen(): void {
    if (this.#link === null) this.#options.listener.onDial(this);
    else this.#handlers.onOpen();
  }

  onFrame(frame: Frame): void {
    this.#handlers.onFrame(frame);
  }

  onPong(): void {
    this.#handlers.onPong();
  }

  onDrain(): void {
    this.#handlers.onDrain();
  }

  onEnd(end: SocketEnd): void {
    this.#end();
    this.#handlers.onEnd(end);
  }

  /** A request that this socket made has come in. */
  take(request: HeldRequest): void {
    const { script, listener } = this.#options;
    if (this.#link !== null) this.#link.take(request);
    else if (script.isDial?.(request.facts) === true) {
      this.#asked = request;
      listener.onDial(this);
    } else {
      // Nobody accepted it yet: as a service without a session does.
      request.refuse({ status: 409, body: 'the dial was not accepted yet' });
    }
  }

  /** Nobody waits for the answer to this request any more. */
  forget(id: string): void {
    this.#link?.forget(id);
  }

  accept(): ServiceLink {
    const link = new RequestLink(this.#options);
    this.#link = link;
    if (this.#asked !== null) this.#asked.answer(this.#options.script.welcome ?? {});
    else {
      queueMicrotask(() => {
        if (!this.isGone) this.#handlers.onOpen();
      });
    }
    return link;
  }

  refuse(how: FailureKind | 'reset', way = 0): void {
    const asked = this.#asked;
    const refusal = how === 'reset' ? null : waysOf(this.#options.script.refusals, how)[way];
    if (asked === null || refusal === undefined) {
      throw modelInvalid(
        `The script refuses no dial as ${how}.`,
        'Add it to `refusals`, and say by `isDial` what a dial asks.',
      );
    }
    if (refusal === null) asked.cut();
    else asked.refuse(refusal);
  }

  #end(): void {
    this.isGone = true;
    this.#link?.close();
    this.#options.listener.onActivity();
  }
}
