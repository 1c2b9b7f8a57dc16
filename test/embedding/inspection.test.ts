/** What a live inspector sees of a session: every chart, and no secret and no audio. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { createInspector, createWebSocketInspector } from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { AnyActorRef, InspectionEvent } from 'xstate';

import { deepgramListen } from '../../src/providers/index.ts';
import type { DeepgramListenOptions } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/contract.ts';
import type { MemorySocket } from '../../src/testing.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { canaryChunk, leaksIn, SPOKEN, textCanary } from './canaries.ts';
import { ParentWorld } from './parent-world.ts';

const KEY = textCanary('key-Canary-1a2b3c4d');
const TOKEN = textCanary('token-Canary-5e6f7g8h');
const SECRETS = [KEY, TOKEN, SPOKEN];
const TRANSCRIPT = textCanary('transcript-Canary-words');
const FINALIZE = '{"type":"Finalize"}';
const CLOSE = '{"type":"CloseStream"}';
const CHUNK = canaryChunk(40);

/** The inspector with a wire of our own: what is sent is written down at once, as it would go out. */
function recordingInspector() {
  const messages: StatelyInspectionEvent[] = [];
  const wire: string[] = [];
  const inspector = createInspector({
    send: (message) => {
      messages.push(message);
      wire.push(JSON.stringify(message));
    },
  });
  const everything: string[] = [];
  const inspect = (event: InspectionEvent): void => {
    everything.push(written(event));
    inspector.inspect.next?.(event);
  };
  return { messages, wire, everything, inspect };
}

/** All that an inspector is handed, also what @statelyai/inspect leaves out: steps, actions, saved snapshots. */
function written(event: InspectionEvent): string {
  const { actorRef, ...rest } = event as InspectionEvent & { actorRef: AnyActorRef };
  const { logic } = actorRef as unknown as { logic: { config?: unknown } };
  const saved = event.type === '@xstate.snapshot' ? actorRef.getPersistedSnapshot() : undefined;
  const seen = new Set<unknown>();
  return JSON.stringify({ ...rest, saved, config: logic.config }, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    if (isActor(value)) return value.sessionId;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  });
}

function isActor(value: object): value is AnyActorRef {
  return 'sessionId' in value && 'send' in value;
}

/** The inspector works when the event loop has nothing else to do: one timer later. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const toldS = new WeakMap<MemorySocket, number>();

/** A service that says what is pending when it is asked to, in words that can be told anywhere. */
function answer(socket: MemorySocket, frame: string | Uint8Array): void {
  if (frame !== FINALIZE && frame !== CLOSE) return;
  const start = toldS.get(socket) ?? 0;
  const end = socket.heard.length / 32_000;
  toldS.set(socket, end);
  const alternatives = [{ transcript: TRANSCRIPT.name, words: [] }];
  const facts = { start, duration: end - start, is_final: true, from_finalize: true };
  socket.answer(JSON.stringify({ type: 'Results', ...facts, channel: { alternatives } }));
  if (frame === CLOSE) socket.endsAfter(20, { code: 1000, reason: '' });
}

function deepgramWorld(
  provider: Partial<DeepgramListenOptions>,
  inspect: (event: InspectionEvent) => void,
): ParentWorld {
  return new ParentWorld({
    inspect,
    transport: { onFrame: answer },
    session: {
      candidates: [deepgramListen({ apiKey: async () => KEY.name, ...provider })],
      reconnect: { retryInitialConnect: true },
    },
  });
}

/** Everything that a session can come to, from a refused key to a silent link and a full delivery. */
async function live(world: ParentWorld): Promise<void> {
  const { transport } = world;
  const echo = { code: 1006, reason: `no ${KEY.name}`, body: `{"err_msg":"bad ${KEY.name}"}` };
  transport.refuseNext({ ...echo, status: 401 });
  transport.refuseNext({ ...echo, status: 503 });
  transport.refuseNext({ ...echo, status: 429 });
  await world.dial();
  world.child?.send({ type: 'session.connect' }); // a key that nobody can renew ended the first try
  await world.pass(100_000);
  await world.speak(2_000, CHUNK);
  transport.reset();
  await world.speak(3_000, CHUNK);
  transport.last.end(1011, `NET-0001 ${KEY.name}`);
  await world.speak(3_000, CHUNK);
  transport.halfOpen();
  await world.speak(20_000, CHUNK);
  void world.session.drain();
  await world.pass(30_000);
  world.actor.send({ type: 'call.hungUp' });
  await world.pass(20_000);
}

/** The parts of a message that are remembered, and not just passed on. */
function remembered(message: StatelyInspectionEvent): string {
  const { snapshot, definition } = { snapshot: null, definition: null, ...message };
  return JSON.stringify({ snapshot, definition });
}

describe('an inspector', () => {
  it('is shown the machine, the session in it, and the charts of the session', async () => {
    const { messages, inspect } = recordingInspector();
    const world = deepgramWorld({}, inspect);

    await live(world);
    await idle();

    const actors = messages.filter(({ type }) => type === '@xstate.actor');
    expect(actors.map((message) => 'name' in message && message.name)).toEqual(
      expect.arrayContaining(['call', 'session', 'connection', 'bufferReplay', 'liveness']),
    );
    const states = messages.flatMap((message) =>
      message.type === '@xstate.snapshot' && 'value' in message.snapshot
        ? JSON.stringify(message.snapshot.value)
        : [],
    );
    for (const state of ['"active"', '{"reconnecting":"backingOff"}', '"disconnected"', '"out"']) {
      expect(states).toContain(state);
    }
    const events = messages.flatMap((message) => ('event' in message ? message.event.type : []));
    expect(events).toEqual(expect.arrayContaining(['socket.lost', 'transcript', 'session.closed']));
  });

  it.each([
    ['a key in a header', {}],
    ['a key in a subprotocol', { authVia: 'subprotocol' }],
    ['a key given as it is', { apiKey: KEY.name }],
    ['a token in the address', { query: { access_token: TOKEN.name } }],
  ] satisfies [string, Partial<DeepgramListenOptions>][])(
    'sees no audio and no secret: %s',
    async (_, provider) => {
      const { wire, everything, inspect } = recordingInspector();
      const world = deepgramWorld(provider, inspect);

      await live(world);
      await idle();

      expect(world.transport.sockets.length).toBeGreaterThan(5);
      expect(JSON.stringify(world.transport.sockets.map(({ request }) => request))).toMatch(
        /Canary/,
      );
      expect(world.toldOf('session.closed')).toMatchObject([{ drained: true, ledger: { gap: 0 } }]);
      expect(wire.length).toBeGreaterThan(100);
      expect(leaksIn([...wire, ...everything].join('|'), SECRETS)).toEqual([]);
    },
  );

  it('sees what was said in events to the machine only, never in what an actor remembers', async () => {
    const { messages, everything, inspect } = recordingInspector();
    const world = deepgramWorld({}, inspect);

    await live(world);
    await idle();

    expect(leaksIn(JSON.stringify(messages), [TRANSCRIPT])).not.toEqual([]);
    expect(leaksIn(messages.map(remembered).join('|'), [TRANSCRIPT])).toEqual([]);
    const [session] = world.sessions;
    const { sessionId } = session!.actor;
    const inside = everything.filter((message) => message.includes(`"rootId":"${sessionId}"`));
    expect(inside.length).toBeGreaterThan(50);
    expect(leaksIn(inside.join('|'), [TRANSCRIPT])).toEqual([]);
  });

  it('sees no token of a dial that fails in words of its own', async () => {
    const { everything, inspect } = recordingInspector();
    const world = new ParentWorld({
      inspect,
      session: { candidates: [providerWithSecrets()] },
    });
    world.transport.dial = ({ url, protocols = [], headers = {} }) => {
      throw new SyntaxError(`${url}, ${protocols.join()} or ${JSON.stringify(headers)} is invalid`);
    };

    await world.dial();

    expect(world.toldOf('session.failed')).toMatchObject([
      { error: { code: 'CONFIG_REFUSED', message: expect.stringContaining('is invalid') } },
    ]);
    expect(leaksIn(everything.join('|'), SECRETS)).toEqual([]);
  });

  it('over a WebSocket is sent the same, and no secret and no audio', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    await once(server, 'listening');
    const received: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      server.on('connection', (socket) => {
        socket.on('message', (data: Buffer) => {
          received.push(data.toString());
          if (received.at(-1)!.includes('"session.closed"')) resolve();
        });
      });
    });
    const { port } = server.address() as AddressInfo;
    const inspector = createWebSocketInspector({ url: `ws://127.0.0.1:${port}` });
    onTestFinished(() => inspector.stop());
    await once(server, 'connection');
    const world = deepgramWorld({}, (event) => inspector.inspect.next?.(event));

    await live(world);
    await isOver;

    expect(received.filter((message) => message.includes('"@xstate.actor"'))).not.toEqual([]);
    expect(received.length).toBeGreaterThan(100);
    expect(leaksIn(received.join('|'), SECRETS)).toEqual([]);
  });
});

describe('the search for canaries', () => {
  it.each([
    ['text', KEY.name],
    ['URL', encodeURIComponent(SPOKEN.name)],
    ['hex', Buffer.from(TOKEN.bytes).toString('hex')],
    ['a Uint8Array', new Uint8Array(CHUNK)],
    ['a Buffer', Buffer.from(CHUNK)],
    ['samples', new Int16Array(Uint8Array.from(CHUNK).buffer)],
    ['an array of numbers', [1, ...CHUNK]],
    ['base64', Buffer.from(CHUNK).toString('base64')],
    ['base64 from the second byte', Buffer.from(CHUNK.subarray(1)).toString('base64')],
    ['base64 of a header', Buffer.from(`user:${KEY.name}`).toString('base64')],
    ['base64url', Buffer.from(CHUNK.subarray(2)).toString('base64url')],
  ])('finds one as %s, also in a definition', (_, planted) => {
    const inside = JSON.stringify({ context: { planted } });

    expect(leaksIn(inside, SECRETS)).not.toEqual([]);
    expect(leaksIn(JSON.stringify({ definition: inside }), SECRETS)).not.toEqual([]);
  });

  it('finds none where there is none', () => {
    expect(leaksIn(JSON.stringify({ bytes: [1, 2, 3], text: 'canary' }), SECRETS)).toEqual([]);
  });
});

/** Somebody's own adapter, with a secret in every place that a dial has. */
function providerWithSecrets(): Provider {
  return {
    ...fakeProvider(),
    dial: async () => ({
      url: `wss://user:${KEY.name}@service.test/?token=${encodeURIComponent(TOKEN.name)}`,
      protocols: ['token', TOKEN.name],
      headers: { authorization: `Bearer ${KEY.name}` },
      timeoutMs: 10_000,
    }),
  };
}
