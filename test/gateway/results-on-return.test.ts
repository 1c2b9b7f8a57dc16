/** What a gateway has to tell a client that was away, and a client that is done: nothing of it is missed. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

const CHUNK_SAMPLES = 1_600;

/** Tells a final of all that it has whenever the client goes away, and one of the rest at the end. */
class LateApp extends NotingApp {
  #fin = 0;
  #end = 0;
  finishes = 0;
  override onFinish: () => Promise<void> = () => Promise.resolve();

  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    const tell = (): void => {
      if (this.#end === this.#fin) return;
      const [from, to] = [this.#fin, this.#end];
      this.#fin = to;
      session.result({ type: 'final', from, to, text: `${from / 1_600}-${to / 1_600}` });
    };
    return {
      ...handlers,
      audio: (audio) => {
        handlers.audio(audio);
        this.#end = audio.position + audio.bytes.length / 2;
      },
      attached: (isAttached) => {
        if (!isAttached) tell();
      },
      finish: async () => {
        this.finishes += 1;
        await this.onFinish();
        tell();
      },
    };
  }
}

/** Of FIN_ACK, which comes after all results: P11.7. */
const LAST_WORD = '"lastSeq"';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const nothing = (): void => undefined;

/** Connections through it can be cut without a word. */
async function relayTo(port: number) {
  const sockets = new Set<Socket>();
  let isMute = false;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      if (!isMute) client.write(bytes);
      else if (bytes.includes(LAST_WORD)) cut();
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    isMute = false;
  });
  /** What the gateway says on the connections of now is lost, through its last word; the next one is heard. */
  const mute = (): void => {
    isMute = true;
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  closers.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, cut, mute };
}

async function opened(app: LateApp, { isRelayed = false } = {}) {
  const apps = new Map([['speech', app]]);
  const server = await startGateway({ store: createMemoryStore(), apps, verify: null });
  closers.push(() => server.close());
  const relay = isRelayed ? await relayTo(server.port) : null;
  const session = openSession({
    candidates: [
      gateway({ url: server.url.replace(`${server.port}`, `${relay?.port ?? server.port}`) }),
    ],
    transport: nodeWebSocketTransport,
    reconnect: { retryInitialConnect: true, baseMs: 20, capMs: 100 },
  });
  const events: SessionEvent[] = [];
  session.on('*', (event) => events.push(event));
  closers.push(() => session.close({ drainTimeoutMs: 0 }));
  await session.connect();
  return { session, events, cut: relay?.cut ?? nothing, mute: relay?.mute ?? nothing };
}

function said(events: readonly SessionEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'transcript' && event.isFinal ? [event.text] : [],
  );
}

function speak(session: Session, chunks: number): void {
  for (let at = 0; at < chunks; at += 1) session.write(new Uint8Array(2 * CHUNK_SAMPLES));
}

describe('a session with a gateway', () => {
  it('is told what became final while it was away, before any audio flows again', async () => {
    const { session, events } = await opened(new LateApp());
    speak(session, 5);
    await session.drain();

    session.simulateFailure('transient');
    speak(session, 3);
    await session.drain();
    await session.close();

    expect(said(events)).toEqual(['0-5', '5-8']);
  });

  it('that is closed while the gateway still hears waits for what comes of it, through a loss of the link', async () => {
    const app = new LateApp();
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      app.onFinish = () => {
        resolve();
        return new Promise((done) => (release = done));
      };
    });
    const { session, events, cut } = await opened(app, { isRelayed: true });
    speak(session, 4);
    await session.drain();

    const closing = session.close({ drainTimeoutMs: 20_000 });
    await asked;
    const again = new Promise<void>((resolve) => {
      session.on('stateChange', ({ current }) => {
        if (current === 'connected') resolve();
      });
    });
    cut();
    await again;
    release();
    const { drained } = await closing;

    expect(said(events).join()).toBe('0-4');
    expect(drained).toBe(true);
    expect(app.finishes).toBe(1);
  });

  it('that misses the last results, though the gateway has sent them, is told them again', async () => {
    const app = new LateApp();
    const { session, events, mute } = await opened(app, { isRelayed: true });
    speak(session, 4);
    await session.drain();
    app.onFinish = () => {
      mute(); // the results, and the answer, reach nobody
      return Promise.resolve();
    };

    const { drained } = await session.close({ drainTimeoutMs: 30_000 });

    expect(said(events).join()).toBe('0-4');
    expect(drained).toBe(true);
  });
});
