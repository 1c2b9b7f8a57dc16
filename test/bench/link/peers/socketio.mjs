// socket.io with connection state recovery, tuned: heartbeats of a second, first retry 100 ms, cap 1 s, 2 s for a dial.
import { createServer } from 'node:http';

import { Server } from 'socket.io';
import { io } from 'socket.io-client';

import { readChunk } from '../load.mjs';

const LONGEST_OUTAGE_MS = 120_000;

export async function serve({ onUp }) {
  const http = createServer();
  const server = new Server(http, {
    transports: ['websocket'],
    pingInterval: 1_000,
    pingTimeout: 500,
    connectionStateRecovery: { maxDisconnectionDuration: LONGEST_OUTAGE_MS },
  });
  server.on('connection', (socket) => {
    const lane = Number(socket.handshake.auth.lane);
    if (!socket.recovered) void socket.join(`lane ${lane}`);
    socket.on('chunk', (data) => onUp(lane, readChunk(data).index));
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: http.address().port,
    say(lane, chunk) {
      server.to(`lane ${lane}`).emit('chunk', chunk);
    },
    close: () => server.close(),
  };
}

export function dial({ port, lane }, { onDown, onOpen, onEnd }) {
  const socket = io(`http://127.0.0.1:${port}`, {
    auth: { lane },
    forceNew: true,
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: 1_000,
    timeout: 2_000,
  });
  socket.on('connect', () => onOpen());
  socket.on('disconnect', () => onEnd('close'));
  socket.on('chunk', (data) => onDown(readChunk(data).index));
  return {
    write: (chunk) => socket.emit('chunk', Buffer.from(chunk)),
    close: () => socket.close(),
  };
}
