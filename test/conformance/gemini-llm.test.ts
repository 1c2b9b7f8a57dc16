/** Gemini as a language model keeps the contract of one; a model with a bug does not. */
import { describe, expect, it } from 'vitest';

import { firstFailure } from './broken.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import type { LanguageModel, ReplyHandlers } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { languageModelConformance } from '../../src/testing/conformance/language-model-conformance.ts';
import type { LanguageModelScript } from '../../src/testing/conformance/language-model-conformance.ts';

const event = (chunk: object): string => `data: ${JSON.stringify(chunk)}\r\n\r\n`;

function candidate(parts: readonly object[], finishReason?: string): string {
  const content = { role: 'model', parts };
  return event({
    candidates: [{ content, ...(finishReason === undefined ? {} : { finishReason }) }],
  });
}

function said(code: number, status: string, message: string, details: readonly object[] = []) {
  return JSON.stringify({ error: { code, status, message, details } });
}

const geminiModel: LanguageModelScript = {
  credential: { in: 'header', value: 'AIza-secret-of-ours' },
  refusals: {
    auth: [
      {
        status: 400,
        body: ({ headers }) =>
          said(400, 'INVALID_ARGUMENT', `API key not valid: ${String(headers['x-goog-api-key'])}`),
      },
      { status: 403, body: said(403, 'PERMISSION_DENIED', 'Not allowed.') },
    ],
    config: { status: 404, body: said(404, 'NOT_FOUND', 'No such model.') },
    rateLimited: {
      status: 429,
      body: said(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '28s' },
      ]),
      retryAfterMs: 28_000,
    },
    transient: [{ status: 503, body: said(503, 'UNAVAILABLE', 'Try later.') }, { status: 500 }],
  },
  reply: (pieces) =>
    pieces
      .map((text, at) => candidate([{ text }], pieces[at + 1] === undefined ? 'STOP' : undefined))
      .join(''),
  toolCall: (name, args) => candidate([{ functionCall: { id: 'call_1', name, args } }], 'STOP'),
};

function casesOf(spoil: (handlers: ReplyHandlers) => Partial<ReplyHandlers> = () => ({})) {
  return languageModelConformance((http) => {
    const sound = geminiLlm({ http, apiKey: 'AIza-secret-of-ours' });
    return {
      name: sound.name,
      reply: (request, handlers) => sound.reply(request, told(handlers, spoil(handlers))),
    } satisfies LanguageModel;
  }, geminiModel);
}

function told(handlers: ReplyHandlers, spoilt: Partial<ReplyHandlers>): ReplyHandlers {
  return {
    onText: (delta) => handlers.onText(delta),
    onToolCall: (call) => handlers.onToolCall(call),
    onEnd: (result) => handlers.onEnd(result),
    onFailed: (failure) => handlers.onFailed(failure),
    ...spoilt,
  };
}

describe('geminiLlm', () => {
  const { cases, unsupported } = casesOf();

  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) => run());

  it('is tried by every refusal that the service knows', () => {
    expect(unsupported).toEqual([
      'it refuses no request as quota',
      'it refuses no request as perRequest',
    ]);
  });
});

describe('the conformance of language models', () => {
  it.each<readonly [string, (handlers: ReplyHandlers) => Partial<ReplyHandlers>, RegExp]>([
    [
      'ends twice',
      ({ onEnd }) => ({ onEnd: (result) => [onEnd, onEnd].forEach((end) => end(result)) }),
      /it told something after its end/,
    ],
    ['leaves a piece out', () => ({ onText: () => undefined }), /of the answer ".*" it told ""/],
    [
      'tells a call twice',
      ({ onToolCall }) => ({
        onToolCall: (call) => [onToolCall, onToolCall].forEach((tell) => tell(call)),
      }),
      /of one call of forecast, 2 were told/,
    ],
    [
      'calls every failure a passing one',
      ({ onFailed }) => ({ onFailed: (failure) => onFailed({ ...failure, kind: 'transient' }) }),
      /a 429 was called transient instead of rateLimited/,
    ],
    [
      'forgets when to come back',
      ({ onFailed }) => ({
        onFailed: ({ kind, code, detail }) => onFailed({ kind, code, detail }),
      }),
      /asked to come back in 28000 ms, and the failure says nothing/,
    ],
    [
      'repeats its credential',
      ({ onFailed }) => ({
        onFailed: (failure) => onFailed({ ...failure, detail: 'AIza-secret-of-ours is wrong' }),
      }),
      /a credential was told in a failure/,
    ],
    [
      'takes half an answer for all of it',
      ({ onEnd }) => ({
        onFailed: () => onEnd({ status: 'completed', finishReason: 'STOP', usage: null }),
      }),
      /was not told by `onFailed`/,
    ],
  ])('finds one that %s', async (_bug, spoil, finding) => {
    expect(await firstFailure(casesOf(spoil).cases)).toMatch(finding);
  });

  it('finds one that goes on after it was cancelled', async () => {
    const { cases } = languageModelConformance((http) => {
      const sound = geminiLlm({ http, apiKey: 'AIza-secret-of-ours' });
      const deaf = { cancel: () => undefined };
      return {
        name: 'deaf',
        reply: (...asked) => {
          sound.reply(...asked);
          return deaf;
        },
      };
    }, geminiModel);

    expect(await firstFailure(cases)).toMatch(/`cancel` left its request under way/);
  });
});
