// A WebSocket server in a process of its own. It swallows audio and answers every 128 chunks with how far it came,
// as text for a tenuto client ("ack") and not at all for a bare one.
import process from 'node:process';

import { WebSocketServer } from 'ws';

const CHUNKS_PER_ACK = 128;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket, request) => {
  const acknowledges = request.url === '/ack';
  let bytes = 0;
  let chunks = 0;
  socket.on('message', (data, isBinary) => {
    if (!isBinary) {
      socket.send(String(bytes));
      return;
    }
    bytes += data.length;
    chunks += 1;
    if (acknowledges && chunks % CHUNKS_PER_ACK === 0) socket.send(String(bytes));
  });
});
server.on('listening', () => process.send?.({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
