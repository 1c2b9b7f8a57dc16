import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { speak } from '../../src/simulators/persona/voice.ts';
import { DOCUMENTED_CLOSES, DOCUMENTED_REFUSALS } from '../../src/simulators/deepgram/faults.ts';
import type { DocumentedClose, DocumentedRefusal } from '../../src/simulators/deepgram/faults.ts';
import type { DeepgramSimulatorOptions } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { ManualClock, ScriptedRecogniser, refused } from './deepgram-support.ts';

const PATH = '/v1/speak';
const QUERY = 'model=aura-2-thalia-en&encoding=linear16&sample_rate=16000';
const HEADERS = { authorization: 'Token local' };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(options: Partial<DeepgramSimulatorOptions> = {}) {
  const clock = new ManualClock();
  const recogniser = new ScriptedRecogniser();
  const server = await startDeepgramSimulator({ recogniser, clock, ...options });
  closers.push(() => server.close());
  return { server, clock };
}

/** Messages as objects, audio as the number of its bytes. */
async function start(options: Partial<DeepgramSimulatorOptions> = {}) {
  const { server, clock } = await serve(options);
  const socket = new WebSocket(`${server.url}${PATH}?${QUERY}`, { headers: HEADERS });
  const heard: unknown[] = [];
  const audio: Buffer[] = [];
  socket.on('message', (data, isBinary) => {
    if (isBinary) audio.push(data as Buffer);
    heard.push(isBinary ? 'audio' : JSON.parse((data as Buffer).toString()));
  });
  const ended = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'message');
  const send = (...messages: object[]): void => {
    for (const message of messages) socket.send(JSON.stringify(message));
  };
  const settle = async (): Promise<void> => {
    socket.ping();
    await once(socket, 'pong');
  };
  return { server, clock, socket, heard, audio, ended, send, settle };
}

const text = (said: string) => ({ type: 'Speak', text: said });
const FLUSH = { type: 'Flush' };

describe('deepgram simulator: the voice over a WebSocket', () => {
  it('speaks first, then says what was flushed, and confirms it after its last audio', async () => {
    const { heard, audio, send, settle, server } = await start();

    send(text('Hello '), text('you.'));
    await settle();
    const beforeTheFlush = heard.length;
    send(FLUSH);
    await settle();

    expect(heard[0]).toMatchObject({ type: 'Metadata', model_name: 'aura-2-thalia-en' });
    expect(beforeTheFlush).toBe(1);
    expect(heard.at(-1)).toEqual({ type: 'Flushed', sequence_id: 0 });
    expect(new Uint8Array(Buffer.concat(audio))).toEqual(speak('Hello you.', 16_000));
    expect(server.stats.spokenChars).toBe(10);
  });

  it('speaks no faster than it is told to', async () => {
    const { audio, heard, send, settle, clock } = await start({ speak: { paceRatio: 1 } });

    send(text('abc'), FLUSH);
    await settle();
    const atOnce = audio.length;
    clock.advance(100);
    await settle();
    const after100Ms = audio.length;
    clock.advance(100);
    await settle();

    expect([atOnce, after100Ms]).toEqual([1, 2]);
    expect(heard.at(-1)).toMatchObject({ type: 'Flushed' });
  });

  it('says nothing more of what was cleared', async () => {
    const { audio, heard, send, settle, clock } = await start({ speak: { paceRatio: 1 } });

    send(text('A long sentence.'), FLUSH, text('kept back'));
    await settle();
    send({ type: 'Clear' });
    await settle();
    clock.advance(10_000);
    await settle();

    expect(audio).toHaveLength(1);
    expect(heard.at(-1)).toEqual({ type: 'Cleared', sequence_id: 0 });
  });

  it('says what is left before it closes after Close', async () => {
    const { audio, send, ended } = await start();

    send(text('bye'), { type: 'Close' });

    expect(await ended).toBe(1_000);
    expect(audio.length).toBeGreaterThan(0);
  });

  it('warns of a flush too many, does not do it, and does the next one a minute later', async () => {
    const { heard, send, settle, clock } = await start();

    for (let at = 0; at < 21; at += 1) send(text('a'), FLUSH);
    await settle();
    const warned = heard.at(-1);
    clock.advance(60_000);
    send(FLUSH);
    await settle();

    expect(warned).toMatchObject({ type: 'Warning', code: 'EXCESSIVE_FLUSH' });
    expect(heard.at(-1)).toMatchObject({ type: 'Flushed', sequence_id: 20 });
  });

  it('takes 2,400 characters in a minute', async () => {
    const { send, settle, clock, ended } = await start();

    send(text('a'.repeat(2_000)), text('a'.repeat(400)));
    await settle();
    clock.advance(60_000);
    send(text('a'));
    await settle();
    send(text('a'.repeat(2_000)), text('a'.repeat(400)));

    expect(await ended).toBe(1_008);
  });

  it.each([
    ['a text of more than 2,000 characters', JSON.stringify(text('a'.repeat(2_001))), 1_009],
    ['a command that is none', '{"type":"KeepAlive"}', 1_008],
    ['text that is no JSON', 'Hello', 1_008],
    ['a Speak without text', '{"type":"Speak"}', 1_008],
    ['a binary frame', Buffer.from([0, 0]), 1_003],
  ])('closes on %s', async (_, frame, code) => {
    const { socket, ended } = await start();

    socket.send(frame);

    expect(await ended).toBe(code);
  });

  it('ends when its time is over, whatever happens on it', async () => {
    const { clock, ended, server } = await start({ speak: { endsAfterMs: 5_000 } });

    clock.advance(5_000);

    expect(await ended).toBe(1_011);
    expect(server.stats.closesByCode).toEqual({ 1011: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(Object.keys(DOCUMENTED_CLOSES) as DocumentedClose[])(
    'closes as %s on demand',
    async (as) => {
      const { server, ended } = await start();

      const struck = server.provoke({ kind: 'close', as }, 'speak');

      expect(struck).toBe(1);
      expect(await ended).toBe(DOCUMENTED_CLOSES[as].code);
    },
  );

  it('is cut, or says anything, on demand', async () => {
    const { server, heard, settle, ended } = await start();

    server.provoke({ kind: 'say', frame: '{"type":"New"}' });
    await settle();
    server.provoke({ kind: 'cut' });

    expect(heard.at(-1)).toEqual({ type: 'New' });
    expect(await ended).toBe(1_006);
  });

  it.each([
    ['an unknown name', `${QUERY}&container=none`],
    ['another encoding', QUERY.replace('linear16', 'mulaw')],
    ['a rate that is none of its own', QUERY.replace('16000', '44100')],
    ['a model that is no voice', QUERY.replace('aura-2-thalia-en', 'nova-3')],
  ])('refuses %s with 400', async (_, query) => {
    const { server } = await serve();

    expect((await refused(server.url, { path: PATH, query })).status).toBe(400);
  });
});

describe('deepgram simulator: the voice over HTTP', () => {
  async function post(url: string, body: unknown, query = `${QUERY}&container=none`) {
    return fetch(`${url}${PATH}?${query}`, {
      method: 'POST',
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  it('answers with audio, and says in headers whose', async () => {
    const { server } = await serve();

    const response = await post(server.httpUrl, { text: 'Hello.' });

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/l16;rate=16000;channels=1',
      'dg-model-name': 'aura-2-thalia-en',
      'dg-char-count': '6',
      'dg-request-id': expect.any(String),
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(speak('Hello.', 16_000));
  });

  it('makes a WAV file unless it is told not to', async () => {
    const { server } = await serve();

    const response = await post(server.httpUrl, { text: 'Hello.' }, QUERY);
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt32LE(24)).toBe(16_000);
    expect(bytes).toHaveLength(44 + speak('Hello.', 16_000).length);
  });

  it.each([
    ['no text', {}, 400, 'INVALID_QUERY_PARAMETER'],
    ['an empty text', { text: '' }, 400, 'INVALID_QUERY_PARAMETER'],
    ['another field', { text: 'a', voice: 'b' }, 400, 'INVALID_QUERY_PARAMETER'],
    ['a text of more than 2,400 characters', { text: 'a'.repeat(2_401) }, 413, 'Payload Too Large'],
    ['more than 2 MB', { text: 'a'.repeat(2_097_152) }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_, body, status, code) => {
    const { server } = await serve();

    const response = await post(server.httpUrl, body);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ err_code: code });
  });

  it.each(Object.keys(DOCUMENTED_REFUSALS).map(Number) as DocumentedRefusal[])(
    'refuses with %s on demand, once, over both',
    async (status) => {
      const { server } = await serve();
      server.refuseNext({ ...DOCUMENTED_REFUSALS[status], headers: { 'retry-after': '3' } }, 2);

      const upgrade = await refused(server.url, { path: PATH, query: QUERY });
      const posted = await post(server.httpUrl, { text: 'a' });
      const after = await post(server.httpUrl, { text: 'a' });
      await after.arrayBuffer();

      expect([upgrade.status, posted.status, after.status]).toEqual([status, status, 200]);
      expect([upgrade.headers['retry-after'], posted.headers.get('retry-after')]).toEqual([
        '3',
        '3',
      ]);
      expect(await posted.json()).toMatchObject({
        err_code: DOCUMENTED_REFUSALS[status].errorCode,
      });
    },
  );

  it('serves sockets and posts over TLS', async () => {
    const { server } = await serve({ tls: true });

    const socket = new WebSocket(`${server.url}${PATH}?${QUERY}`, {
      headers: HEADERS,
      rejectUnauthorized: false,
    });
    const [first] = (await once(socket, 'message')) as [Buffer];
    const request = httpsRequest(`${server.httpUrl}${PATH}?${QUERY}`, {
      method: 'POST',
      headers: HEADERS,
      rejectUnauthorized: false,
    });
    request.end('{"text":"a"}');
    const [response] = (await once(request, 'response')) as [
      { statusCode: number; resume(): void },
    ];
    response.resume();
    socket.terminate();

    expect(server.url).toMatch(/^wss:/);
    expect(first.toString()).toContain('Metadata');
    expect(response.statusCode).toBe(200);
  });
});
