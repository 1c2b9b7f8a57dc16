import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AudioFormat } from '../../src/ports/audio-format.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';

const FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
const KEY = 'dg-0123456789abcdef';
const FLUSHED = JSON.stringify({ type: 'Flushed', sequence_id: 0 });
const CLEARED = JSON.stringify({ type: 'Cleared', sequence_id: 0 });
const INTERRUPT = { kind: 'interrupt', ref: null, heardMs: 0 } as const;

function openStream(): ProviderStream {
  return deepgramSpeak({ apiKey: KEY }).openStream(FORMAT);
}

function say(stream: ProviderStream, id: string, text = 'Hello.') {
  return stream.encodeOrder?.({ kind: 'say', id, text });
}

const audio = (...bytes: number[]): Uint8Array => new Uint8Array(bytes);

describe('deepgram speak, dialling', () => {
  it('puts voice and format into the query, and the key into a header', async () => {
    const request = await deepgramSpeak({ apiKey: KEY, query: { speed: 1.2 } }).dial(
      FORMAT,
      'connect',
    );
    const http = await deepgramSpeakHttp({ apiKey: KEY, sampleRateHz: 8_000 }).dial(
      FORMAT,
      'connect',
    );

    expect(request).toEqual({
      url: 'wss://api.deepgram.com/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=24000&speed=1.2',
      headers: { authorization: `Token ${KEY}` },
      timeoutMs: 10_000,
    });
    expect(http.url).toBe(
      'https://api.deepgram.com/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000&container=none',
    );
  });

  it.each([
    ['an unknown option', { voice: 'x' }, 'voice'],
    ['a rate that is none of its own', { sampleRateHz: 44_100 }, '44100'],
    ['a time of nothing', { dialTimeoutMs: 0 }, 'dialTimeoutMs'],
  ])('refuses %s at the door', (_, options, named) => {
    for (const make of [deepgramSpeak, deepgramSpeakHttp]) {
      expect(() => make({ apiKey: KEY, ...options })).toThrow(named);
      expect(() => make({ apiKey: KEY, ...options })).toThrow(TenutoError);
    }
  });

  it('refuses the address of another protocol', () => {
    expect(() => deepgramSpeak({ apiKey: KEY, baseUrl: 'ftp://x' })).toThrow('wss:');
    expect(() => deepgramSpeakHttp({ apiKey: KEY, baseUrl: 'ftp://x' })).toThrow('https:');
  });

  it('speaks within the limits of the service, and hears nothing', () => {
    const { traits, component, checkFormat } = deepgramSpeak({ apiKey: KEY });

    expect(component).toBe('tts');
    expect(traits).toMatchObject({
      faculties: ['speaking'],
      configures: true,
      endsAfterMs: 3_600_000,
      speech: { maxCharsPerMessage: 2_000, maxCharsPerMinute: 2_400, maxFlushesPerMinute: 20 },
    });
    expect(() => checkFormat({ encoding: 'pcm_s16le', sampleRateHz: 1 })).not.toThrow();
    expect(() => openStream().encodeAudio(audio(0, 0))).toThrow('hears nothing');
  });
});

describe('deepgram speak, speaking', () => {
  it('is configured by the service that speaks first', () => {
    expect(openStream().decode('{"type":"Metadata","request_id":"r"}')).toEqual([
      { kind: 'configured' },
    ]);
  });

  it('sends each text with a flush of its own', () => {
    expect(say(openStream(), 'a', 'Say "this".')).toEqual([
      '{"type":"Speak","text":"Say \\"this\\"."}',
      '{"type":"Flush"}',
    ]);
  });

  it('says whose audio it is, and confirms texts in their order', () => {
    const stream = openStream();
    say(stream, 'a');
    say(stream, 'b');

    const told = [audio(1, 2), FLUSHED, audio(3, 4), FLUSHED].flatMap((f) => stream.decode(f));

    expect(told).toEqual([
      { kind: 'audio', ref: 'a', bytes: audio(1, 2), sampleRateHz: 24_000 },
      { kind: 'spoken', id: 'a' },
      { kind: 'audio', ref: 'b', bytes: audio(3, 4), sampleRateHz: 24_000 },
      { kind: 'spoken', id: 'b' },
    ]);
  });

  it('keeps audio of its own, since a frame is only valid while it is read', () => {
    const stream = openStream();
    say(stream, 'a');
    const frame = audio(1, 2);

    const [told] = stream.decode(frame);
    frame.fill(9);

    expect(told).toMatchObject({ bytes: audio(1, 2) });
  });

  it('joins a sample that two frames were cut through, and forgets half of one at the end', () => {
    const stream = openStream();
    say(stream, 'a');
    say(stream, 'b');

    const told = [audio(1), audio(2, 3), audio(4), audio(5), FLUSHED, audio(6, 7)].flatMap((f) =>
      stream.decode(f),
    );

    expect(told.filter(({ kind }) => kind === 'audio')).toMatchObject([
      { ref: 'a', bytes: audio(1, 2) },
      { ref: 'a', bytes: audio(3, 4) },
      { ref: 'b', bytes: audio(6, 7) },
    ]);
  });

  it('tells nothing more of what was interrupted, and all of what is said after', () => {
    const stream = openStream();
    say(stream, 'a');
    say(stream, 'b');
    const cleared = stream.encodeOrder?.(INTERRUPT);
    say(stream, 'c');

    const stale = [audio(1, 2), FLUSHED, audio(3, 4), CLEARED].flatMap((f) => stream.decode(f));
    const fresh = [audio(5, 6), FLUSHED].flatMap((f) => stream.decode(f));

    expect(cleared).toEqual(['{"type":"Clear"}']);
    expect(stale).toEqual([]);
    expect(fresh).toMatchObject([
      { kind: 'audio', ref: 'c' },
      { kind: 'spoken', id: 'c' },
    ]);
  });

  it('has nothing to clear where all was spoken', () => {
    const stream = openStream();
    say(stream, 'a');
    stream.decode(FLUSHED);

    expect(stream.encodeOrder?.(INTERRUPT)).toEqual([]);
  });

  it('starts over on a new socket where Clear is never answered, rather than losing what was said', () => {
    const stream = openStream();
    say(stream, 'a');
    stream.encodeOrder?.(INTERRUPT);
    say(stream, 'b');

    const told = [FLUSHED, FLUSHED].flatMap((f) => stream.decode(f));

    expect(told).toMatchObject([{ kind: 'failed', failure: { kind: 'transient' } }]);
  });

  it('has no other orders, no keep-alive and no flush, and says goodbye', () => {
    const stream = openStream();

    expect(stream.encodeOrder?.({ kind: 'reply' })).toBeNull();
    expect([stream.encodeKeepAlive(), stream.encodeFlush()]).toEqual([null, null]);
    expect(stream.encodeGoodbye()).toBe('{"type":"Close"}');
  });

  it('passes a warning on, without the key', async () => {
    const provider = deepgramSpeak({ apiKey: KEY });
    await provider.dial(FORMAT, 'connect');
    const warning = { type: 'Warning', code: 'SLOW_TEXT', description: `for ${KEY}` };

    const told = provider.openStream(FORMAT).decode(JSON.stringify(warning));

    expect(told).toEqual([
      {
        kind: 'failed',
        failure: { kind: 'perRequest', code: 'SLOW_TEXT', detail: 'for ***' },
      },
    ]);
  });

  it('gives up a socket that ignores a flush: whose the next `Flushed` is nobody knows', () => {
    const warning = { type: 'Warning', code: 'EXCESSIVE_FLUSH', description: 'ignored' };

    const [told] = openStream().decode(JSON.stringify(warning));

    expect(told).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } });
  });

  it.each([
    ['audio that nobody asked for', audio(1, 2)],
    ['a confirmation that nobody asked for', FLUSHED],
    ['an unknown type', '{"type":"New"}'],
    ['text that is no JSON', 'New'],
  ])('ignores %s', (_, frame) => {
    expect(openStream().decode(frame)).toMatchObject([{ kind: 'ignored' }]);
  });
});

describe('deepgram speak, its ends', () => {
  const closes: [number, string, string][] = [
    [1_000, '', 'transient'],
    [1_003, 'MESSAGE-0000', 'config'],
    [1_006, '', 'transient'],
    [1_008, 'DATA-0000', 'config'],
    [1_008, 'See https://dpgr.am/data0001', 'rateLimited'],
    [1_009, 'BIG-0000', 'config'],
    [1_009, 'BIG-0001', 'config'],
    [1_011, 'NET-0000', 'transient'],
    [1_011, 'NET-0001', 'transient'],
    [1_011, 'NET-0002', 'transient'],
    [1_011, 'See https://dpgr.am/net0003', 'planned'],
  ];

  it.each(closes)('takes %s %s for %s', (code, reason, kind) => {
    const failure = deepgramSpeak({ apiKey: KEY }).classifyEnd({ kind: 'closed', code, reason });

    expect(failure.kind).toBe(kind);
    expect(failure.code).toContain(String(code));
  });

  it('does not wait for the end of a minute whose characters were those of a socket that is gone', () => {
    const end = { kind: 'closed', code: 1_008, reason: 'DATA-0001' } as const;

    expect(deepgramSpeak({ apiKey: KEY }).classifyEnd(end).retryAfterMs).toBe(0);
  });

  it.each([
    [401, 'auth'],
    [402, 'quota'],
    [413, 'config'],
    [429, 'transient'],
    [500, 'transient'],
  ])('takes a refusal with %s for %s', (status, kind) => {
    const end: SocketEnd = {
      kind: 'refused',
      code: 1_006,
      reason: '',
      status,
      body: '{"err_code":"Too Many Requests","err_msg":"Please try again later."}',
    };

    expect(deepgramSpeak({ apiKey: KEY }).classifyEnd(end)).toMatchObject({
      kind,
      detail: 'Too Many Requests: Please try again later.',
    });
  });
});

describe('deepgram speak, for anything that may come', () => {
  const frame = fc.oneof(
    fc.constantFrom(
      FLUSHED,
      CLEARED,
      '{"type":"Metadata"}',
      '{"type":"Warning"}',
      '{"type":"Error"}',
    ),
    fc
      .record({
        type: fc.constantFrom('Warning', 'Error', 'Flushed', '__proto__'),
        code: fc.jsonValue(),
      })
      .map((message) => JSON.stringify(message)),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: frame },
    { weight: 2, arbitrary: fc.constant('say' as const) },
    { weight: 1, arbitrary: fc.constant('interrupt' as const) },
  );

  it('never throws, confirms each text at most once and in order, and gives whole samples', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const stream = openStream();
        let said = 0;
        const told: ProviderEvent[] = [];
        for (const each of steps) {
          if (each === 'say') say(stream, String((said += 1)));
          else if (each === 'interrupt') stream.encodeOrder?.(INTERRUPT);
          else told.push(...stream.decode(each));
        }

        const ids = told.flatMap((event) => (event.kind === 'spoken' ? [Number(event.id)] : []));
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        for (const event of told) {
          if (event.kind === 'audio') expect(event.bytes.length % 2).toBe(0);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });
});
