import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { remedyFor } from '../../machines/failure.ts';
import type { AudioFormat } from '../../src/ports/audio-format.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import type { DeepgramListenOptions } from '../../src/providers/deepgram-listen/deepgram-listen.ts';

const FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
const KEY = 'dg-0123456789abcdef';

async function dial(options: Partial<DeepgramListenOptions> = {}) {
  return deepgramListen({ apiKey: KEY, ...options }).dial(FORMAT, 'connect');
}

async function queryOf(options: Partial<DeepgramListenOptions> = {}) {
  return new URL((await dial(options)).url).searchParams;
}

function classify(end: Partial<SocketEnd>) {
  return deepgramListen({ apiKey: KEY }).classifyEnd({
    kind: 'closed',
    code: 1_006,
    reason: '',
    ...end,
  });
}

function refused(status: number, more: Partial<SocketEnd> = {}) {
  return classify({ kind: 'refused', status, ...more });
}

describe('deepgram listen, dialling', () => {
  it('puts the whole configuration into the query', async () => {
    const request = await dial();

    expect(request.url).toBe(
      'wss://api.deepgram.com/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000' +
        '&channels=1&interim_results=true',
    );
    expect(request.timeoutMs).toBe(10_000);
  });

  it('names options as the service does, and leaves out what was not asked for', async () => {
    const query = await queryOf({
      model: 'nova-2',
      language: 'en-GB',
      interimResults: false,
      punctuate: true,
      smartFormat: false,
      endpointingMs: 300,
      utteranceEndMs: 1_000,
      vadEvents: true,
      query: { diarize: true, tag: 'a&b' },
    });

    expect(Object.fromEntries(query)).toEqual({
      model: 'nova-2',
      encoding: 'linear16',
      sample_rate: '16000',
      channels: '1',
      interim_results: 'false',
      language: 'en-GB',
      punctuate: 'true',
      smart_format: 'false',
      endpointing: '300',
      utterance_end_ms: '1000',
      vad_events: 'true',
      diarize: 'true',
      tag: 'a&b',
    });
  });

  it('can switch endpointing off', async () => {
    expect((await queryOf({ endpointingMs: false })).get('endpointing')).toBe('false');
  });

  it('repeats keyterm for each term, spaces as %20', async () => {
    const { url } = await dial({ keyterms: ['foo', 'bar baz', 'c++'] });

    expect(url).toMatch(/&keyterm=foo&keyterm=bar%20baz&keyterm=c%2B%2B$/);
  });

  it('sends a key, or a temporary token, as a header', async () => {
    const key = await dial();
    const token = await dial({ scheme: 'bearer' });

    expect(key.headers).toEqual({ authorization: `Token ${KEY}` });
    expect(token.headers).toEqual({ authorization: `Bearer ${KEY}` });
    expect(key.protocols).toBeUndefined();
    expect(key.url).not.toContain(KEY);
  });

  it('sends them as subprotocols where headers cannot be sent', async () => {
    const key = await dial({ authVia: 'subprotocol' });
    const token = await dial({ authVia: 'subprotocol', scheme: 'bearer' });

    expect(key.protocols).toEqual(['token', KEY]);
    expect(token.protocols).toEqual(['bearer', KEY]);
    expect(key.headers).toBeUndefined();
  });

  it('asks a function for the credential on every dial, with the reason', async () => {
    const reasons: string[] = [];
    const provider = deepgramListen({
      apiKey: async ({ reason }) => `key-${reasons.push(reason)}`,
    });

    const first = await provider.dial(FORMAT, 'connect');
    const second = await provider.dial(FORMAT, 'reconnect');
    await provider.dial(FORMAT, 'refused');

    expect(reasons).toEqual(['connect', 'reconnect', 'refused']);
    expect(first.headers).toEqual({ authorization: 'Token key-1' });
    expect(second.headers).toEqual({ authorization: 'Token key-2' });
  });

  it('knows that only a function can refresh a credential', () => {
    expect(deepgramListen({ apiKey: KEY }).traits.refreshesCredential).toBe(false);
    expect(deepgramListen({ apiKey: () => KEY }).traits.refreshesCredential).toBe(true);
  });

  it("keeps within the service's limits", () => {
    const { traits } = deepgramListen({ apiKey: KEY });

    expect(traits.replayRateRatio).toBeLessThan(1.25);
    expect(traits.keepAliveIntervalMs).toBeLessThanOrEqual(5_000);
    expect(traits.firstAudioWithinMs).toBe(10_000);
  });

  it('goes where it is told', async () => {
    const { url } = await dial({ baseUrl: 'ws://127.0.0.1:8080/dg/' });

    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:8080\/dg\/v1\/listen\?model=/);
  });

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    [undefined, 'missing'],
    [null, 'empty'],
    [42, 'empty'],
  ])('refuses %j as a key', (apiKey, what) => {
    const make = (): unknown => deepgramListen({ apiKey: apiKey as string });

    expect(make).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(new RegExp(`^apiKey is ${what}`)),
        remediation: expect.stringContaining('process.env.DEEPGRAM_API_KEY'),
      }),
    );
  });

  it('names the option that there is not, and those that there are', () => {
    const options = { apiKey: KEY, apikey: KEY };

    expect(() => deepgramListen(options)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'There is no deepgramListen option "apikey".',
        remediation: expect.stringMatching(/^Take one of apiKey, .*dialTimeoutMs, name\.$/),
      }),
    );
  });

  it.each(['ftp://api.deepgram.com', 'api.deepgram.com', '', 'wss://host/?a=b', 'wss://host/#a'])(
    'refuses %j as an address',
    (baseUrl) => {
      expect(() => deepgramListen({ apiKey: KEY, baseUrl })).toThrow(TenutoError);
    },
  );

  it.each([
    ['pcm_s16le', 8_000, true],
    ['pcm_s16le', 48_000, true],
    ['pcm_s16le', 7_999, false],
    ['pcm_s16le', 48_001, false],
    ['pcm_s16le', 16_000.5, false],
    ['opus', 16_000, false],
  ])('%s at %d Hz: accepted is %s', (encoding, sampleRateHz, isAccepted) => {
    const check = () => {
      deepgramListen({ apiKey: KEY }).checkFormat({ encoding, sampleRateHz } as AudioFormat);
    };

    if (isAccepted) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'AUDIO_FORMAT_UNSUPPORTED' }));
  });
});

describe('deepgram listen, how a socket ended', () => {
  it.each([
    [1_000, '', 'transient', '1000'],
    [1_003, '', 'config', '1003'],
    [1_006, '', 'transient', '1006'],
    [1_008, 'DATA-0000', 'config', '1008 DATA-0000'],
    [1_009, '', 'config', '1009'],
    [1_011, 'NET-0000', 'transient', '1011 NET-0000'],
    [1_011, 'NET-0001', 'transient', '1011 NET-0001'],
    [1_012, '', 'transient', '1012'],
  ])('close %d %s is %s', (code, reason, kind, told) => {
    expect(classify({ code, reason })).toMatchObject({ kind, code: told });
  });

  it('reads the documented code out of the prose that is really sent', () => {
    const failure = classify({
      code: 1_011,
      reason:
        'Deepgram did not receive audio data or a text message within the timeout window. ' +
        'See https://dpgr.am/net0001',
    });

    expect(failure).toMatchObject({ kind: 'transient', code: '1011 NET-0001' });
  });

  it.each([
    [400, 'config', 'giveUp'],
    [401, 'auth', 'refreshCredential'],
    [402, 'quota', 'giveUp'],
    [403, 'auth', 'refreshCredential'],
    [404, 'config', 'giveUp'],
    [408, 'transient', 'backOff'],
    [429, 'transient', 'backOff'],
    [500, 'transient', 'backOff'],
    [502, 'transient', 'backOff'],
    [503, 'transient', 'backOff'],
    [504, 'transient', 'backOff'],
    [302, 'transient', 'backOff'],
  ])('HTTP %d is %s: %s', (status, kind, remedy) => {
    const failure = refused(status);

    expect(failure).toMatchObject({ kind, code: `http ${status}` });
    expect(remedyFor(failure)).toBe(remedy);
  });

  it.each([
    ['2', 2_000],
    [' 30 ', 30_000],
    ['0', 0],
    ['1.5', 1_500],
    ['99999999999', 86_400_000], // more than a timer can hold: a day
  ])('waits as long as Retry-After %j says', (header, retryAfterMs) => {
    const failure = refused(429, { headers: { 'retry-after': header } });

    expect(failure).toMatchObject({ kind: 'rateLimited', retryAfterMs });
  });

  it.each(['', 'soon', '-1', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    'backs off where Retry-After is %j',
    (header) => {
      const failure = refused(429, { headers: { 'retry-after': header } });

      expect(failure).toMatchObject({ kind: 'transient' });
      expect(failure).not.toHaveProperty('retryAfterMs');
    },
  );

  it('tells what the service said: its body, else its header, else the reason', () => {
    const body = '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"r"}';
    const headers = { 'dg-error': 'from the header' };

    expect(refused(401, { body, headers }).detail).toBe('INVALID_AUTH: Invalid credentials.');
    expect(refused(401, { body: '<html>', headers }).detail).toBe('from the header');
    expect(refused(401, { body: 'null', reason: 'Unauthorized' }).detail).toBe('Unauthorized');
  });

  it('takes a dial that never opened for a passing failure, with the code of the platform', () => {
    const failure = classify({ kind: 'refused', errorCode: 'ECONNREFUSED', reason: 'refused' });

    expect(failure).toEqual({ kind: 'transient', code: 'ECONNREFUSED', detail: 'refused' });
  });

  it('gives up where the platform cannot send the header', () => {
    const failure = classify({ kind: 'refused', errorCode: 'HEADERS_UNSUPPORTED', reason: 'no' });

    expect(remedyFor(failure)).toBe('giveUp');
  });

  it('never repeats the credential, though the service may', async () => {
    let dials = 0;
    const provider = deepgramListen({ apiKey: () => `secret-key-${String((dials += 1))}` });
    await provider.dial(FORMAT, 'connect');
    await provider.dial(FORMAT, 'reconnect');
    const body = JSON.stringify({ err_msg: 'Token secret-key-1, secret-key-2 unknown' });

    const failure = provider.classifyEnd({
      kind: 'refused',
      code: 1_006,
      reason: '',
      status: 401,
      body,
    });

    expect(failure.detail).toBe('Token ***, *** unknown');
  });

  it('tells one short line without control characters, whatever came', async () => {
    const provider = deepgramListen({ apiKey: KEY });
    await provider.dial(FORMAT, 'connect');
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constant(`\u0000\u001b[31m\r\n\u0085\u2028${'x'.repeat(190)}${KEY}`),
    );
    const end: fc.Arbitrary<SocketEnd> = fc.record(
      {
        kind: fc.constantFrom('refused' as const, 'closed' as const),
        code: fc.integer({ min: 1_000, max: 4_999 }),
        reason: text,
        status: fc.integer({ min: 100, max: 599 }),
        headers: fc.dictionary(fc.constantFrom('retry-after', 'dg-error'), text),
        body: fc.oneof(
          text,
          fc
            .record({ err_code: text, err_msg: fc.oneof(text, fc.integer()) })
            .map((value) => JSON.stringify(value)),
        ),
        errorCode: fc.constantFrom('ECONNRESET', 'ETIMEDOUT'),
      },
      { requiredKeys: ['kind', 'code', 'reason'] },
    );

    fc.assert(
      fc.property(end, (value) => {
        const { detail, retryAfterMs = 0 } = provider.classifyEnd(value);

        expect(detail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(detail).not.toContain(KEY);
        expect(detail).not.toContain(KEY.slice(0, 8)); // nor a part of it, cut at the end
        expect(detail.length).toBeLessThanOrEqual(200);
        expect(retryAfterMs).toBeLessThan(2 ** 31);
      }),
    );
  });
});
