import { describe, expect, it } from 'vitest';

import type { HttpEnd, HttpHandlers, HttpRequest } from '../../src/ports/http.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import type { GeminiLlmOptions, ReplyRequest } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { SseParser } from '../../src/providers/gemini-llm/sse.ts';
import { settle } from '../support/virtual-clock.ts';
import { KEY, said } from './gemini-support.ts';

const COMPLETE: HttpEnd = { kind: 'complete', reason: '' };
const bytes = (text: string) => new TextEncoder().encode(text);
const event = (chunk: object) => bytes(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
const parts = (...of: object[]) => ({ candidates: [{ content: { parts: of, role: 'model' } }] });
const STOP = { candidates: [{ finishReason: 'STOP' }] };

/** A network that sends nothing, and notes what it was asked. */
class FakeHttp {
  readonly requests: HttpRequest[] = [];
  handlers: HttpHandlers | null = null;
  cancelled = 0;

  send(request: HttpRequest, handlers: HttpHandlers) {
    this.requests.push(request);
    this.handlers = handlers;
    return {
      cancel: () => {
        this.cancelled += 1;
      },
    };
  }
}

async function ask(
  conversation: ReplyRequest['conversation'] = [said('user', 'Hello')],
  options: Partial<GeminiLlmOptions> = {},
  more: Partial<ReplyRequest> = {},
) {
  const http = new FakeHttp();
  const told: object[] = [];
  const model = geminiLlm({ apiKey: KEY, http, ...options });
  const reply = model.reply(
    { conversation, instructions: '', tools: [], ...more },
    {
      onText: (text) => told.push({ text }),
      onToolCall: (call) => told.push(call),
      onEnd: (result) => told.push(result),
      onFailed: (failure) => told.push(failure),
    },
  );
  await settle();
  const [request] = http.requests;
  const body = JSON.parse((request?.body ?? '{}') as string);
  return { http, told, reply, request, body, handlers: http.handlers! };
}

describe('gemini over HTTP, asking', () => {
  it('names the model in the address, and the key in a header alone', async () => {
    const { request, body } = await ask([said('user', 'Hello')], {}, { instructions: 'Be brief' });

    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': KEY },
      timeoutMs: 30_000,
    });
    expect(body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      systemInstruction: { parts: [{ text: 'Be brief' }] },
    });
  });

  it('puts calls together, with their signatures, and their results right behind them', async () => {
    const call = { kind: 'toolCall', name: 'f', arguments: '{"a":1}', status: 'answered' } as const;
    const { body } = await ask([
      said('user', 'Both, please'),
      { ...call, id: '1', callId: 'c1', signature: 'c2ln' },
      { ...call, id: '2', callId: 'call_of_ours_1' },
      { ...call, id: '3', callId: 'c3', status: 'pending' },
      { kind: 'toolResult', id: '4', callId: 'call_of_ours_1', output: 'two' },
      { kind: 'toolResult', id: '5', callId: 'c1', output: 'one' },
      said('user', 'Are you there?'),
    ]);

    expect(body.contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
          { functionCall: { name: 'f', args: { a: 1 } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'f', response: { output: 'one' } } },
          { functionResponse: { name: 'f', response: { output: 'two' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'Are you there?' }] },
    ]);
  });

  it('says of a call that another model made that it has no signature: of the first, as the service has it', async () => {
    const call = { kind: 'toolCall', name: 'f', arguments: '{}', status: 'answered' } as const;
    const { body } = await ask([
      said('user', 'Both, please'),
      { ...call, id: '1', callId: 'call_a' },
      { ...call, id: '2', callId: 'call_b' },
      { kind: 'toolResult', id: '3', callId: 'call_a', output: 'one' },
      { kind: 'toolResult', id: '4', callId: 'call_b', output: 'two' },
    ]);

    expect(body.contents[1]?.parts).toEqual([
      {
        functionCall: { id: 'call_a', name: 'f', args: {} },
        thoughtSignature: 'skip_thought_signature_validator',
      },
      { functionCall: { id: 'call_b', name: 'f', args: {} } },
    ]);
  });

  it('leaves out a call that no turn of the user stands before', async () => {
    const call = { kind: 'toolCall', id: '1', callId: 'c1', name: 'f', arguments: '{}' } as const;
    const { body } = await ask([
      { ...call, status: 'answered' },
      { kind: 'toolResult', id: '2', callId: 'c1', output: 'one' },
      said('user', 'Hello'),
    ]);

    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'Hello' }] }]);
  });

  it('asks for no answer to nothing', async () => {
    const { http, told } = await ask([]);

    expect(http.requests).toEqual([]);
    expect(told).toEqual([expect.objectContaining({ kind: 'perRequest' })]);
  });

  it('asks for the credential each time, and says that the last one was refused', async () => {
    const reasons: string[] = [];
    const http = new FakeHttp();
    const apiKey = ({ reason }: { reason: string }) => `key-${reasons.push(reason)}`;
    const model = geminiLlm({ apiKey, http });
    const request = { conversation: [said('user', 'Hi')], instructions: '', tools: [] };
    const handlers = { onText() {}, onToolCall() {}, onEnd() {}, onFailed() {} };

    for (const status of [200, 401, 200]) {
      model.reply(request, handlers);
      await settle();
      http.handlers!.onHead(status, {});
    }

    expect(reasons).toEqual(['connect', 'reconnect', 'refused']);
    expect(http.requests[2]?.headers?.['x-goog-api-key']).toBe('key-3');
  });

  it.each([
    [{ apiKey: '' }],
    [{ baseUrl: 'ftp://host' }],
    [{ timeoutMs: -1 }],
    [{ modle: 'x' }],
    [{ http: {} }],
    [{ http: null }],
  ])('refuses %j at the door', (options) => {
    expect(() => geminiLlm({ apiKey: KEY, http: new FakeHttp(), ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('gemini over HTTP, answered', () => {
  it('tells text as it comes, calls, and what it cost', async () => {
    const { handlers, told } = await ask();

    handlers.onHead(200, {});
    handlers.onData(event(parts({ text: 'thinking', thought: true }, { text: 'Let me' })));
    handlers.onData(event(parts({ text: ' see.' })));
    handlers.onData(
      event({
        ...parts({ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }),
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 1 },
      }),
    );
    handlers.onData(
      event({
        ...STOP,
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 9, thoughtsTokenCount: 2 },
      }),
    );
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([
      { text: 'Let me' },
      { text: ' see.' },
      { callId: 'call_of_ours_1', name: 'f', arguments: '{"a":1}', signature: 'c2ln' },
      { status: 'completed', finishReason: 'STOP', usage: { inputTokens: 7, outputTokens: 11 } },
    ]);
  });

  it('gives a call that has no id one that the conversation does not know yet', async () => {
    const known = { kind: 'toolCall', id: 'i', callId: 'call_of_ours_1', name: 'f' } as const;
    const { handlers, told } = await ask([
      said('user', 'Hi'),
      { ...known, arguments: '{}', status: 'pending' },
    ]);

    handlers.onHead(200, {});
    handlers.onData(event(parts({ functionCall: { name: 'f' } })));

    expect(told).toEqual([{ callId: 'call_of_ours_2', name: 'f', arguments: '{}' }]);
  });

  it.each([
    ['MAX_TOKENS', { candidates: [{ finishReason: 'MAX_TOKENS' }] }],
    ['SAFETY', { promptFeedback: { blockReason: 'SAFETY' } }],
  ])('says that an answer is not whole, and why: %s', async (finishReason, chunk) => {
    const { handlers, told } = await ask();

    handlers.onHead(200, {});
    handlers.onData(event(chunk));
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([{ status: 'incomplete', finishReason, usage: null }]);
  });

  it('takes an answer that stops before its end for a failure', async () => {
    const { handlers, told } = await ask();

    handlers.onHead(200, {});
    handlers.onData(event(parts({ text: 'Hel' })));
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([{ text: 'Hel' }, expect.objectContaining({ kind: 'transient' })]);
  });

  it('tells nothing after it was let go', async () => {
    const { handlers, told, reply, http } = await ask();
    handlers.onHead(200, {});

    reply.cancel();
    handlers.onData(event(parts({ text: 'Hel' })));
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([]);
    expect(http.cancelled).toBe(1);
  });

  it('may be let go by who is told', async () => {
    const http = new FakeHttp();
    const told: string[] = [];
    const request = { conversation: [said('user', 'Hi')], instructions: '', tools: [] };
    const handlers = { onToolCall() {}, onEnd: () => told.push('end'), onFailed() {} };
    const reply = geminiLlm({ apiKey: KEY, http }).reply(request, {
      ...handlers,
      onText: (text) => {
        told.push(text);
        reply.cancel();
      },
    });
    await settle();
    http.handlers!.onHead(200, {});

    const chunk = `data: ${JSON.stringify(parts({ text: 'a' }, { text: 'b' }))}\n\n`;
    http.handlers!.onData(bytes(chunk + chunk));
    http.handlers!.onEnd(COMPLETE);

    expect(told).toEqual(['a']);
  });

  const errorOf = (status: string, details: object[] = []) =>
    JSON.stringify({ error: { status, message: `no ${KEY}`, details } });
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '28s' };
  const perDay = { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] };

  it.each([
    [400, errorOf('INVALID_ARGUMENT'), { kind: 'config' }],
    [400, errorOf('INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID' }]), { kind: 'auth' }],
    [401, errorOf('UNAUTHENTICATED'), { kind: 'auth' }],
    [403, '', { kind: 'auth' }],
    [404, errorOf('NOT_FOUND'), { kind: 'config' }],
    [429, errorOf('RESOURCE_EXHAUSTED', [retry]), { kind: 'rateLimited', retryAfterMs: 28_000 }],
    [429, `[${errorOf('RESOURCE_EXHAUSTED', [retry])}]`, { retryAfterMs: 28_000 }],
    [429, errorOf('RESOURCE_EXHAUSTED', [retry, perDay]), { kind: 'quota' }],
    [503, errorOf('UNAVAILABLE'), { kind: 'transient', code: 'http 503' }],
    [500, '<html>', { kind: 'transient' }],
  ])('%d with %s is %j, and tells no key', async (status, body, failure) => {
    const { handlers, told } = await ask();

    handlers.onHead(status, {});
    handlers.onData(bytes(body.slice(0, 10)));
    handlers.onData(bytes(body.slice(10)));
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([expect.objectContaining(failure)]);
    expect(JSON.stringify(told)).not.toContain(KEY);
  });

  it('reads an error in the middle of an answer', async () => {
    const { handlers, told } = await ask();

    handlers.onHead(200, {});
    handlers.onData(event({ error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } }));
    handlers.onEnd(COMPLETE);

    expect(told).toEqual([
      { kind: 'transient', code: 'http 503', detail: 'UNAVAILABLE: overloaded' },
    ]);
  });

  it('says what the network said', async () => {
    const { handlers, told } = await ask();

    handlers.onEnd({ kind: 'failed', errorCode: 'ECONNREFUSED', reason: 'nobody there' });

    expect(told).toEqual([{ kind: 'transient', code: 'ECONNREFUSED', detail: 'nobody there' }]);
  });
});

describe('server-sent events', () => {
  const parse = (...pieces: string[]) => {
    const parser = new SseParser();
    return [...pieces.flatMap((piece) => parser.push(bytes(piece))), ...parser.finish()];
  };

  it.each([
    ['LF', ['data: a\n\ndata: b\n\n'], ['a', 'b']],
    ['CRLF', ['data: a\r\n\r\ndata: b\r\n\r\n'], ['a', 'b']],
    ['CR', ['data: a\r\rdata: b\r\r'], ['a', 'b']],
    ['a cut between CR and LF', ['data: a\r', '\n\r', '\ndata: b\r\n\r\n'], ['a', 'b']],
    ['several lines of data', ['data: a\ndata:b\ndata\ndata:  c\n\n'], ['a\nb\n\n c']],
    ['comments and other fields', [': hi\nevent: x\nid: 1\ndata: a\nretry: 3\n\n'], ['a']],
    ['events without data', [': hi\n\nevent: x\n\n\n\n'], []],
    ['a byte order mark', ['\ufeffdata: a\n\n'], ['a']],
    ['no empty line at the end', ['data: a\n\ndata: b'], ['a', 'b']],
    ['fields that begin like data', ['database: a\ndata: b\n\n'], ['b']],
  ])('are read with %s', (_what, pieces, events) => {
    expect(parse(...pieces)).toEqual(events);
  });

  it('may be cut inside a letter', () => {
    const parser = new SseParser();
    const [first, ...rest] = [...bytes('data: é\n\n')].map((byte) => Uint8Array.of(byte));

    const events = [first!, ...rest].flatMap((byte) => parser.push(byte));

    expect(events).toEqual(['é']);
  });
});
