/** Plain sockets against the stand-in: what it refuses, and what can be taken up again. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiSimulatorOptions } from '../../src/simulators/gemini/simulator.ts';
import { LIVE_CLOSES, quotaExceeded } from '../../src/simulators/gemini/wire.ts';
import { MODEL, PATH, PROBLEM, closeAll, dial, pass, setUp, start } from './gemini-support.ts';
import type { Message } from './gemini-support.ts';

afterEach(closeAll);

describe('gemini simulator, setting up', () => {
  it.each([
    ['//', 'v1beta'],
    ['/', 'v1'],
    ['/', 'v1alpha'],
  ])('is found at %s%s', async (slashes, version) => {
    const { simulator } = await start();
    const client = dial(simulator.url, `${slashes}${PATH.replace('v1beta', version)}?key=local`);
    await client.opened;

    client.send({ setup: { model: MODEL } });

    await expect(client.until((message) => message['setupComplete'])).resolves.toBeDefined();
  });

  it.each<[string, object, { code: number; reason: RegExp }]>([
    ['a frame before setup', { realtimeInput: {} }, { code: 1_007, reason: /invalid argument/ }],
    [
      'an unknown field',
      { setup: { model: MODEL, modle: 1 } },
      { code: 1_007, reason: /Unknown name "modle" at 'setup'/ },
    ],
    [
      'transcription in the wrong place',
      { setup: { model: MODEL, generationConfig: { inputAudioTranscription: {} } } },
      { code: 1_007, reason: /"inputAudioTranscription" at 'setup.generation_config'/ },
    ],
    [
      'transparent resumption',
      { setup: { model: MODEL, sessionResumption: { transparent: true } } },
      { code: 1_007, reason: /invalid argument/ },
    ],
    [
      'an unknown model',
      { setup: { model: 'models/gpt' } },
      { code: 1_008, reason: /^models\/gpt is not found for API version v1beta/ },
    ],
    [
      'an unknown handle',
      { setup: { model: MODEL, session_resumption: { handle: 'h' } } },
      { code: 1_008, reason: /^BidiGenerateContent session not found/ },
    ],
  ])('refuses %s', async (_what, frame, { code, reason }) => {
    const { simulator } = await start();
    const client = dial(simulator.url);
    await client.opened;

    client.send(frame);

    expect(await client.ended).toEqual({ code, reason: expect.stringMatching(reason) });
  });

  it('refuses a second setup, activity that it finds itself, and audio that is none', async () => {
    const { simulator } = await start();
    const frames = [
      { setup: { model: MODEL } },
      { realtimeInput: { activityStart: {} } },
      { realtimeInput: { audio: { data: 'AA==', mimeType: 'audio/opus' } } },
      { clientContent: { turns: [{ role: 'user', parts: [{ inlineData: {} }] }] } },
      { whatIsThis: {} },
    ];

    const codes = await Promise.all(
      frames.map(async (frame) => {
        const client = await setUp(simulator.url);
        client.send(frame);
        return (await client.ended).code;
      }),
    );

    expect(codes).toEqual([1_007, 1_007, 1_007, 1_007, 1_007]);
  });

  it.each(['http', 'badKey', 'badKeyAsArgument'] as const)(
    'refuses a wrong key by %s, and our adapter knows it',
    async (refusesKeysBy) => {
      const { simulator } = await start({ faults: { refusesKeysBy } });
      const client = dial(simulator.url, `/${PATH}?key=wrong`);
      const upgrade = once(client.socket, 'unexpected-response').then(
        ([, { statusCode }]) =>
          ({ kind: 'refused', code: 1_006, reason: '', status: statusCode }) as const,
      );
      const closed = client.ended.then((end) => ({ kind: 'closed', ...end }) as const);

      const end = await (refusesKeysBy === 'http' ? upgrade : closed);
      const { body } = PROBLEM['400'];

      const failure = geminiLive({ apiKey: 'wrong' }).classifyEnd({ ...end, body: body! });
      expect(failure.kind).toBe('auth');
    },
  );

  it('refuses upgrades and setups as it is told', async () => {
    const { simulator } = await start();
    simulator.refuseUpgrade(quotaExceeded());
    simulator.closeSetup('exhausted');
    const refused = dial(simulator.url);
    const [, { statusCode }] = await once(refused.socket, 'unexpected-response');
    const client = dial(simulator.url);
    await client.opened;

    client.send({ setup: { model: MODEL } });

    expect(statusCode).toBe(429);
    expect(await client.ended).toMatchObject({ code: 1_011 });
    expect(simulator.stats).toMatchObject({
      refusedByStatus: { 429: 1 },
      closesByCode: { 1011: 1 },
      connectionsOpened: 1,
    });
  });
});

describe('gemini simulator, taking up again', () => {
  const talk = { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Hi' }] }] } };
  const handleIn = (message: Message) => message['sessionResumptionUpdate']?.newHandle;

  async function offered(options: GeminiSimulatorOptions = {}) {
    const started = await start(options);
    const client = await setUp(started.simulator.url, { sessionResumption: {} });
    client.send(talk);
    const update = await client.until(handleIn);
    return { ...started, client, handle: handleIn(update) as string };
  }

  it('refuses a session that another socket still holds', async () => {
    const { simulator, clock, handle, client } = await offered();
    const second = dial(simulator.url);
    await second.opened;
    second.send({ setup: { model: MODEL, sessionResumption: { handle } } });
    await pass(second, clock, 300);

    expect(await second.ended).toEqual({ code: 1_011, reason: LIVE_CLOSES.internal.reason });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('lets a closing socket go first', async () => {
    const { simulator, clock, handle, client } = await offered();
    const second = dial(simulator.url);
    await second.opened;
    second.send({ setup: { model: MODEL, sessionResumption: { handle } } });
    await pass(second, clock, 0);
    client.socket.close();
    await client.ended;

    clock.advance(300);

    await expect(second.until((message) => message['setupComplete'])).resolves.toBeDefined();
  });

  it.each([
    ['it was forgotten', 1_008, {}],
    ['its time is over', 1_008, {}],
    ['the model is another', 1_011, { model: 'models/gemini-other' }],
  ])('refuses a handle when %s', async (why, code, more) => {
    const { simulator, clock, handle, client } = await offered({ faults: { goAwayAfterMs: null } });
    client.socket.close();
    await client.ended;
    if (why === 'it was forgotten') simulator.forgetHandles();
    if (why === 'its time is over') clock.advance(7_200_000);
    const second = dial(simulator.url);
    await second.opened;

    second.send({ setup: { model: MODEL, sessionResumption: { handle }, ...more } });

    expect((await second.ended).code).toBe(code);
  });

  it('has no handle to give while it answers', async () => {
    const { simulator, clock } = await start();
    const client = await setUp(simulator.url, { sessionResumption: {} });
    client.send({ clientContent: { ...talk.clientContent, turnComplete: true } });
    await client.until((message) => message['sessionResumptionUpdate']);

    const before = client.messages.map((message) => message['sessionResumptionUpdate']?.resumable);
    clock.advance(60_000);
    await client.until(handleIn);

    expect(before.filter((resumable) => resumable !== undefined)).toEqual([false]);
  });

  it('offers handles unasked, where it is told to', async () => {
    const { simulator } = await start({ faults: { offersHandlesUnasked: true } });
    const client = await setUp(simulator.url);

    client.send(talk);

    await expect(client.until(handleIn)).resolves.toBeDefined();
  });
});
