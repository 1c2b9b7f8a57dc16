/** What the local Deepgram does wrong on demand, on the sockets that hear. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { DOCUMENTED_CLOSES, DOCUMENTED_REFUSALS } from '../../src/simulators/deepgram/faults.ts';
import type { DocumentedClose, DocumentedRefusal } from '../../src/simulators/deepgram/faults.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { DeepgramSimulatorOptions } from '../../src/simulators/deepgram/simulator.ts';
import { ManualClock, QUERY, ScriptedRecogniser, connect, refused } from './deepgram-support.ts';

const SERVICES = [
  ['listen', { path: '/v1/listen', query: `${QUERY}&interim_results=true` }],
  [
    'flux',
    { path: '/v2/listen', query: 'model=flux-general-en&encoding=linear16&sample_rate=16000' },
  ],
] as const;
const [[, LISTEN], [, FLUX]] = SERVICES;
const FINALIZE = '{"type":"Finalize"}';
const SECOND = Buffer.alloc(32_000);
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: Partial<DeepgramSimulatorOptions> = {}) {
  const recogniser = new ScriptedRecogniser();
  const clock = new ManualClock();
  const server = await startDeepgramSimulator({ recogniser, clock, ...options });
  closers.push(() => server.close());
  return { server, recogniser, clock };
}

describe.each(SERVICES)('deepgram simulator, faults of %s', (service, address) => {
  it.each(Object.keys(DOCUMENTED_CLOSES) as DocumentedClose[])('can close with %s', async (as) => {
    const { server } = await start();
    const client = await connect(server.url, address);

    const struck = server.provoke({ kind: 'close', as }, service);

    expect(struck).toBe(1);
    expect(await client.ended).toEqual(DOCUMENTED_CLOSES[as]);
    expect(server.stats.closesByCode).toEqual({ [DOCUMENTED_CLOSES[as].code]: 1 });
  });

  it.each([1_000, 1_005, 1_012])('can close with %i and no reason', async (code) => {
    const { server } = await start();
    const client = await connect(server.url, address);

    server.provoke({ kind: 'close', as: { code, reason: '' } });

    expect(await client.ended).toEqual({ code, reason: '' });
  });

  it('can be gone without a close frame', async () => {
    const { server } = await start();
    const client = await connect(server.url, address);

    server.provoke({ kind: 'cut' });

    expect((await client.ended).code).toBe(1_006);
  });

  it.each(Object.keys(DOCUMENTED_REFUSALS).map(Number) as DocumentedRefusal[])(
    'can refuse the next upgrade with %i, and takes the one after it',
    async (status) => {
      const { server } = await start();
      server.refuseNext(status);

      const refusal = await refused(server.url, address);
      const client = await connect(server.url, address);

      expect(refusal).toMatchObject({
        status,
        body: { err_code: DOCUMENTED_REFUSALS[status].errorCode },
      });
      client.socket.terminate();
    },
  );

  it('can be slow to answer a ping', async () => {
    const { server, clock } = await start({ pongDelayMs: 2_000 });
    const client = await connect(server.url, address);
    let pongs = 0;
    client.socket.on('pong', () => (pongs += 1));

    client.socket.ping();
    while (clock.pendingTimers < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_999);
    server.provoke({ kind: 'say', frame: '{"type":"Marker"}' });
    await client.message('Marker');
    const early = pongs;
    const pong = once(client.socket, 'pong');
    clock.advance(1);
    await pong;

    expect(early).toBe(0);
  });

  it('leaves no timer behind a socket that owes a pong', async () => {
    const { server, clock } = await start({ pongDelayMs: 2_000 });
    const client = await connect(server.url, address);
    client.socket.ping();
    while (clock.pendingTimers < 2) await new Promise((resolve) => setImmediate(resolve));

    await server.close();

    await client.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  it('puts unknown messages and fields among the others, by chance where no chance is given', async () => {
    const { server, recogniser } = await start({ oddities: { ratio: 1 } });
    const client = await connect(server.url, address);

    recogniser.say({ kind: 'interim', endSample: 16_000, text: 'hello' });
    const odd = await client.message('XNewType');
    const said = await client.message(service === 'listen' ? 'Results' : 'TurnInfo');

    expect(odd).toHaveProperty('payload');
    expect(said).toHaveProperty('x_new_field');
  });
});

describe('deepgram simulator, a late Finalize', () => {
  it('is answered after its time, for what came in meanwhile as well', async () => {
    const { server, clock } = await start({ finalizeDelayMs: 3_000 });
    const client = await connect(server.url, LISTEN);
    client.socket.send(SECOND);
    client.socket.send(FINALIZE);
    client.socket.send(SECOND);
    await client.settle();

    clock.advance(2_999);
    await client.settle();
    const early = client.messages.length;
    clock.advance(1);
    const answer = await client.message('Results');

    expect(early).toBe(0);
    expect(answer).toMatchObject({ from_finalize: true, start: 0, duration: 2 });
  });

  it('is late from the moment on that it is told to be', async () => {
    const { server, clock } = await start();
    const client = await connect(server.url, LISTEN);
    client.socket.send(SECOND);
    client.socket.send(FINALIZE);
    await client.message('Results');

    server.provoke({ kind: 'lateFinalize', delayMs: 1_000 });
    client.socket.send(SECOND);
    client.socket.send(FINALIZE);
    await client.settle();
    const early = client.messages.length;
    clock.advance(1_000);
    await client.settle();

    expect([early, client.messages.length]).toEqual([1, 2]);
  });

  it('is not answered any more once the stream is closed, which answers for all', async () => {
    const { server, clock } = await start({ finalizeDelayMs: 3_000 });
    const client = await connect(server.url, LISTEN);
    client.socket.send(SECOND);
    client.socket.send(FINALIZE);
    client.socket.send('{"type":"CloseStream"}');

    const end = await client.ended;

    expect(end.code).toBe(1_000);
    expect(client.messages.map(({ type }) => type as string)).toEqual(['Results', 'Metadata']);
    expect(client.messages[0]).toMatchObject({ from_finalize: false, duration: 1 });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('deepgram simulator, interims that waver', () => {
  const HEARD = 'one two three four';

  it.each([
    [
      LISTEN,
      ({ channel }: { channel: { alternatives: { transcript: string }[] } }) =>
        channel.alternatives[0]!.transcript,
    ],
    [FLUX, ({ transcript }: { transcript: string }) => transcript],
  ] as const)('shrink, or begin with another word: %j', async (address, read) => {
    const { server, recogniser } = await start({ waveringRatio: 0.5, random: seededRandom(5) });
    const client = await connect(server.url, address);

    for (let at = 1; at <= 30; at += 1) {
      recogniser.say({ kind: 'interim', endSample: at * 1_600, text: HEARD });
    }
    await client.settle();

    const told = client.messages.filter(({ type }) => type === 'Results' || type === 'TurnInfo');
    const texts = new Set(told.map((message) => read(message as never)));
    expect(texts).toEqual(new Set([HEARD, 'one two', 'uh two three four']));
  });

  it('end in finals that do not', async () => {
    const { server, recogniser } = await start({ waveringRatio: 1 });
    const client = await connect(server.url, LISTEN);

    recogniser.say({ kind: 'final', endSample: 16_000, text: HEARD });
    const final = await client.message('Results');

    expect(final['channel'].alternatives[0].transcript).toBe(HEARD);
  });
});
