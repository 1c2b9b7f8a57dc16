// Who is measured. `serve` is one server for all lanes of a peer; `dial` makes one client.
import { bare, party, socketIo, tenuto as tenutoLoad, tenutoSpread } from './peers/loads.mjs';
import * as socketio from './peers/socketio.mjs';
import * as tenuto from './peers/tenuto.mjs';
import { dialBare, dialParty, dialReconnecting, serve as serveWs } from './peers/ws.mjs';

/** Documented options, at the patience that the other tuned peers have: 100 ms at first. */
const TENUTO_TUNED = {
  reconnect: { firstDelayMs: 0, pressEveryMs: 100, baseMs: 500, capMs: 1_000 },
};

export const PEERS = {
  ws: { serve: serveWs, dial: dialBare, load: bare },
  'reconnecting-websocket tuned': { serve: serveWs, dial: dialReconnecting },
  'partysocket tuned': { serve: serveWs, dial: dialParty, load: party },
  'socket.io csr tuned': { serve: socketio.serve, dial: socketio.dial, load: socketIo },
  tenuto: { serve: tenuto.serve, dial: tenuto.dial, saysText: true, load: tenutoLoad },
  'tenuto spread': { load: tenutoSpread },
  'tenuto tuned': {
    serve: tenuto.serve,
    dial: (lane, listener) => tenuto.dial({ ...lane, options: TENUTO_TUNED }, listener),
    saysText: true,
  },
  'tenuto tuned, file store': {
    serve: (options) => tenuto.serve({ ...options, store: 'file' }),
    dial: (lane, listener) => tenuto.dial({ ...lane, options: TENUTO_TUNED }, listener),
    saysText: true,
  },
};
