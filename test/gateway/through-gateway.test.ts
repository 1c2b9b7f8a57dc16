/** A session of a client through a real gateway over real sockets: what is said arrives once, in order, whatever dies. */
import { afterEach, describe, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

/** Tells a final for each second of audio. */
class SecondsApp extends NotingApp {
  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    let fin = start.fin;
    return {
      ...handlers,
      audio: (audio) => {
        handlers.audio(audio);
        const end = audio.position + audio.bytes.length / 2;
        while (end - fin >= 16_000) {
          session.result({
            type: 'final',
            from: fin,
            to: fin + 16_000,
            text: `second ${fin / 16_000}`,
          });
          fin += 16_000;
        }
      },
    };
  }
}

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function served(store: LogStore, app: NotingApp, port = 0): Promise<GatewayServer> {
  const server = await startGateway({
    store,
    port,
    apps: new Map([['speech', app]]),
  });
  closers.push(() => server.close());
  return server;
}

function opened(url: string): { session: Session; events: SessionEvent[] } {
  const session = openSession({
    candidates: [gateway({ url })],
    transport: nodeWebSocketTransport,
    reconnect: { retryInitialConnect: true, baseMs: 20, capMs: 100 },
  });
  const events: SessionEvent[] = [];
  session.on('*', (event) => events.push(event));
  closers.push(() => session.close());
  return { session, events };
}

function chunk(value: number): Uint8Array {
  return new Uint8Array(3_200).fill(value);
}

function finals(events: readonly SessionEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'transcript' && event.isFinal ? [event.text] : [],
  );
}

describe('a session through a gateway', () => {
  it('is delivered, and told what came of it', async () => {
    const app = new SecondsApp();
    const { url } = await served(createMemoryStore(), app);
    const { session, events } = opened(url);

    await session.connect();
    for (let value = 0; value < 30; value += 1) session.write(chunk(value));
    await session.drain();
    const { ledger } = await session.close();

    expect(app.audio.map(({ first }) => first)).toEqual(Array.from({ length: 30 }, (_, at) => at));
    expect(ledger).toMatchObject({ captured: 30, delivered: 30, gap: 0, buffered: 0 });
    expect(finals(events)).toEqual(['second 0', 'second 1', 'second 2']);
  });

  it('takes a minute that is written at once, in as many frames as that needs', async () => {
    const app = new SecondsApp();
    const { url } = await served(createMemoryStore(), app);
    const { session, events } = opened(url);

    await session.connect();
    session.write(new Uint8Array(60 * 32_000));
    await session.drain();
    const { ledger } = await session.close();

    expect(ledger).toMatchObject({ capturedMs: 60_000, deliveredMs: 60_000, gap: 0 });
    expect(finals(events)).toHaveLength(60);
  });

  it('tells the app when each piece was captured, whenever it was written', async () => {
    const app = new SecondsApp();
    const { url } = await served(createMemoryStore(), app);
    const { session } = opened(url);

    session.write(chunk(0), 4_000);
    session.write(new Uint8Array(2 * 32_768), 9_000);
    await session.connect();
    await session.close();

    expect(app.audio.map(({ capturedAtMs }) => capturedAtMs)).toEqual([0, 5_000, 6_024]);
  });

  it('goes on where the log ends when the gateway dies and another comes', async () => {
    const store = createMemoryStore();
    const first = new SecondsApp();
    const server = await served(store, first);
    const { session, events } = opened(server.url);
    await session.connect();
    for (let value = 0; value < 15; value += 1) session.write(chunk(value));
    await session.drain();

    await server.close();
    for (let value = 15; value < 30; value += 1) session.write(chunk(value));
    const second = new SecondsApp();
    await served(store, second, server.port);
    await session.drain();
    const { ledger } = await session.close();

    const heard = [...first.audio, ...second.audio].map(({ seq }) => seq);
    expect(new Set(heard).size).toBe(30);
    expect(second.audio.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 11), // from the last final's end
    );
    expect(ledger).toMatchObject({ captured: 30, delivered: 30, gap: 0, buffered: 0 });
    expect(finals(events)).toEqual(['second 0', 'second 1', 'second 2']);
  });
});
