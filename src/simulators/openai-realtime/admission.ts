/** Who may open a socket, and onto what: the service opens every one, and ends those at once that it does not admit. */
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Call, Calls } from './calls.ts';
import { readKey } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { complaint, ENDINGS, fatal } from './frames.ts';
import type { Ending, NewId } from './frames.ts';
import {
  newSession,
  newTranscriptionSession,
  transcribesOnly,
  updatedSession,
} from './session-state.ts';

/** What a socket is opened onto. */
export interface Admitted {
  readonly session: JsonObject;
  /** The call that it controls from the side, if it is one's. */
  readonly call: Call | null;
}

export interface Door {
  readonly credentials: Credentials;
  readonly calls: Calls;
  /** Beginnings of the names of models. */
  readonly models: readonly string[];
  readonly newId: NewId;
  readonly nowMs: number;
  /** When a session that begins now ends, in seconds since 1970. */
  readonly expiresAtS: number;
}

/** Of which a client names exactly one. */
const TARGETS = ['model', 'intent', 'call_id'];

/** Nobody recorded how the service ends these: codes and words are guesses. */
const AMBIGUOUS = fatal(
  4_000,
  complaint('invalid_value', "Pass exactly one of 'model', 'intent' and 'call_id'."),
);
const UNKNOWN_INTENT = fatal(
  4_000,
  complaint('invalid_value', "Invalid value. Supported values are: 'transcription'.", 'intent'),
);
const UNKNOWN_CALL = fatal(4_004, complaint('call_not_found', 'There is no such call.', 'call_id'));

export function admit(
  request: IncomingMessage,
  { searchParams }: URL,
  door: Door,
): Admitted | Ending {
  const key = readKey(request);
  if (key === null) return ENDINGS.missingKey;
  const begun = door.credentials.admits(key, door.nowMs);
  if (begun === null) return ENDINGS.invalidKey;
  if (request.headers['openai-beta']?.includes('realtime=v1') === true) return ENDINGS.betaShape;
  if (TARGETS.filter((name) => searchParams.has(name)).length > 1) return AMBIGUOUS;
  const callId = searchParams.get('call_id');
  if (callId === null) return beginning(searchParams, begun, door);
  const call = door.calls.find(callId);
  return call === undefined ? UNKNOWN_CALL : { session: call.session, call };
}

/** @param begun what an ephemeral key was made for, with which its sessions begin. */
function beginning(
  searchParams: URLSearchParams,
  begun: JsonObject,
  { models, newId, expiresAtS }: Door,
): Admitted | Ending {
  const intent = searchParams.get('intent');
  if (intent !== null && intent !== 'transcription') return UNKNOWN_INTENT;
  const { model: meant, ...changes } = begun;
  const model = searchParams.get('model') ?? meant;
  if (intent !== null || (transcribesOnly(begun) && model === undefined)) {
    const fresh = newTranscriptionSession(newId('sess'), expiresAtS);
    return { session: begunWith(fresh, changes), call: null };
  }
  if (typeof model !== 'string' || model === '') return ENDINGS.missingModel;
  if (!models.some((name) => model.startsWith(name))) return ENDINGS.invalidModel;
  const fresh = newSession(newId('sess'), model, expiresAtS);
  return { session: begunWith(fresh, changes), call: null };
}

function begunWith(fresh: JsonObject, changes: JsonObject): JsonObject {
  if (Object.keys(changes).length === 0) return fresh;
  const updated = updatedSession(fresh, changes, false);
  return 'session' in updated ? updated.session : fresh;
}
