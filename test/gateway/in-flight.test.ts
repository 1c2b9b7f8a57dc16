/**
 * A chunk that is on its way when its connection dies is often taken for lost: it was sent, so it is not sent again. Here it
 * is what was committed that counts. Real sockets, cut at the two moments between a chunk and its acknowledgement.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

const CHUNK_BYTES = 3_200;
const CHUNKS = 30;
/** Every third chunk is in flight when the connection dies. */
const CUT_EVERY = 3;

/** `sent`: it left the client, and did not reach the gateway. `committed`: its acknowledgement did not reach the client. */
type Moment = 'sent' | 'committed';

/** Between client and gateway: swallows what goes one way, and cuts. */
class Relay {
  /** Resolves when something was swallowed. */
  swallowed: Promise<void> = Promise.resolve();
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #swallows: Moment | null = null;
  #noteSwallowed: () => void = () => undefined;
  readonly #server = createServer((client) => {
    this.#carry(client);
  });

  static async open(port: number): Promise<Relay> {
    const relay = new Relay(port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/session`;
  }

  swallow(moment: Moment): void {
    this.#swallows = moment;
    this.swallowed = new Promise((resolve) => (this.#noteSwallowed = resolve));
  }

  /** RST, both ways; what comes next passes. */
  cut(): void {
    this.#swallows = null;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #carry(client: Socket): void {
    const there = connect(this.#port, '127.0.0.1');
    this.#lead(client, there, 'sent');
    this.#lead(there, client, 'committed');
  }

  #lead(from: Socket, to: Socket, swallowedWhen: Moment): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      if (this.#swallows === swallowedWhen) this.#noteSwallowed();
      else to.write(bytes);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

/** Keeps all, and the frames of the client in it. */
function keptStore(): {
  readonly store: LogStore;
  readonly seqs: number[];
  readonly marks: number[];
} {
  const memory = createMemoryStore();
  const seqs: number[] = [];
  const marks: number[] = [];
  const store: LogStore = {
    durability: 'memory',
    tail: (id) => memory.tail(id),
    append: async (id, bytes, options) => {
      const outcome = await memory.append(id, bytes, options);
      for (const logged of decodeRecord(bytes)?.frames ?? []) {
        const frame = decodeFrame(logged.bytes.slice());
        if (logged.isDown || frame.type !== 'data') continue;
        seqs.push(frame.seq);
        marks.push(frame.payload[0] ?? -1);
      }
      return outcome;
    },
    read: (id, after) => memory.read(id, after),
    purge: (id, through) => memory.purge(id, through),
    drop: (id) => memory.drop(id),
    close: () => memory.close(),
  };
  return { store, seqs, marks };
}

async function world() {
  const { store, seqs, marks } = keptStore();
  const server = await startGateway({ store, apps: new Map([['speech', new NotingApp()]]) });
  const relay = await Relay.open(server.port);
  const session = openSession({
    candidates: [gateway({ url: relay.url })],
    transport: nodeWebSocketTransport,
    reconnect: { retryInitialConnect: true, baseMs: 5, capMs: 20 },
  });
  onTestFinished(async () => {
    await session.close({ drainTimeoutMs: 0 });
    relay.close();
    await server.close();
  });
  await session.connect();
  return { session, relay, seqs, marks };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('the one chunk in flight when a connection dies', () => {
  it.each<Moment>(['sent', 'committed'])(
    'is not lost, and not there twice, where the cut comes when it is %s and not acknowledged',
    async (moment) => {
      const { session, relay, seqs, marks } = await world();
      let cuts = 0;

      for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
        const isCut = chunk % CUT_EVERY === CUT_EVERY - 1;
        await session.drain(); // nothing else is in flight
        await until(() => session.status === 'active');
        if (isCut) relay.swallow(moment);
        session.write(new Uint8Array(CHUNK_BYTES).fill(chunk));
        if (!isCut) continue;
        if (moment === 'committed') await until(() => marks.includes(chunk));
        await relay.swallowed;
        if (moment === 'sent') expect(marks).not.toContain(chunk);
        expect(session.ledger.buffered).toBe(1);
        relay.cut();
        cuts += 1;
        await until(() => session.status !== 'active');
      }
      await session.drain();

      expect(cuts).toBe(CHUNKS / CUT_EVERY);
      expect(seqs).toEqual(Array.from({ length: CHUNKS }, (_, at) => at + 1));
      expect(marks).toEqual(Array.from({ length: CHUNKS }, (_, at) => at));
      expect(session.ledger).toMatchObject({ captured: CHUNKS, delivered: CHUNKS, gap: 0 });
    },
  );
});
