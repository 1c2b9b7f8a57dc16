// Bare `ws`: what a WebSocket does by itself. And the two that reconnect it, on the same server.
import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { WebSocket, WebSocketServer } from 'ws';

import { readChunk } from '../load.mjs';

/** Echoes nothing: takes what comes, and says what it is told to on the newest socket of a lane. */
export async function serve({ onUp }) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Map();
  server.on('connection', (socket, request) => {
    const lane = Number(request.url.slice(1));
    sockets.set(lane, socket);
    socket.on('error', () => undefined);
    socket.on('message', (data) => onUp(lane, readChunk(data).index));
  });
  return {
    port: server.address().port,
    say(lane, chunk) {
      sockets.get(lane)?.send(chunk, () => undefined);
    },
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function wired(socket, { onDown, onOpen, onEnd }) {
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => onOpen());
  socket.addEventListener('close', () => onEnd('close'));
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('message', ({ data }) => onDown(readChunk(new Uint8Array(data)).index));
  return {
    write(chunk) {
      if (socket instanceof WebSocket && socket.readyState !== WebSocket.OPEN) return;
      socket.send(new Uint8Array(chunk)); // those that queue keep what they are given
    },
    close() {
      if (socket instanceof WebSocket) socket.terminate();
      else socket.close();
    },
  };
}

export function dialBare({ port, lane }, listener) {
  const url = `ws://127.0.0.1:${port}/${lane}`;
  return wired(new WebSocket(url, { perMessageDeflate: false }), listener);
}

/** As documented, at the same patience as the others: first retry 100 ms, cap 1 s, 2 s for a dial. */
const TUNED = {
  WebSocket,
  minReconnectionDelay: 100,
  maxReconnectionDelay: 1_000,
  connectionTimeout: 2_000,
};

export function dialReconnecting({ port, lane }, listener) {
  const url = `ws://127.0.0.1:${port}/${lane}`;
  return wired(new ReconnectingWebSocket(url, [], TUNED), listener);
}

export function dialParty({ port, lane }, listener) {
  const url = `ws://127.0.0.1:${port}/${lane}`;
  return wired(new PartySocket(url, [], TUNED), listener);
}
