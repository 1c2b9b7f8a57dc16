/** How the OpenAI Realtime adapter dials, comes to terms, and reads errors, closes and refusals. */
import { describe, expect, it } from 'vitest';

import { kindsOf, NOW_MS, providerOf, sentBy, World } from './openai-world.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

describe('a dial', () => {
  it('carries the key in a header, and no word of the beta', async () => {
    const provider = providerOf({ organization: 'org-1', project: 'proj-1' });

    const request = await provider.dial(FORMAT, 'connect');

    expect(request).toEqual({
      url: 'wss://api.openai.com/v1/realtime?model=gpt-realtime',
      headers: {
        authorization: 'Bearer sk-secret-key',
        'openai-organization': 'org-1',
        'openai-project': 'proj-1',
      },
      timeoutMs: 10_000,
    });
  });

  it('carries it as a subprotocol where headers cannot be sent', async () => {
    const provider = providerOf({
      authVia: 'subprotocol',
      apiKey: ({ reason }) => `ek_${reason}`,
      organization: 'org-1',
      baseUrl: 'https://example.test/v1/',
      model: 'gpt-realtime mini',
    });

    const request = await provider.dial(FORMAT, 'reconnect');

    expect(request.url).toBe('wss://example.test/v1/realtime?model=gpt-realtime%20mini');
    expect(request.headers).toBeUndefined();
    expect(request.protocols).toEqual([
      'realtime',
      'openai-insecure-api-key.ek_reconnect',
      'openai-organization.org-1',
    ]);
  });

  it.each([{ apiKey: '' }, { baseUrl: 'ftp://example.test' }])(
    'is refused at the door with %j',
    (options) => {
      expect(() => providerOf(options)).toThrow(TenutoError);
    },
  );

  it('is refused for a format that cannot be resampled', () => {
    expect(() => providerOf().checkFormat({ ...FORMAT, sampleRateHz: 4_000 })).toThrow(TenutoError);
    expect(() => providerOf().checkFormat(FORMAT)).not.toThrow();
  });
});

describe('what the adapter promises', () => {
  it('is that a session ends after 60 minutes, announced or not, and its items are created anew', () => {
    expect(providerOf().traits).toMatchObject({
      resume: 'items',
      configures: true,
      inputRateHz: 24_000,
      makesBeforeBreaks: true,
      endsAfterMs: 3_600_000,
      announcesEnd: true,
    });
  });
});

describe('coming to terms', () => {
  it('asks for the session once it is greeted, and tells when it will end', () => {
    const world = new World({ instructions: 'Be brief.', voice: 'marin' });

    const events = world.tell('session.created', {
      session: { expires_at: NOW_MS / 1_000 + 3_600 },
    });

    expect(sentBy(events)).toEqual([
      {
        type: 'session.update',
        event_id: 'tenuto_1',
        session: {
          type: 'realtime',
          instructions: 'Be brief.',
          output_modalities: ['audio'],
          audio: {
            input: {
              format: { type: 'audio/pcm', rate: 24_000 },
              turn_detection: {
                type: 'server_vad',
                create_response: true,
                interrupt_response: true,
              },
              transcription: { model: 'gpt-realtime-whisper' },
            },
            output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
          },
        },
      },
    ]);
    expect(events.at(-1)).toEqual({ kind: 'endAnnounced', inMs: 3_600_000 });
  });

  it.each([0, NOW_MS / 1_000, NOW_MS / 1_000 + 7_201])(
    'believes no end that a wrong clock makes: %d',
    (expiresAt) => {
      const events = new World().tell('session.created', { session: { expires_at: expiresAt } });

      expect(kindsOf(events)).toEqual(['send']);
    },
  );

  it('merges further fields into what is asked for', () => {
    const world = new World({
      turnDetection: { type: 'semanticVad', eagerness: 'low', createsReply: false },
      transcription: null,
      tools: [{ name: 'get_weather', parameters: { type: 'object' } }],
      session: {
        audio: { input: { noise_reduction: { type: 'near_field' } } },
        truncation: 'auto',
      },
    });

    const [{ session }] = sentBy(world.tell('session.created', { session: {} })) as [
      { session: object },
    ];

    expect(session).toMatchObject({
      truncation: 'auto',
      tools: [{ type: 'function', name: 'get_weather', parameters: { type: 'object' } }],
      audio: {
        input: {
          noise_reduction: { type: 'near_field' },
          turn_detection: { type: 'semantic_vad', eagerness: 'low', create_response: false },
        },
      },
    });
    expect(session).not.toHaveProperty('audio.input.transcription');
  });

  it('is done when the service has taken what was asked, whatever else it adds', () => {
    const world = new World({ model: 'gpt-realtime' });

    const events = world.configure((asked) => ({
      ...asked,
      model: 'gpt-realtime-2025-08-28',
      tracing: null,
    }));

    expect(events).toEqual([{ kind: 'configured' }]);
  });

  it('warns of what the service took otherwise', () => {
    const world = new World({ voice: 'marin', instructions: 'Be brief.' });

    const events = world.configure((asked) => ({
      ...asked,
      model: 'gpt-other',
      instructions: 'Be long.',
      audio: { ...asked['audio'], output: { format: { type: 'audio/pcm', rate: 24_000 } } },
    }));

    expect(events).toEqual([
      {
        kind: 'failed',
        failure: {
          kind: 'perRequest',
          code: 'SESSION_DIFFERS',
          detail: 'the service did not take: model, instructions, audio.output.voice',
        },
      },
      { kind: 'configured' },
    ]);
  });

  it('fails for good where the service rejects what was asked', () => {
    const world = new World();
    world.tell('session.created', { session: {} });

    const events = world.complain({ code: 'unknown_parameter', event_id: 'tenuto_1' });

    expect(events).toMatchObject([{ kind: 'failed', failure: { kind: 'config' } }]);
  });

  it('takes the greeting of a compatible service, whose first word is its conversation', () => {
    const world = new World();

    const greeted = world.tell('conversation.created', { conversation: {} });
    const created = world.tell('session.created', { session: {} });

    expect(sentBy(greeted)).toMatchObject([{ type: 'session.update' }]);
    expect(created).toEqual([]);
  });

  it('happens once a socket', () => {
    const world = new World();
    world.configure();

    expect(world.tell('session.created', { session: {} })).toEqual([]);
    expect(world.tell('session.updated', { session: {} })).toEqual([]);
  });
});

describe('an error event', () => {
  it.each([
    [{ code: 'invalid_api_key' }, 'auth'],
    [{ code: null, message: 'Missing bearer or basic authentication in header' }, 'auth'],
    [
      { code: null, message: 'The tool needs authentication: Missing bearer or basic' },
      'perRequest',
    ],
    [{ code: null, type: 'mcp_error', message: 'authentication failed at the MCP' }, 'perRequest'],
    [{ code: 'account_deactivated' }, 'auth'],
    [{ code: 'insufficient_quota' }, 'quota'],
    [{ code: 'billing_hard_limit_reached' }, 'quota'],
    [{ code: 'session_expired' }, 'planned'],
    [{ code: 'invalid_model' }, 'config'],
    [{ code: 'beta_api_shape_disabled' }, 'config'],
    [{ code: null, type: 'server_error' }, 'transient'],
    [{ code: 'unknown_parameter' }, 'perRequest'],
    [{ code: 'item_truncate_invalid_item_id' }, 'perRequest'],
    [{ code: null }, 'perRequest'],
  ])('is what the service means by it: %j is %s', (error, kind) => {
    const events = new World().complain(error);

    expect(events).toMatchObject([{ kind: 'failed', failure: { kind } }]);
  });

  it.each([
    ['rate_limit_exceeded', 'Please try again in 1m26.4s.', 86_400],
    ['rate_limit_exceeded', 'Rate limit reached.', 60_000],
    ['inference_rate_limit_exceeded', '', 60_000],
    ['invalid_value', 'Please try again in 3s.', undefined],
  ])('of %s (%j) waits for %s ms', (code, message, waitMs) => {
    const [event] = new World().complain({ code, message });

    expect(event?.kind === 'failed' && event.failure.retryAfterMs).toBe(waitMs);
  });

  it('repeats no credential', async () => {
    const world = new World();
    await world.provider.dial(FORMAT, 'connect');

    const events = world.complain({ code: 'invalid_api_key', message: 'Incorrect: sk-secret-key' });

    expect(JSON.stringify(events)).not.toContain('sk-secret-key');
  });
});

describe('an end', () => {
  const closed = (code: number, reason = ''): SocketEnd => ({ kind: 'closed', code, reason });
  const refused = (status: number, body?: object, headers = {}): SocketEnd => ({
    kind: 'refused',
    code: 1_006,
    reason: '',
    status,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify({ error: body }) }),
  });

  it.each([
    [closed(3_000, 'invalid_request_error.invalid_api_key'), 'auth'],
    [closed(3_000, 'invalid_request_error'), 'auth'],
    [closed(4_000, 'invalid_request_error.invalid_model'), 'config'],
    [closed(4_000, 'insufficient_quota.insufficient_quota'), 'quota'],
    [closed(4_004, 'invalid_request_error.model_not_found'), 'config'],
    [closed(1_001, 'Your session hit the maximum duration of 60 minutes.'), 'planned'],
    [closed(1_000), 'transient'],
    [closed(1_005), 'transient'],
    [closed(1_006), 'transient'],
    [closed(1_009), 'config'],
    [closed(1_011), 'transient'],
    [closed(1_012), 'transient'],
    [closed(1_013), 'transient'],
    [refused(401), 'auth'],
    [refused(403), 'auth'],
    [refused(402), 'quota'],
    [refused(404), 'config'],
    [refused(408), 'transient'],
    [refused(429), 'rateLimited'],
    [refused(429, { code: 'insufficient_quota' }), 'quota'],
    [refused(500), 'transient'],
    [refused(503), 'transient'],
    [{ kind: 'refused', code: 1_006, reason: 'nobody', errorCode: 'ECONNREFUSED' }, 'transient'],
    [{ kind: 'refused', code: 1_006, reason: '', errorCode: 'HEADERS_UNSUPPORTED' }, 'config'],
  ] as const satisfies readonly (readonly [SocketEnd, string])[])(
    'is what the service means by it: %j is %s',
    (end, kind) => {
      expect(providerOf().classifyEnd(end).kind).toBe(kind);
    },
  );

  it.each([
    [refused(429, undefined, { 'retry-after': '7' }), 7_000],
    [refused(429, undefined, { 'retry-after-ms': '250' }), 250],
    [refused(429, { message: 'Please try again in 1m26.4s.' }), 86_400],
    [refused(429), undefined],
  ])('says when to come back: %#', (end, retryAfterMs) => {
    expect(providerOf().classifyEnd(end).retryAfterMs).toBe(retryAfterMs);
  });
});
