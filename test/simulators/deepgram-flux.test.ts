import { afterEach, describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import type { DeepgramSimulatorOptions } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { ManualClock, ScriptedRecogniser, connect, refused } from './deepgram-support.ts';
import type { Client } from './deepgram-support.ts';

const PATH = '/v2/listen';
const QUERY = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: Partial<DeepgramSimulatorOptions> = {}, query = QUERY) {
  const recogniser = new ScriptedRecogniser();
  const clock = new ManualClock();
  const server = await startDeepgramSimulator({ recogniser, clock, ...options });
  closers.push(() => server.close());
  const client = await connect(server.url, { path: PATH, query });
  await client.message('Connected');
  return { server, client, recogniser, clock };
}

const word = (text: string, startSample: number, endSample: number) => ({
  text,
  startSample,
  endSample,
  confidence: 0.9,
});

function turnsOf({ messages }: Client): unknown[][] {
  return messages
    .filter(({ type }) => type === 'TurnInfo')
    .map(({ event, turn_index: index, transcript }) => [event, index, transcript]);
}

describe('deepgram simulator: Flux', () => {
  it('speaks first, and numbers what it says', async () => {
    const { client, recogniser } = await start();

    recogniser.say({ kind: 'interim', endSample: 4_000 });
    await client.settle();

    expect(client.messages).toMatchObject([
      { type: 'Connected', sequence_id: 0, request_id: client.requestId },
      { type: 'TurnInfo', sequence_id: 1, event: 'Update', transcript: '' },
    ]);
  });

  it('restates a turn until a pause ends it, and counts the next', async () => {
    const { client, recogniser } = await start();

    recogniser.say({ kind: 'interim', endSample: 8_000, text: 'hello' });
    recogniser.say({ endSample: 16_000, text: 'hello', words: [word('hello', 1_600, 8_000)] });
    recogniser.say({ kind: 'interim', endSample: 24_000, text: 'you there' });
    const words = [word('you', 17_000, 20_000), word('there', 20_000, 30_000)];
    recogniser.say({ endSample: 40_000, text: 'you there', words, endsUtterance: true });
    recogniser.say({ kind: 'interim', endSample: 48_000, text: 'next' });
    await client.settle();

    expect(turnsOf(client)).toEqual([
      ['StartOfTurn', 0, 'hello'],
      ['Update', 0, 'hello'],
      ['Update', 0, 'hello you there'],
      ['EndOfTurn', 0, 'hello you there'],
      ['StartOfTurn', 1, 'next'],
    ]);
    expect(client.messages[4]).toMatchObject({
      audio_window_start: 0,
      audio_window_end: 2.5,
      trigger: 'model',
      words: [
        { word: 'hello', start: 0.1, end: 0.5 },
        { word: 'you' },
        { word: 'there', end: 1.875 },
      ],
    });
    expect(client.messages[5]).toMatchObject({ audio_window_start: 2.5, audio_window_end: 3 });
  });

  it('announces ends early where that is asked for, and takes one back that was none', async () => {
    const { client, recogniser } = await start({}, `${QUERY}&eager_eot_threshold=0.4`);

    recogniser.say({ kind: 'interim', endSample: 8_000, text: 'one two' });
    recogniser.say({ kind: 'interim', endSample: 12_000, text: 'one two three' });
    recogniser.say({ kind: 'interim', endSample: 16_000, text: 'one two three four' });
    const words = ['one', 'two', 'three', 'four'].map((text, at) => word(text, at, at + 1));
    recogniser.say({ endSample: 24_000, text: 'one two three four', words, endsUtterance: true });
    await client.settle();

    expect(turnsOf(client).map(([event]) => event)).toEqual([
      'StartOfTurn',
      'EagerEndOfTurn',
      'TurnResumed',
      'EagerEndOfTurn',
      'EndOfTurn',
    ]);
    expect(turnsOf(client).at(-1)?.[2]).toBe(turnsOf(client).at(-2)?.[2]);
  });

  it('ends a turn after its time of silence', async () => {
    const { client, recogniser } = await start({}, `${QUERY}&eot_timeout_ms=1000`);

    recogniser.say({ endSample: 16_000, text: 'hm', words: [word('hm', 8_000, 15_000)] });
    recogniser.say({ kind: 'interim', endSample: 30_999 });
    recogniser.say({ kind: 'interim', endSample: 31_000 });
    await client.settle();

    expect(turnsOf(client).map(([event]) => event)).toEqual(['StartOfTurn', 'Update', 'EndOfTurn']);
    expect(client.messages.at(-1)).toMatchObject({ trigger: 'timeout' });
  });

  it('answers CloseStream by telling what is left, without an end, and closing without a status', async () => {
    const { client, recogniser, server } = await start();
    client.socket.send(Buffer.alloc(32_000));
    await client.settle();
    recogniser.say({ kind: 'interim', endSample: 8_000, text: 'half' });

    client.socket.send('{"type":"CloseStream"}');
    const { code } = await client.ended;

    expect(code).toBe(1_005);
    expect(turnsOf(client).map(([event]) => event)).toEqual(['StartOfTurn', 'Update']);
    expect(client.messages.at(-1)).toMatchObject({ audio_window_end: 1 });
    expect(server.stats.closesByCode).toEqual({ 1005: 1 });
  });

  it('can leave out what is left', async () => {
    const { client } = await start({ flux: { reportsTail: false } });
    client.socket.send(Buffer.alloc(32_000));

    client.socket.send('{"type":"CloseStream"}');
    const { code } = await client.ended;

    expect(code).toBe(1_005);
    expect(client.messages).toHaveLength(1);
  });

  it.each(['{"type":"KeepAlive"}', '{"type":"Finalize"}', '{"type":"ForceEndTurn"}', 'no JSON'])(
    'understands no %s',
    async (text) => {
      const { client } = await start();

      client.socket.send(text);
      const { code } = await client.ended;

      expect(client.messages.at(-1)).toMatchObject({
        type: 'Error',
        code: 'UNPARSABLE_CLIENT_MESSAGE',
        sequence_id: 1,
      });
      expect(code).toBe(1_008);
    },
  );

  it('ends turns by hand where the account may', async () => {
    const { client, recogniser } = await start({ flux: { forceEndTurn: true } });
    recogniser.say({ endSample: 8_000, text: 'stop', words: [word('stop', 0, 8_000)] });

    client.socket.send('{"type":"ForceEndTurn"}');
    await client.settle();

    expect(client.messages.at(-1)).toMatchObject({ event: 'EndOfTurn', trigger: 'manual' });
  });

  it('takes a new configuration, and says what it cannot take', async () => {
    const { client } = await start();

    client.socket.send('{"type":"Configure","thresholds":{"eot_threshold":0.9},"keyterms":["a"]}');
    client.socket.send('{"type":"Configure","thresholds":{"eot_threshold":0.1}}');
    client.socket.send('{"type":"Configure","language_hints":["es"]}');
    await client.settle();

    expect(client.messages.slice(1)).toMatchObject([
      { type: 'ConfigureSuccess', thresholds: { eot_threshold: 0.9 }, keyterms: ['a'] },
      { type: 'ConfigureFailure', sequence_id: 2 },
      { type: 'ConfigureFailure', sequence_id: 3 },
    ]);
  });

  it('closes where no audio comes, whatever else does', async () => {
    const { client, clock } = await start();

    clock.advance(9_999);
    client.socket.send('{"type":"Configure"}');
    await client.settle();
    clock.advance(1);
    const { code, reason } = await client.ended;

    expect(code).toBe(1_011);
    expect(reason).toContain('net0001');
  });

  it('refuses audio that comes faster than 1.25 times real time', async () => {
    const { client } = await start();

    client.socket.send(Buffer.alloc(2 * 32_000));
    await client.settle();
    client.socket.send(Buffer.alloc(2));
    const { code } = await client.ended;

    expect(code).toBe(1_008);
  });

  it.each([
    ['an unknown name', `${QUERY}&interim_results=true`, 'interim_results'],
    ['an unknown model', QUERY.replace('flux-general-en', 'nova-3'), 'flux-general-multi'],
    ['no model', 'encoding=linear16&sample_rate=16000', "missing 'model'"],
    ['a threshold out of range', `${QUERY}&eot_threshold=0.4`, 'eot_threshold'],
    ['a hint for one language only', `${QUERY}&language_hint=es`, 'flux-general-multi'],
  ])('refuses %s with 400', async (_, query, named) => {
    const { server } = await start();

    const { status, body } = await refused(server.url, { path: PATH, query });

    expect(status).toBe(400);
    expect(body['err_msg']).toContain(named);
  });

  it('loses messages, fails and closes when it is told to', async () => {
    const { server, client, recogniser } = await start();

    const struck = [
      server.provoke({ kind: 'loseMessages', count: 2 }, 'flux'),
      server.provoke({ kind: 'cut' }, 'listen'),
    ];
    recogniser.say({ kind: 'interim', endSample: 4_000 });
    server.provoke({ kind: 'error', code: 'INTERNAL_SERVER_ERROR', description: 'why' });
    const { code } = await client.ended;

    expect(struck).toEqual([1, 0]);
    expect(client.messages.map(({ sequence_id: id }) => id)).toEqual([0, 3, 4]);
    expect(code).toBe(1_011);
  });

  it('says things that no client knows, numbered like the rest', async () => {
    const oddities = { random: seededRandom(1), ratio: 0.5 };
    const { client, recogniser } = await start({ oddities });

    for (let at = 1; at <= 20; at += 1) recogniser.say({ kind: 'interim', endSample: at * 4_000 });
    await client.settle();

    const ids = client.messages.map(({ sequence_id: id }) => id);
    expect(ids).toEqual(ids.map((_, at) => at));
    expect(client.messages.some(({ type }) => type === 'XNewType')).toBe(true);
    expect(client.messages.some((message) => 'x_new_field' in message)).toBe(true);
  });
});
