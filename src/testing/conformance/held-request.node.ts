/** One request that waits for its answer. */
import type { ServerResponse } from 'node:http';

import type { Refusal } from './provider-server.ts';
import type { ServiceAnswer, ServiceRequest } from './request-script.ts';

export class HeldRequest {
  readonly id: string;
  readonly facts: ServiceRequest;
  readonly #response: ServerResponse;
  isAnswered = false;

  constructor(id: string, facts: ServiceRequest, response: ServerResponse) {
    this.id = id;
    this.facts = facts;
    this.#response = response;
    response.on('error', () => undefined); // whoever asked went away
  }

  answer({ status = 200, headers = {}, body = '' }: ServiceAnswer): void {
    this.#begin(status, headers, Buffer.from(body).length);
    this.#response.end(body);
  }

  refuse({ status, headers = {}, body = '' }: Refusal): void {
    this.answer({ status, headers, body: typeof body === 'string' ? body : body(this.facts) });
  }

  /** A TCP reset: in the middle of this answer, or before any. */
  cut(answer?: ServiceAnswer): void {
    const { socket } = this.#response;
    const body = Buffer.from(answer?.body ?? '');
    if (answer === undefined || body.length < 2) {
      this.isAnswered = true;
      socket?.resetAndDestroy();
      return;
    }
    this.#begin(answer.status ?? 200, answer.headers ?? {}, body.length);
    // What is written has to be on its way: a reset overtakes what is still queued.
    this.#response.write(body.subarray(0, body.length >> 1), () => socket?.resetAndDestroy());
  }

  #begin(status: number, headers: Readonly<Record<string, string>>, bytes: number): void {
    this.isAnswered = true;
    const length = { 'content-length': String(bytes), connection: 'close' };
    this.#response.writeHead(status, { ...headers, ...length });
  }
}
