/** What is served over HTTP to those who are let in: content, ephemeral tokens and the list of models. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mind } from '../persona/mind.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { answerContent } from './llm.ts';
import { NOT_FOUND } from './wire.ts';

export interface RequestWorld {
  readonly mind: Mind;
  readonly grantToken: () => string;
  /** After how many pieces an answer that is streamed ends. */
  readonly breaksOff: () => number;
}

const CONTENT_PATH =
  /^\/(?:v1|v1beta|v1alpha)\/(?:models|tunedModels)\/[^/:]+:(stream)?[gG]enerateContent$/;
const MODELS_PATH = /^\/(?:v1|v1beta|v1alpha)\/models$/;
const TOKENS_PATH = '/v1alpha/auth_tokens';

const MODELS = JSON.stringify({
  models: ['gemini-2.5-flash-native-audio-preview-09-2025', 'gemini-2.5-flash'].map((name) => ({
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ['generateContent', 'bidiGenerateContent'],
  })),
});

/** What is to be answered; null where it has been. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
  { mind, grantToken, breaksOff }: RequestWorld,
): Promise<HttpAnswer | null> {
  const { method } = request;
  const [isContent, streams] = CONTENT_PATH.exec(pathname) ?? [];
  if (method === 'POST' && isContent !== undefined) {
    await answerContent(request, response, { mind, breaksOff, streams: streams !== undefined });
    return null;
  }
  if (method === 'POST' && pathname === TOKENS_PATH) {
    return { status: 200, body: JSON.stringify({ name: grantToken() }) };
  }
  return method === 'GET' && MODELS_PATH.test(pathname) ? { status: 200, body: MODELS } : NOT_FOUND;
}
