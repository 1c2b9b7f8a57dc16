/** OpenAI's own client transcribes, telephones and controls a call from the side: all over TLS, which it insists on. */
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compress } from '../../src/simulators/openai-realtime/g711.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { trustSelfSigned } from '../support/self-signed.ts';
import { spoken } from './openai-realtime-support.ts';

const OPTIONS = { options: { rejectUnauthorized: false } };
const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n';

let simulator: OpenAiSimulator;
let client: OpenAI;
let distrust: () => void;
let errors: unknown[];

beforeEach(() => {
  distrust = trustSelfSigned();
  errors = [];
});

afterEach(async () => {
  distrust();
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ tls: true, replySpeedRatio: 100, ...options });
  client = new OpenAI({ apiKey: 'local', baseURL: simulator.httpUrl, maxRetries: 0 });
}

type Target = ConstructorParameters<typeof OpenAIRealtimeWS>[0];

/** @returns the socket, once its session has been told. */
async function open(target: Target): Promise<OpenAIRealtimeWS> {
  const rt = new OpenAIRealtimeWS(target, client);
  rt.on('error', (error) => errors.push(error.message));
  await new Promise<void>((resolve) => rt.once('session.created', () => resolve()));
  return rt;
}

function append(rt: OpenAIRealtimeWS, bytes: Uint8Array): void {
  rt.send({ type: 'input_audio_buffer.append', audio: Buffer.from(bytes).toString('base64') });
}

const samplesOf = (pcm: Uint8Array): Int16Array =>
  new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);

describe('openai, with the intent to transcribe', () => {
  it('is told what was said, piece by piece and whole', async () => {
    await start({ hint: () => 'how are you' });
    const rt = await open({ intent: 'transcription', ...OPTIONS });
    let pieces = '';
    rt.on(
      'conversation.item.input_audio_transcription.delta',
      ({ delta = '' }) => (pieces += delta),
    );
    const completed = new Promise<string>((resolve) => {
      rt.on('conversation.item.input_audio_transcription.completed', ({ transcript }) =>
        resolve(transcript),
      );
    });
    const updated = new Promise((resolve) => rt.once('session.updated', resolve));
    rt.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: { input: { transcription: { model: 'gpt-4o-transcribe', language: 'en' } } },
      },
    });
    await updated;

    append(rt, spoken('how are you', 700));
    const transcript = await completed;
    rt.close();

    expect([transcript, pieces]).toEqual(['how are you', 'how are you']);
    expect(errors).toEqual([]);
  });

  it('opens it by an ephemeral key too', async () => {
    await start();
    const { value, session } = await client.realtime.clientSecrets.create({
      session: { type: 'transcription' },
      expires_after: { anchor: 'created_at', seconds: 60 },
    });

    client = new OpenAI({ apiKey: value, baseURL: simulator.httpUrl });
    const rt = await open({ intent: 'transcription', ...OPTIONS });
    rt.close();

    expect(session.type).toBe('transcription');
    expect(simulator.stats.connectionsOpened).toBe(1);
    expect(errors).toEqual([]);
  });
});

describe.each(['pcmu', 'pcma'] as const)('openai, on the telephone in %s', (law) => {
  it('is heard and answered', async () => {
    await start({ hint: () => 'hello' });
    const rt = await open({ model: 'gpt-realtime', ...OPTIONS });
    const format = { type: `audio/${law}` } as { type: 'audio/pcmu' };
    const updated = new Promise((resolve) => rt.once('session.updated', resolve));
    rt.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { format }, output: { format } } },
    });
    await updated;
    const pieces: Buffer[] = [];
    rt.on('response.output_audio.delta', ({ delta }) => pieces.push(Buffer.from(delta, 'base64')));
    const done = new Promise((resolve) => rt.once('response.done', resolve));

    append(rt, compress(samplesOf(speak('hello', 8_000)), law));
    append(rt, compress(new Int16Array(4_000), law));
    await done;
    rt.close();

    const meant = compress(samplesOf(speak('You said: hello.', 8_000)), law);
    expect(Buffer.concat(pieces).equals(meant)).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('openai, at the side of a call', () => {
  it('opens the call, joins it, asks for an answer, and hangs up', async () => {
    await start();
    const answer = await client.realtime.calls.create({
      sdp: OFFER,
      session: { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.' },
    });
    const callID = answer.headers.get('location')?.split('/').at(-1) ?? '';
    const rt = await open({ callID, ...OPTIONS });
    const said = new Promise<string>((resolve) => {
      rt.on('response.output_audio_transcript.done', ({ transcript }) => resolve(transcript));
    });
    const closed = new Promise((resolve) => rt.socket.on('close', resolve));

    rt.send({ type: 'response.create' });
    const transcript = await said;
    await client.realtime.calls.hangup(callID);
    const code = await closed;

    expect(answer.status).toBe(201);
    expect(await answer.text()).toContain('m=audio 0 RTP/AVP 0');
    expect([transcript, code]).toEqual(['I am here.', 1_000]);
    expect(errors).toEqual([]);
  });
});
