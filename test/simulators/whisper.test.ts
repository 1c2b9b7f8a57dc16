/** The stand-in for Whisper's servers: what OpenAI's own client gets from it, and what it refuses. */
import OpenAI from 'openai';
import type { APIError } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';

import { SILENCE, clientOf, clip, closeAll, post, start, twoWords } from './whisper-support.ts';
import { wavOf } from '../../src/providers/whisper/wav.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import type { WhisperFault } from '../../src/simulators/whisper/simulator.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

afterEach(closeAll);

describe("OpenAI's client", () => {
  it('gets a text', async () => {
    const simulator = await start();

    const answer = await clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
    });

    expect(answer).toMatchObject({ text: 'one two', usage: { type: 'duration', seconds: 1 } });
  });

  it('gets segments and words with their times', async () => {
    const simulator = await start();

    const answer = await clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });

    expect(answer.duration).toBe(1);
    expect(answer.words).toEqual([
      { word: 'one', start: 0, end: 0.5 },
      { word: 'two', start: 0.5, end: 1 },
    ]);
    const [segment] = answer.segments ?? [];
    expect(segment).toMatchObject({ id: 0, start: 0, end: 1, text: ' one two', temperature: 0 });
    expect(segment?.avg_logprob).toBeLessThan(0);
    expect(segment?.no_speech_prob).toBeLessThan(0.6);
  });

  it('gets plain text and subtitles', async () => {
    const simulator = await start();
    const create = async (format: 'text' | 'srt' | 'vtt'): Promise<unknown> =>
      clientOf(simulator).audio.transcriptions.create({
        file: await clip(),
        model: 'whisper-1',
        response_format: format,
      });

    expect(await create('text')).toBe('one two\n');
    expect(await create('srt')).toBe('1\n00:00:00,000 --> 00:00:01,000\none two\n');
    expect(await create('vtt')).toBe('WEBVTT\n\n00:00:00.000 --> 00:00:01.000\none two\n');
  });

  it('gets a stream of a model that streams', async () => {
    const simulator = await start();

    const stream = await clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'gpt-4o-transcribe',
      stream: true,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);

    expect(types).toEqual(['transcript.text.delta', 'transcript.text.done']);
  });

  it.each<readonly [string, WhisperFault, Partial<APIError>]>([
    ['a wrong key', { kind: 'wrongKey' }, { status: 401, code: 'invalid_api_key' }],
    ['too many requests', { kind: 'rateLimited' }, { status: 429, code: 'rate_limit_exceeded' }],
    ['no credit', { kind: 'insufficientQuota' }, { status: 429, code: 'insufficient_quota' }],
    ['a clip that cannot be read', { kind: 'badRequest' }, { status: 400, param: 'file' }],
    ['a clip that is too large', { kind: 'tooLarge' }, { status: 413 }],
    ['a broken server', { kind: 'serverError', status: 502 }, { status: 502 }],
  ])('is told of %s', async (_name, fault, expected) => {
    const simulator = await start();
    simulator.failNext(fault);

    const request = clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
    });

    await expect(request).rejects.toMatchObject(expected);
  });

  it.each<readonly [Omit<OpenAI.Audio.TranscriptionCreateParamsNonStreaming, 'file'>, number]>([
    [{ model: 'whisper-9' }, 404],
    [{ model: 'gpt-4o-transcribe', response_format: 'srt' }, 400],
    [{ model: 'whisper-1', timestamp_granularities: ['word'] }, 400],
  ])('is refused %j', async (fields, status) => {
    const simulator = await start();

    const request = clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      stream: false,
      ...fields,
    } as OpenAI.Audio.TranscriptionCreateParamsNonStreaming);

    await expect(request).rejects.toMatchObject({ status });
  });

  it('is refused without a key that is known, and finds the models with it', async () => {
    const simulator = await start({ apiKeys: ['sk-one'] });

    const models = await clientOf(simulator, 'sk-one').models.list();

    expect(models.data.map(({ id }) => id)).toContain('whisper-1');
    await expect(clientOf(simulator, 'sk-two').models.list()).rejects.toMatchObject({
      status: 401,
    });
  });

  it('tries again by itself where the server says so, with the hint that it was given', async () => {
    const simulator = await start();
    simulator.failNext({ kind: 'rateLimited', retryAfterMs: 5 });
    const client = new OpenAI({ apiKey: 'local', baseURL: `${simulator.url}/v1`, maxRetries: 1 });

    const answer = await client.audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
    });

    expect(answer.text).toBe('one two');
    expect(simulator.requests.map(({ status }) => status)).toEqual([429, 200]);
  });
});

describe("whisper.cpp's server", () => {
  it('needs no key, and puts the words into its segments', async () => {
    const simulator = await start();

    const response = await post(simulator, { response_format: 'verbose_json' });

    expect(await response.json()).toMatchObject({
      text: ' one two\n',
      segments: [{ text: ' one two', words: [{ word: ' one', probability: 0.9 }, {}] }],
    });
  });

  it('loads its model for a while', async () => {
    const clock = new VirtualClock();
    const simulator = await start({ clock, loadingMs: 1_000 });

    const before = await fetch(`${simulator.url}/health`);
    const refused = await post(simulator);
    clock.advance(1_000);
    const after = await fetch(`${simulator.url}/health`);

    expect([before.status, await before.json()]).toEqual([503, { status: 'loading model' }]);
    expect(refused.status).toBe(503);
    expect([after.status, await after.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('works on one file after another', async () => {
    let working = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const recogniser: Recogniser = {
      open: (options) => {
        most = Math.max(most, (working += 1));
        const stream = twoWords.open(options);
        return {
          ...stream,
          flush: (token) => finish.push(() => stream.flush(token)),
          close: () => (working -= 1),
        };
      },
      close: () => Promise.resolve(),
    };
    const simulator = await start({ recogniser });

    const answers = [post(simulator), post(simulator), post(simulator)];
    for (let done = 0; done < 3; done += 1) {
      while (finish.length === 0) await new Promise((resolve) => setImmediate(resolve));
      finish.shift()?.();
    }
    const statuses = (await Promise.all(answers)).map(({ status }) => status);

    expect(statuses).toEqual([200, 200, 200]);
    expect(most).toBe(1);
  });

  it.each([
    ['is not 16 kHz', wavOf(new Uint8Array(16_000).fill(7), 8_000)],
    ['is no WAV', new TextEncoder().encode('not a recording at all, but text')],
    ['is too short', wavOf(new Uint8Array(320).fill(7), 16_000)],
  ])('refuses a file that %s', async (_name, bytes) => {
    const simulator = await start();

    const response = await post(simulator, {}, '/inference', bytes);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.any(String) });
  });

  it('says on silence what nobody said, where it is asked to', async () => {
    const simulator = await start({ hallucinatesOnSilence: true });

    const response = await post(
      simulator,
      { response_format: 'verbose_json' },
      '/inference',
      SILENCE,
    );

    expect(await response.json()).toMatchObject({
      segments: [{ text: ' Thank you for watching!', no_speech_prob: 0.86 }],
    });
  });
});
