/**
 * What most would write first, and what the demonstration compares with: a server that takes chunks of audio from a page
 * over a plain WebSocket, passes them on to a recogniser, and passes on what that says. It keeps nothing.
 *
 * The page numbers its chunks, and the relay says which it has passed on, so that what never arrived can be shown.
 */
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { WebSocket, WebSocketServer } from 'ws';

const NUMBER_BYTES = 4;
const KEEP_ALIVE_EVERY_MS = 5_000;
/** Of a page, while the recogniser is dialled. */
const MOST_WAITING = 600;

const upstream = process.argv[2] ?? '';
const port = Number(process.argv[3] ?? 0);

const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
server.on('connection', relay);
server.on('listening', () => {
  const bound = (server.address() as AddressInfo).port;
  process.stdout.write(`${JSON.stringify({ type: 'relay', port: bound })}\n`);
});
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
process.stdin.on('end', () => process.exit()).resume();
process.on('SIGTERM', () => process.exit());
process.on('SIGINT', () => undefined); // the demonstration ends it

function relay(page: WebSocket): void {
  const recogniser = new WebSocket(upstream, { headers: { authorization: 'Token local' } });
  const waiting: Buffer[] = [];
  const keepAlive = setInterval(() => {
    if (recogniser.readyState === WebSocket.OPEN) recogniser.send('{"type":"KeepAlive"}');
  }, KEEP_ALIVE_EVERY_MS);

  const passOn = (message: Buffer): void => {
    recogniser.send(message.subarray(NUMBER_BYTES));
    tell(page, { type: 'received', chunk: message.readUInt32BE(0) });
  };
  page.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      if (recogniser.readyState === WebSocket.OPEN) recogniser.send('{"type":"Finalize"}');
    } else if (data.length <= NUMBER_BYTES) {
      page.close(1008, 'no audio');
    } else if (recogniser.readyState === WebSocket.OPEN) passOn(data);
    else if (waiting.length < MOST_WAITING) waiting.push(data);
  });
  recogniser.on('open', () => {
    for (const message of waiting.splice(0)) passOn(message);
  });
  recogniser.on('message', (data: Buffer) => {
    const text = textIn(data.toString());
    if (text !== null) tell(page, text);
  });
  recogniser.on('close', () => page.close(1011, 'the recogniser is gone'));
  recogniser.on('error', () => page.close(1011, 'the recogniser cannot be reached'));
  page.on('error', () => page.terminate());
  page.on('close', () => {
    clearInterval(keepAlive);
    recogniser.terminate();
  });
}

function tell(page: WebSocket, message: object): void {
  if (page.readyState === WebSocket.OPEN) page.send(JSON.stringify(message));
}

interface Results {
  readonly type?: string;
  readonly is_final?: boolean;
  readonly from_finalize?: boolean;
  readonly channel?: { readonly alternatives?: readonly { readonly transcript?: string }[] };
}

function textIn(frame: string): object | null {
  const results = JSON.parse(frame) as Results;
  if (results.type !== 'Results') return null;
  const text = results.channel?.alternatives?.[0]?.transcript ?? '';
  const { is_final: isFinal = false, from_finalize: isLast = false } = results;
  return { type: 'text', text, isFinal, isLast };
}
