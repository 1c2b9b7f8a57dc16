/** What the stand-in answers over plain HTTP: ephemeral keys, models, and calls over WebRTC. */
import type { IncomingMessage } from 'node:http';
import type { WallClock } from '../../ports/clock.ts';
import { numberAt, objectAt, objectIn, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { bodyOf } from '../server/simulator-server.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { parseForm } from '../whisper/multipart.ts';
import { declined } from './calls.ts';
import type { Calls } from './calls.ts';
import { readKey } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { ENDINGS } from './frames.ts';
import type { Complaint, NewId } from './frames.ts';
import { newSession, newTranscriptionSession, updatedSession } from './session-state.ts';

export interface EndpointsOptions {
  readonly credentials: Credentials;
  readonly calls: Calls;
  readonly models: readonly string[];
  readonly wallClock: WallClock;
  readonly newId: NewId;
  /** When a session that begins now ends, in seconds since 1970. */
  readonly expiresAtS: () => number;
  /** A call was hung up. */
  readonly onHangUp: (callId: string) => void;
}

const MAX_BODY_BYTES = 100_000;
/** Of ephemeral keys, in seconds. */
const TTL = { usual: 600, min: 10, max: 7_200 } as const;
const HANG_UP = /^\/v1\/realtime\/calls\/([^/]+)\/hangup$/;

export class Endpoints {
  readonly #options: EndpointsOptions;

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, { pathname }: URL): Promise<HttpAnswer> {
    const { credentials, models, wallClock } = this.#options;
    const key = readKey(request);
    const asked = `${request.method ?? ''} ${pathname}`;
    // Browsers open calls with ephemeral keys; everything else is for holders of real ones.
    const begun = key === null ? null : credentials.admits(key, wallClock());
    const isAllowed = asked === 'POST /v1/realtime/calls' ? begun !== null : credentials.isKey(key);
    if (!isAllowed) {
      const { error } = key === null ? ENDINGS.missingKey : ENDINGS.invalidKey;
      return { status: 401, body: JSON.stringify({ error }) };
    }
    const [, hungUp] = HANG_UP.exec(pathname) ?? [];
    if (asked === 'GET /v1/models') {
      const data = models.map((id) => ({ id, object: 'model' }));
      return { status: 200, body: JSON.stringify({ object: 'list', data }) };
    }
    if (request.method === 'POST' && hungUp !== undefined) return this.#hangUp(hungUp);
    if (asked === 'POST /v1/realtime/calls') return this.#openCall(request, begun ?? {});
    if (asked !== 'POST /v1/realtime/client_secrets') return notFound(pathname);
    return this.#mint(objectIn((await bodyOf(request, MAX_BODY_BYTES)).toString()) ?? {});
  }

  #mint(body: JsonObject): HttpAnswer {
    const { credentials, wallClock } = this.#options;
    const seconds = numberAt(objectAt(body, 'expires_after'), 'seconds') ?? TTL.usual;
    if (seconds < TTL.min || seconds > TTL.max) {
      const message = `Invalid 'expires_after.seconds': expected ${TTL.min} to ${TTL.max}.`;
      return badRequest(message, 'invalid_value');
    }
    const session = objectAt(body, 'session') ?? { type: 'realtime' };
    const made = this.#sessionOf(session);
    if ('complaint' in made) return badRequest(made.complaint.message, made.complaint.code);
    const expiresAtMs = wallClock() + seconds * 1_000;
    const { model } = made.session;
    const begins = model === undefined ? session : { ...session, model };
    const value = credentials.mint(begins, expiresAtMs);
    const secret = { value, expires_at: Math.floor(expiresAtMs / 1_000), session: made.session };
    return { status: 200, body: JSON.stringify(secret) };
  }

  /** @param begun what the key was made for. */
  async #openCall(request: IncomingMessage, begun: JsonObject): Promise<HttpAnswer> {
    const type = request.headers['content-type'];
    const body = await bodyOf(request, MAX_BODY_BYTES);
    const form = parseForm(type, body);
    const [sdp = ''] = form === null ? [body.toString()] : (form.fields.get('sdp') ?? []);
    const answer = declined(sdp);
    if (answer === null) return badRequest('The SDP offer could not be read.', 'invalid_offer');
    const asked = objectIn(form?.fields.get('session')?.[0] ?? '{}') ?? {};
    const made = this.#sessionOf({ type: 'realtime', ...begun, ...asked });
    if ('complaint' in made) return badRequest(made.complaint.message, made.complaint.code);
    const { id } = this.#options.calls.open(made.session);
    const headers = { 'content-type': 'application/sdp', location: `/v1/realtime/calls/${id}` };
    return { status: 201, headers, body: answer };
  }

  #hangUp(callId: string): HttpAnswer {
    const { calls, onHangUp } = this.#options;
    if (!calls.end(callId)) return { ...badRequest('There is no such call.', null), status: 404 };
    onHangUp(callId);
    return { status: 200, body: '' };
  }

  #sessionOf(asked: JsonObject): { session: JsonObject } | { complaint: Complaint } {
    const { models, newId, expiresAtS } = this.#options;
    const { model = models[0], ...others } = asked;
    const isTranscription = stringAt(asked, 'type') === 'transcription';
    const fresh = isTranscription
      ? newTranscriptionSession(newId('sess'), expiresAtS())
      : newSession(newId('sess'), String(model), expiresAtS());
    const updated = updatedSession(fresh, isTranscription ? asked : others, false);
    return 'ending' in updated ? { complaint: ENDINGS.betaShape.error } : updated;
  }
}

export function notFound(path: string): HttpAnswer {
  return { ...badRequest(`Invalid URL (${path})`, null), status: 404 };
}

function badRequest(message: string, code: string | null): HttpAnswer {
  const error = { message, type: 'invalid_request_error', param: null, code };
  return { status: 400, body: JSON.stringify({ error }) };
}
