import { describe, expect, it } from 'vitest';

import type { AudioFormat } from '../../src/ports/audio-format.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiLiveOptions } from '../../src/providers/gemini-live/gemini-live.ts';
import { KEY, conversationOf, openStream } from './gemini-support.ts';

const FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };

async function dial(options: Partial<GeminiLiveOptions> = {}) {
  return geminiLive({ apiKey: KEY, ...options }).dial(FORMAT, 'connect');
}

function setupOf(options: Partial<GeminiLiveOptions> = {}, handle: string | null = null) {
  const [hello] = openStream(options, { handle }).encodeHello!();
  return JSON.parse(hello as string);
}

const closed = (code: number, reason: string): SocketEnd => ({ kind: 'closed', code, reason });

describe('gemini live, dialling', () => {
  it('puts a key into the query, where the service reads it', async () => {
    const request = await dial();

    expect(request).toEqual({
      url: `wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=${KEY}`,
      timeoutMs: 10_000,
    });
  });

  it('takes an ephemeral token to the method that knows it', async () => {
    const { url } = await dial({ apiKey: 'auth_tokens/abc' });

    expect(url).toContain('.v1alpha.GenerativeService.BidiGenerateContentConstrained?');
    expect(new URL(url).searchParams.get('access_token')).toBe('auth_tokens/abc');
  });

  it('goes where it is told', async () => {
    const { url } = await dial({ baseUrl: 'ws://127.0.0.1:8080/', apiVersion: 'v1' });

    expect(url).toMatch(
      /^ws:\/\/127\.0\.0\.1:8080\/ws\/google\.ai\.generativelanguage\.v1\.Generative/,
    );
  });

  it.each([
    [{ baseUrl: 'ftp://host' }],
    [{ apiKey: '' }],
    [{ apiVersion: 'v2' }],
    [{ modle: 'gemini' }],
    [{ responseModalities: [] }],
    [{ dialTimeoutMs: 0 }],
  ])('refuses %j at the door', (options) => {
    expect(() => geminiLive({ apiKey: KEY, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('closes the old socket first only where a handle takes the session up again', () => {
    expect(geminiLive({ apiKey: KEY }).traits).toMatchObject({
      resume: 'handle',
      makesBeforeBreaks: false,
      endsAfterMs: 540_000,
      inputRateHz: 16_000,
      liveness: { suspectAtLeastMs: 30_000, deadAtLeastMs: 45_000 },
    });
    expect(geminiLive({ apiKey: KEY, resumption: false }).traits).toMatchObject({
      resume: 'none',
      makesBeforeBreaks: true,
    });
  });

  it.each([
    ['pcm_s16le', 48_000, true],
    ['pcm_s16le', 7_999, false],
    ['opus', 16_000, false],
  ])('%s at %d Hz: accepted is %s', (encoding, sampleRateHz, isAccepted) => {
    const check = () => {
      geminiLive({ apiKey: KEY }).checkFormat({ encoding, sampleRateHz } as AudioFormat);
    };

    if (isAccepted) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'AUDIO_FORMAT_UNSUPPORTED' }));
  });
});

describe('gemini live, setting up', () => {
  it('asks for audio, handles and transcriptions unless told otherwise', () => {
    expect(setupOf({ model: 'gemini-x', instructions: 'Be brief' })).toEqual({
      setup: {
        model: 'models/gemini-x',
        generationConfig: { responseModalities: ['AUDIO'] },
        systemInstruction: { parts: [{ text: 'Be brief' }], role: 'user' },
        sessionResumption: {},
        contextWindowCompression: { slidingWindow: {} },
        inputAudioTranscription: {},
        outputAudioTranscription: {},
      },
    });
  });

  it('names everything else as the service does', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } };

    const { setup } = setupOf(
      {
        voice: 'Kore',
        tools: [{ name: 'get_weather', description: 'Says it.', parameters }],
        automaticActivityDetection: { silenceDurationMs: 300 },
        contextCompression: { triggerTokens: 7_000, targetTokens: 4_000 },
        inputTranscription: false,
        outputTranscription: false,
        setup: { generationConfig: { temperature: 0 }, explicitVadSignal: true },
      },
      'h1',
    );

    expect(setup).toMatchObject({
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
        temperature: 0,
      },
      tools: [
        {
          functionDeclarations: [
            { name: 'get_weather', description: 'Says it.', parametersJsonSchema: parameters },
          ],
        },
      ],
      realtimeInputConfig: { automaticActivityDetection: { silenceDurationMs: 300 } },
      sessionResumption: { handle: 'h1' },
      contextWindowCompression: {
        triggerTokens: '7000',
        slidingWindow: { targetTokens: '4000' },
      },
      explicitVadSignal: true,
    });
    expect(setup).not.toHaveProperty('inputAudioTranscription');
    expect(setup).not.toHaveProperty('outputAudioTranscription');
  });

  it('can do without resumption, and then keeps no handle', () => {
    const stream = openStream({ resumption: false }, { handle: 'h1' });
    const [hello] = stream.encodeHello!();

    const events = stream.decode('{"sessionResumptionUpdate":{"newHandle":"h2","resumable":true}}');

    expect(JSON.parse(hello as string).setup).not.toHaveProperty('sessionResumption');
    expect(events).toEqual([]);
  });
});

describe('gemini live, what an end means', () => {
  const quota =
    'You exceeded your current quota, please check your plan and billing details. For m';

  it.each<[string, SocketEnd, string]>([
    ['closed without a word', closed(1_005, ''), 'transient'],
    ['torn', closed(1_006, ''), 'transient'],
    ['a deadline', closed(1_011, 'Deadline expired before operation could complete.'), 'transient'],
    ['trouble of its own', closed(1_011, 'Internal error occurred.'), 'transient'],
    ['aborted', closed(1_008, 'The operation was aborted.'), 'transient'],
    ['nothing it can do', closed(1_008, 'Operation is not implemented, or supported, o'), 'config'],
    ['a wrong frame', closed(1_007, 'Request contains an invalid argument.'), 'config'],
    ['no such model', closed(1_008, 'models/x is not found for API version v1beta, or'), 'config'],
    ['a refused key', closed(1_007, 'API key not valid. Please pass a valid API key.'), 'auth'],
    ['a refused key', closed(1_008, 'API key not valid. Please pass a valid API key.'), 'auth'],
    [
      'a handle that is gone',
      closed(1_008, 'BidiGenerateContent session not found'),
      'staleHandle',
    ],
    ['a handle that is gone', closed(1_007, 'Invalid session handle'), 'staleHandle'],
    ['too much', closed(1_011, 'Resource has been exhausted (e.g. check quota).'), 'rateLimited'],
    ['too much', closed(1_011, quota), 'rateLimited'],
    ['a refused upgrade', { ...closed(1_006, ''), kind: 'refused', status: 429 }, 'rateLimited'],
    ['a refused upgrade', { ...closed(1_006, ''), kind: 'refused', status: 503 }, 'transient'],
    ['a refused upgrade', { ...closed(1_006, ''), kind: 'refused', status: 403 }, 'auth'],
    ['no way there', { ...closed(1_006, ''), kind: 'refused', errorCode: 'X' }, 'transient'],
  ])('%s (%j) is %s', (_what, end, kind) => {
    expect(geminiLive({ apiKey: KEY }).classifyEnd(end).kind).toBe(kind);
  });

  it('waits at least a minute for quota, since a bucket per minute says the same', () => {
    const failure = geminiLive({ apiKey: KEY }).classifyEnd(closed(1_011, quota));

    expect(failure.retryAfterMs).toBe(60_000);
  });

  it('drops a handle that is not known, and believes it only once', () => {
    const provider = geminiLive({ apiKey: KEY });
    const end = closed(1_008, 'Requested entity was not found.');
    const memory = { conversation: () => conversationOf([]), handle: 'h1' };
    const resumed = provider.openStream(FORMAT, memory);
    const first = resumed.classifyEnd!(end);

    const again = provider.openStream(FORMAT, memory);
    const [hello] = again.encodeHello!();
    const events = again.decode('{"setupComplete":{}}');
    const fresh = provider.openStream(FORMAT);

    expect(first.kind).toBe('staleHandle');
    expect(JSON.parse(hello as string).setup.sessionResumption).toEqual({});
    expect(events).toEqual([
      { kind: 'handleOffered', handle: null },
      { kind: 'configured' },
      { kind: 'restored', resumed: false, toolCallsCarried: 0 },
    ]);
    expect(fresh.classifyEnd!(end).kind).toBe('config');
  });

  it('drops a handle that led to two internal errors, and none that got a new one meanwhile', () => {
    const provider = geminiLive({ apiKey: KEY });
    const end = closed(1_011, 'Internal error occurred.');
    const open = (handle: string) =>
      provider.openStream(FORMAT, { conversation: () => conversationOf([]), handle });
    const renewed = open('h1');
    renewed.decode('{"sessionResumptionUpdate":{"newHandle":"h2","resumable":true}}');

    const kinds = [renewed, open('h1'), open('h1')].map((stream) => stream.classifyEnd!(end).kind);

    expect(kinds).toEqual(['transient', 'transient', 'staleHandle']);
  });

  it('takes every end that was announced for the announced one', () => {
    const stream = openStream();
    stream.decode('{"setupComplete":{}}');
    stream.decode('{"goAway":{"timeLeft":"50s"}}');

    expect(stream.classifyEnd!(closed(1_008, '')).kind).toBe('planned');
    expect(stream.classifyEnd!(closed(1_006, '')).kind).toBe('planned');
    expect(stream.classifyEnd!(closed(1_011, quota)).kind).toBe('rateLimited');
  });

  it('tries again where a running session is closed for a reason it does not know', () => {
    const stream = openStream();
    stream.decode('{"setupComplete":{}}');

    expect(stream.classifyEnd!(closed(1_008, 'Something new')).kind).toBe('transient');
    expect(openStream().classifyEnd!(closed(1_008, 'Something new')).kind).toBe('config');
  });

  it('tells no key, whatever the service says back', async () => {
    const secret = 'AIza+key/with=signs';
    const provider = geminiLive({ apiKey: secret });
    await provider.dial(FORMAT, 'connect');

    const failure = provider.classifyEnd(
      closed(1_008, `bad ${secret} or ${encodeURIComponent(secret)}`),
    );

    expect(failure.detail).toBe('bad *** or ***');
  });
});
