/** `POST /v1/speak`: one text, answered with its audio in pieces. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import { objectIn } from '../../providers/wire/json.ts';
import { bodyOf } from '../server/simulator-server.ts';
import { DOCUMENTED_REFUSALS } from './faults.ts';
import type { Refusal } from './refusal.ts';
import { badRequest } from './refusal.ts';
import type { SpeakQuery } from './speak-query.ts';
import { MODEL_UUID, wavHeader } from './speak-wire.ts';
import { Speaker } from './speaker.ts';

/** Deepgram, API reference "Text to Speech": beyond either it answers 413. */
const MAX_CHARS = 2_400;
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

export interface SpeakAnswer {
  readonly requestId: string;
  readonly query: SpeakQuery;
  readonly paceRatio: number;
  readonly clock: Clock;
}

/** The text that is asked for, or why it is not spoken. */
export async function readSpeakText(request: IncomingMessage): Promise<string | Refusal> {
  const body = await bodyOf(request, MAX_BODY_BYTES).catch((error: unknown) => {
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (body === null) {
    return {
      status: 413,
      errorCode: 'PAYLOAD_TOO_LARGE',
      message: 'The body is larger than 2 MB.',
    };
  }
  const { text, ...others } = objectIn(body.toString()) ?? {};
  const [other] = Object.keys(others);
  if (other !== undefined) return badRequest(`Bad Request: unknown field '${other}'.`);
  if (typeof text !== 'string' || text === '') return badRequest("Bad Request: missing 'text'.");
  return text.length > MAX_CHARS ? DOCUMENTED_REFUSALS[413] : text;
}

/** Resolves when the answer is written, or nobody reads it any more. */
export function answerSpeech(
  response: ServerResponse,
  text: string,
  { requestId, query, paceRatio, clock }: SpeakAnswer,
): Promise<void> {
  const { sampleRateHz, isWav, model } = query;
  response.writeHead(200, {
    'content-type': isWav ? 'audio/wav' : `audio/l16;rate=${sampleRateHz};channels=1`,
    'dg-request-id': requestId,
    'dg-model-name': model,
    'dg-model-uuid': MODEL_UUID,
    'dg-char-count': String(text.length),
  });
  if (isWav) response.write(wavHeader(sampleRateHz));
  return new Promise((resolve) => {
    const onAudio = (bytes: Uint8Array): void => void response.write(bytes);
    const speaker = new Speaker({ sampleRateHz, paceRatio, clock, onAudio });
    response.once('close', () => {
      speaker.hush();
      resolve();
    });
    speaker.say(text, () => response.end());
  });
}
