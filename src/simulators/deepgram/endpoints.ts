/** What is served over HTTP: temporary tokens, the list of projects, and speech without a socket. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../../ports/clock.ts';
import { newUuid } from '../control/names.ts';
import { answer } from '../server/simulator-server.ts';
import { readCredential } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { readGrantTtl } from './grant.ts';
import type { DeepgramSimulatorOptions } from './options.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusal.ts';
import { answerSpeech, readSpeakText } from './speak-http.ts';
import { parseSpeakQuery } from './speak-query.ts';
import type { Tally } from './tally.ts';

export interface EndpointsOptions {
  readonly options: Pick<DeepgramSimulatorOptions, 'clock' | 'secrets' | 'speak'>;
  readonly credentials: Credentials;
  readonly tally: Tally;
  /** Whether this is a path of sockets. */
  readonly isSocket: (url: URL) => boolean;
  /** What the next one that is let in is refused with, if anything. */
  readonly takeRefusal: () => Refusal | undefined;
}

export class Endpoints {
  readonly #options: EndpointsOptions['options'];
  readonly #credentials: Credentials;
  readonly #tally: Tally;
  readonly #isSocket: (url: URL) => boolean;
  readonly #takeRefusal: () => Refusal | undefined;

  constructor({ options, credentials, tally, isSocket, takeRefusal }: EndpointsOptions) {
    this.#options = options;
    this.#credentials = credentials;
    this.#tally = tally;
    this.#isSocket = isSocket;
    this.#takeRefusal = takeRefusal;
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const asked = `${request.method ?? ''} ${url.pathname}`;
    if (asked === 'POST /v1/auth/grant') await this.#onGrant(request, response);
    else if (asked === 'GET /v1/projects') this.#onProjects(request, response);
    else if (asked === 'POST /v1/speak') await this.#onSpeak(request, response, url.searchParams);
    else {
      const isSocket = request.method === 'GET' && this.#isSocket(url);
      this.#refuse(response, isSocket ? refusals.UPGRADE_REQUIRED : refusals.NOT_FOUND);
    }
  }

  #onProjects({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.#credentials.isKey(readCredential(headers.authorization, undefined))) {
      const project = { project_id: 'local', name: 'local' };
      answer(response, { status: 200, body: JSON.stringify({ projects: [project] }) });
    } else this.#refuse(response, refusals.INVALID_AUTH);
  }

  async #onGrant(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#credentials.isKey(readCredential(request.headers.authorization, undefined))) {
      this.#refuse(response, refusals.INVALID_AUTH);
      return;
    }
    const ttlSeconds = await readGrantTtl(request);
    if (ttlSeconds === null) {
      this.#refuse(response, refusals.badRequest('Bad Request: ttl_seconds takes 1 to 3600.'));
      return;
    }
    const granted = { access_token: this.#credentials.grant(ttlSeconds), expires_in: ttlSeconds };
    const headers = { 'dg-request-id': newUuid(this.#options.secrets) };
    answer(response, { status: 200, headers, body: JSON.stringify(granted) });
  }

  async #onSpeak(
    request: IncomingMessage,
    response: ServerResponse,
    parameters: URLSearchParams,
  ): Promise<void> {
    const refuse = (refusal: Refusal): void => {
      this.#refuse(response, refusal);
    };
    if (!this.#credentials.accepts(readCredential(request.headers.authorization, undefined))) {
      refuse(refusals.INVALID_AUTH);
      return;
    }
    const asked = this.#takeRefusal();
    const parsed = parseSpeakQuery(parameters, { isHttp: true });
    const text = await readSpeakText(request).catch(() => null); // null: the client went away
    if (text === null) return;
    if (asked !== undefined) refuse(asked);
    else if (!parsed.ok) refuse(refusals.badRequest(parsed.problem));
    else if (typeof text !== 'string') refuse(text);
    else {
      const { clock = systemClock, speak: { paceRatio = Infinity } = {} } = this.#options;
      const { query } = parsed;
      this.#tally.spoken(text.length);
      await answerSpeech(response, text, {
        requestId: newUuid(this.#options.secrets),
        query,
        paceRatio,
        clock,
      });
    }
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.#tally.refused(refusal.status);
    answer(response, refusals.answerOf(refusal, newUuid(this.#options.secrets)));
  }
}
