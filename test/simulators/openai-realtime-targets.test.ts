/** What a socket of OpenAI Realtime may be opened onto besides a model: a transcription, or a call from the side. */
import { afterEach, describe, expect, it } from 'vitest';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { connect, message, spoken } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, ...options });
}

const TRANSCRIPTION = '?intent=transcription';
const TOLD = 'conversation.item.input_audio_transcription';
const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  '',
].join('\r\n');

async function post(path: string, body: string | FormData, key = 'local', type?: string) {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(type === undefined ? {} : { 'content-type': type }),
  };
  return fetch(`${simulator.httpUrl}${path}`, { method: 'POST', headers, body });
}

async function openCall(session: object = {}): Promise<string> {
  const form = new FormData();
  form.set('sdp', OFFER);
  form.set('session', JSON.stringify({ type: 'realtime', model: 'gpt-realtime', ...session }));
  const response = await post('/realtime/calls', form);
  return response.headers.get('location')?.split('/').at(-1) ?? '';
}

describe('a session that transcribes', () => {
  const update = (input: object) => ({
    type: 'session.update',
    session: { type: 'transcription', audio: { input } },
  });

  it('begins as one, with no voice and no model', async () => {
    await start();

    const client = await connect(simulator.baseUrl, { query: TRANSCRIPTION });
    const { session } = await client.next('session.created');

    expect(session).toMatchObject({
      type: 'transcription',
      object: 'realtime.transcription_session',
    });
    expect(Object.keys(session['audio'] as object)).toEqual(['input']);
    expect(session).not.toHaveProperty('model');
  });

  it('tells what was said in pieces and whole, and answers nothing', async () => {
    await start({ hint: () => 'hello there' });
    const client = await connect(simulator.baseUrl, { query: TRANSCRIPTION });
    client.send(update({ transcription: { model: 'gpt-4o-transcribe' } }));
    await client.next('session.updated');

    client.append(spoken('hello there', 700));
    const { transcript } = await client.next(`${TOLD}.completed`);
    await client.settle();

    const deltas = client.messages.filter(({ type }) => type === `${TOLD}.delta`);
    expect(transcript).toBe('hello there');
    expect(deltas.map(({ delta }) => delta as string).join('')).toBe('hello there');
    expect(client.types.filter((type) => /^(response|rate_limits)/.test(type))).toEqual([]);
    expect(simulator.stats.repliesAsked).toBe(0);
  });

  it.each([
    [{ type: 'response.create' }, 'type'],
    [message('a', 'user', 'Hello'), 'type'],
    [{ type: 'session.update', session: { type: 'realtime' } }, 'session.type'],
    [
      { type: 'session.update', session: { type: 'transcription', instructions: 'x' } },
      'session.instructions',
    ],
    [
      update({ transcription: { model: 'gpt-realtime-whisper' } }),
      'session.audio.input.turn_detection',
    ],
  ])('refuses what only a conversation has: %j', async (event, param) => {
    await start();
    const client = await connect(simulator.baseUrl, { query: TRANSCRIPTION });

    client.send(event);

    expect(await client.next('error')).toMatchObject({ error: { param } });
  });

  it('takes the streaming model without detection of turns', async () => {
    await start({ hint: () => 'hello' });
    const client = await connect(simulator.baseUrl, { query: TRANSCRIPTION });
    client.send(update({ transcription: { model: 'gpt-realtime-whisper' }, turn_detection: null }));
    await client.next('session.updated');

    client.append(spoken('hello'));
    client.send({ type: 'input_audio_buffer.commit' });

    expect(await client.next(`${TOLD}.completed`)).toMatchObject({ transcript: 'hello' });
  });

  it('is opened by the ephemeral key that was made for it', async () => {
    await start();
    const session = {
      type: 'transcription',
      audio: { input: { transcription: { model: 'whisper-1' } } },
    };
    const made = await post('/realtime/client_secrets', JSON.stringify({ session }));
    const { value } = (await made.json()) as { value: string };

    const client = await connect(simulator.baseUrl, {
      query: '',
      protocols: ['realtime', `openai-insecure-api-key.${value}`],
    });
    const created = await client.next('session.created');

    expect(created['session']).toMatchObject({
      type: 'transcription',
      audio: { input: { transcription: { model: 'whisper-1' } } },
    });
  });

  it('is not what a conversation becomes', async () => {
    await start();
    const client = await connect(simulator.baseUrl);

    client.send(update({}));

    const { error } = await client.next('error');
    expect(error).toMatchObject({ param: 'session.type' });
    expect(error['message']).toContain('transcription session update event to a realtime session');
  });
});

describe('a call', () => {
  it('declines the media that nothing here carries, and has a name', async () => {
    await start();

    const response = await post('/realtime/calls', OFFER, 'local', 'application/sdp');
    const answer = await response.text();

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(/^\/v1\/realtime\/calls\/rtc_\w+$/);
    expect(answer).toContain('m=audio 0 UDP/TLS/RTP/SAVPF 111');
    expect(answer).toContain('m=application 0 ');
  });

  it('is controlled from the side, and goes on when that socket is lost', async () => {
    await start();
    const query = `?call_id=${await openCall({ instructions: 'Be brief.' })}`;
    const first = await connect(simulator.baseUrl, { query });
    const begun = await first.next('session.created');
    first.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be long.' } });
    first.send(message('a', 'user', 'Hello'));
    await first.next('conversation.item.done');
    first.socket.terminate();

    const second = await connect(simulator.baseUrl, { query });
    const found = await second.next('session.created');
    second.send({ type: 'response.create' });
    const { transcript } = await second.next('response.output_audio_transcript.done');

    expect(begun['session']).toMatchObject({ instructions: 'Be brief.' });
    expect(found['session']).toEqual({ ...begun['session'], instructions: 'Be long.' });
    expect(transcript).toBe('You said: Hello.');
  });

  it('ends its sockets when it is hung up, and is nobody any more', async () => {
    await start();
    const callId = await openCall();
    const query = `?call_id=${callId}`;
    const client = await connect(simulator.baseUrl, { query });
    const other = await connect(simulator.baseUrl);

    const hungUp = await post(`/realtime/calls/${callId}/hangup`, '');
    const end = await client.ended;
    const again = await post(`/realtime/calls/${callId}/hangup`, '');
    const late = await connect(simulator.baseUrl, { query });

    expect([hungUp.status, again.status]).toEqual([200, 404]);
    expect(end.code).toBe(1_000);
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    expect(await late.next('error')).toMatchObject({ error: { param: 'call_id' } });
    expect((await late.ended).code).toBe(4_004);
  });

  it.each([
    ['no offer', 'hello', 'local', 400],
    ['a wrong key', OFFER, 'wrong', 401],
  ])('is not opened with %s', async (_what, body, key, status) => {
    await start();

    const response = await post('/realtime/calls', body, key, 'application/sdp');

    expect(response.status).toBe(status);
    expect(simulator.stats.refusedByStatus).toEqual({ [status]: 1 });
  });
});

describe('a target', () => {
  it.each([
    ['?model=gpt-realtime&intent=transcription', null],
    ['?intent=translation', 'intent'],
    ['?call_id=rtc_none', 'call_id'],
    ['', 'model'],
  ])('is named once, and known: %s is ended', async (query, param) => {
    await start();

    const client = await connect(simulator.baseUrl, { query });

    expect(await client.next('error')).toMatchObject({ error: { param } });
    expect((await client.ended).code).toBeGreaterThanOrEqual(4_000);
    expect(client.types).not.toContain('session.created');
  });
});
