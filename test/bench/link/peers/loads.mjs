// The same peers under load: one path for all connections, and a server that swallows.
import { createServer } from 'node:http';

import PartySocket from 'partysocket/ws';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';

import { createMemoryStore, openFileStore, startGateway } from '../../../../dist/src/gateway.js';
import { createAdmission, createSession } from '../../../../dist/src/node.js';
import { gateway } from '../../../../dist/src/providers/gateway/gateway.js';

const HIGH_WATER_BYTES = 256 * 1_024;
/** A final for 10 s of audio, as a recogniser would tell one now and then: without any, credit stops after 150 s. */
const SAMPLES_PER_FINAL = 160_000;
const BYTES_PER_SAMPLE = 2;

export const bare = {
  async serve({ onChunk }) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        if (isBinary) onChunk(data);
        else socket.send('taken');
      });
    });
    return { port: server.address().port };
  },
  dial: ({ port }) => opened(new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })),
};

export const party = {
  serve: bare.serve,
  dial: ({ port }) => opened(new PartySocket(`ws://127.0.0.1:${port}`, [], { WebSocket })),
};

async function opened(socket) {
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  return {
    isReady: () => socket.bufferedAmount <= HIGH_WATER_BYTES,
    write: (bytes) => socket.send(bytes),
    async settled() {
      const taken = new Promise((resolve) =>
        socket.addEventListener('message', resolve, { once: true }),
      );
      socket.send('done');
      await taken;
    },
    isUp: () => socket.readyState === WebSocket.OPEN,
  };
}

export const socketIo = {
  async serve({ onChunk }) {
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'] });
    server.on('connection', (socket) => {
      socket.on('chunk', onChunk);
      socket.on('done', (taken) => taken());
    });
    await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
    return { port: http.address().port };
  },
  async dial({ port }) {
    const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, transports: ['websocket'] });
    await new Promise((resolve) => socket.once('connect', resolve));
    return {
      isReady: () => (socket.io.engine.transport.ws?.bufferedAmount ?? 0) <= HIGH_WATER_BYTES,
      write: (bytes) => socket.emit('chunk', bytes),
      settled: () => new Promise((resolve) => socket.emit('done', resolve)),
      isUp: () => socket.connected,
    };
  },
};

/** As an app is written whose sessions are many: one object for each. */
class Swallowing {
  constructor(session, fin, onChunk) {
    this.session = session;
    this.from = fin;
    this.onChunk = onChunk;
  }

  audio({ position, bytes }) {
    this.onChunk(bytes);
    const to = position + bytes.length / BYTES_PER_SAMPLE;
    if (to - this.from < SAMPLES_PER_FINAL) return;
    this.session.result({ type: 'final', from: this.from, to, text: '' });
    this.from = to;
  }

  gap() {}
  finish() {
    return Promise.resolve();
  }
  close() {
    return Promise.resolve();
  }
}

function swallow(onChunk) {
  return { open: (session, { fin }) => new Swallowing(session, fin, onChunk) };
}

export const tenuto = {
  async serve({ onChunk, directory = null }) {
    const server = await startGateway({
      store: directory === null ? createMemoryStore() : await openFileStore({ directory }),
      apps: new Map([['speech', swallow(onChunk)]]),
    });
    return { port: server.port };
  },
  /** @param isAlone as on a machine of its own: it shares no breaker and no limit of dials. */
  async dial({ port, isAlone = false, reconnect = {} }) {
    const session = createSession({
      candidates: [providerOf(port)],
      admission: isAlone ? createAdmission() : shared,
      reconnect: { retryInitialConnect: true, ...reconnect },
    });
    await session.connect();
    let isHeldBack = false;
    return {
      isReady() {
        if (isHeldBack) isHeldBack = session.ledger.buffered > MOST_BUFFERED_CHUNKS;
        return !isHeldBack;
      },
      write(bytes) {
        isHeldBack = session.write(bytes) !== 'sent';
      },
      settled: () => session.drain(),
      isUp: () => session.status === 'active' || session.status === 'connected',
    };
  },
};

/** A fleet that was cut off at once comes back over two seconds. */
export const tenutoSpread = {
  serve: (options) => tenuto.serve(options),
  dial: (options) =>
    tenuto.dial({ ...options, isAlone: true, reconnect: { firstDelayMs: 2_000, maxAttempts: 20 } }),
};

/** Who was held back goes on when no more than this is unacknowledged, as the others do with their socket's queue. */
const MOST_BUFFERED_CHUNKS = 400;
const shared = createAdmission();
const providers = new Map();

function providerOf(port) {
  let provider = providers.get(port);
  if (provider === undefined) {
    provider = gateway({ url: `ws://127.0.0.1:${port}/v1/session` });
    providers.set(port, provider);
  }
  return provider;
}
