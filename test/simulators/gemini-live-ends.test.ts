/** Plain sockets against the stand-in: how it ends, and when it listens. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

import { LIVE_CLOSES } from '../../src/simulators/gemini/wire.ts';
import type { LiveCloseName } from '../../src/simulators/gemini/wire.ts';
import { WEATHER, closeAll, pass, say, setUp, start, tone } from './gemini-support.ts';

afterEach(closeAll);

describe('gemini simulator, ending', () => {
  it('says goAway after nine minutes, and ends 50 s later', async () => {
    const { simulator, clock } = await start();
    const client = await setUp(simulator.url);

    clock.advance(539_999);
    await pass(client, clock, 0);
    const early = client.messages.some((message) => 'goAway' in message);
    clock.advance(1);
    const goAway = await client.until((message) => message['goAway']);
    clock.advance(50_000);

    expect(early).toBe(false);
    expect(goAway).toEqual({ goAway: { timeLeft: '50s' } });
    expect(await client.ended).toMatchObject({ code: 1_008 });
  });

  it('opens a session without quota all the same, and ends it 0.8 s later', async () => {
    const { simulator, clock } = await start({ faults: { isQuotaSpent: true } });
    const client = await setUp(simulator.url);

    clock.advance(800);
    const end = await client.ended;

    expect(end.code).toBe(1_011);
    expect(end.reason).toMatch(/^You exceeded your current quota/);
    expect(Buffer.byteLength(end.reason)).toBe(123);
  });

  it('ends a running session 0.1 s after its next frame once the quota is spent', async () => {
    const { simulator, clock } = await start();
    const client = await setUp(simulator.url);
    simulator.spendQuota(true);

    client.send(say(tone(0)));
    await pass(client, clock, 99);
    await pass(client, clock, 0);
    const before = client.socket.readyState;
    clock.advance(1);

    expect(await client.ended).toEqual(LIVE_CLOSES.quotaExceeded);
    expect(before).toBe(client.socket.OPEN);
  });

  it.each([
    [{ goAwayAfterMs: 3_000, goAwayLeadMs: 1_500 }, { timeLeft: '1.5s' }],
    [{ goAwayAfterMs: 3_000, goAwayLeadMs: 1_500, goAwayNamesTime: false }, {}],
  ])('ends in seconds where it is told to: %j', async (faults, goAway) => {
    const { simulator, clock } = await start({ faults });
    const client = await setUp(simulator.url);

    clock.advance(3_000);
    const told = await client.until((message) => message['goAway']);
    clock.advance(1_500);

    expect(told).toEqual({ goAway });
    expect(await client.ended).toEqual(LIVE_CLOSES.aborted);
  });

  it('is silent between goAway and its end where it is told to', async () => {
    const faults = { goAwayAfterMs: 3_000, goAwayLeadMs: 1_500, isSilentAfterGoAway: true };
    const { simulator, clock } = await start({ faults });
    const client = await setUp(simulator.url, { sessionResumption: {} });
    clock.advance(3_000);
    await client.until((message) => message['goAway']);

    const turns = [{ role: 'user', parts: [{ text: 'Hello' }] }];
    client.send({ clientContent: { turns, turnComplete: true } });
    await pass(client, clock, 1_400);
    await pass(client, clock, 0);

    expect(client.messages.at(-1)).toHaveProperty('goAway');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it.each(Object.keys(LIVE_CLOSES) as LiveCloseName[])('can close with %s', async (name) => {
    const { simulator } = await start();
    const client = await setUp(simulator.url);

    simulator.closeAll(name);

    expect(await client.ended).toEqual(LIVE_CLOSES[name]);
  });

  it('can be slow to answer a ping', async () => {
    const { simulator, clock } = await start({ pongDelayMs: 20_000 });
    const client = await setUp(simulator.url, { sessionResumption: {} });
    let pongs = 0;
    client.socket.on('pong', () => (pongs += 1));

    client.socket.ping();
    client.send({ clientContent: { turns: [{ role: 'user', parts: [{ text: 'a' }] }] } });
    await client.until((message) => message['sessionResumptionUpdate']); // the ping is read by now
    clock.advance(19_999);
    client.send({ clientContent: { turns: [{ role: 'user', parts: [{ text: 'b' }] }] } });
    await client.until(
      (message) => message !== client.messages[1] && message['sessionResumptionUpdate'],
    );
    const early = pongs;
    const pong = once(client.socket, 'pong');
    clock.advance(1);
    await pong;

    expect(early).toBe(0);
  });
});

describe('gemini simulator, listening', () => {
  it('finds a turn in loud and quiet, and stops when it is spoken to', async () => {
    const { simulator, clock } = await start({ hears: (turn) => `turn ${turn}` });
    const client = await setUp(simulator.url, {
      inputAudioTranscription: {},
      outputAudioTranscription: {},
      tools: [{ functionDeclarations: [WEATHER] }],
    });
    for (const hz of [300, 0, 0]) client.send(say(tone(hz)));
    await pass(client, clock, 200);
    await client.until((message) => message['serverContent']?.modelTurn);

    client.send(say(tone(300)));
    await client.until((message) => message['serverContent']?.interrupted);

    const texts = client.messages.map(
      ({ serverContent }) => serverContent?.inputTranscription?.text,
    );
    expect(texts.filter((text) => text !== undefined)).toEqual([' turn 1']);
    expect(simulator.stats.audioSamples).toBe(4 * 4_800);
  });

  it('waits for the end of activity where it does not look for it', async () => {
    const { simulator, clock } = await start();
    const client = await setUp(simulator.url, {
      inputAudioTranscription: {},
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    });
    client.send({ realtimeInput: { activityStart: {} } });
    for (const hz of [300, 0, 0, 0]) client.send(say(tone(hz)));
    await pass(client, clock, 0);
    const before = client.messages.length;

    client.send({ realtimeInput: { activityEnd: {} } });

    await client.until((message) => message['serverContent']?.inputTranscription);
    expect(before).toBe(1);
  });

  it('cancels a call when the user goes on speaking', async () => {
    const { simulator } = await start({ hears: () => 'weather' });
    const client = await setUp(simulator.url, { tools: [{ functionDeclarations: [WEATHER] }] });
    for (const hz of [300, 0, 0]) client.send(say(tone(hz)));
    const call = await client.until((message) => message['toolCall']);

    client.send(say(tone(300)));
    const cancellation = await client.until((message) => message['toolCallCancellation']);

    const [{ id }] = call['toolCall'].functionCalls;
    expect(cancellation['toolCallCancellation'].ids).toEqual([id]);
  });
});
