/**
 * `/__tenuto/faults` on a stand-in's own port, for tests in any language: GET lists what can be asked for, POST asks for it.
 *
 * It answers programs on this machine only, and no page of another site that a browser here has open.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';
import { SimulatorServer, answer, bodyOf } from '../server/simulator-server.ts';
import type { ServerAddress } from '../server/address.ts';
import type { ListeningServer, ServerHandlers } from '../server/handlers.ts';
import type { FaultDesk } from './desk.ts';
import type { FaultRequest } from './on-demand.ts';
import type { PongPace } from './pongs.ts';

const OURS = '/__tenuto/';
export const FAULTS_PATH = '/__tenuto/faults';
const MAX_BODY_BYTES = 65_536;

type Desk = Pick<FaultDesk<never>, 'ask' | 'faults' | 'arrived' | 'opened' | 'close'>;

export interface Control {
  readonly desk: Desk;
  readonly pongs: PongPace;
}

/** Serves the handlers, and faults to whoever asks for them. @throws TenutoError as `SimulatorServer.start` does. */
export async function listenWithFaults(
  handlers: ServerHandlers,
  { desk, pongs }: Control,
  address: ServerAddress & { readonly maxFrameBytes?: number },
): Promise<ListeningServer> {
  const { host = '127.0.0.1', ...others } = address;
  const server = await SimulatorServer.start(
    {
      onUpgrade: (request, url) => {
        desk.arrived();
        const verdict = handlers.onUpgrade(request, url);
        if ('status' in verdict) return verdict;
        const { take, headers } =
          typeof verdict === 'function' ? { take: verdict, headers: {} } : verdict;
        const takeAndTell = (socket: WebSocket): void => {
          pongs.take(socket);
          take(socket);
          desk.opened(socket);
        };
        return { headers, take: takeAndTell };
      },
      onRequest: (request, response, url) => {
        if (url.pathname.startsWith(OURS)) return answerAsked(request, response, url, desk);
        desk.arrived();
        return handlers.onRequest(request, response, url);
      },
    },
    { ...others, host },
  );
  return {
    port: server.port,
    socketUrl: server.socketUrl,
    httpUrl: server.httpUrl,
    close: () => {
      desk.close();
      return server.close();
    },
  };
}

async function answerAsked(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
  desk: Desk,
): Promise<void> {
  if (!isFromHere(request)) {
    const message = 'Faults can be asked for from this machine only.';
    refuse(response, 403, invalid(message, 'Send the request to 127.0.0.1, from where it runs.'));
  } else if (pathname !== FAULTS_PATH) {
    const remedy = `Use ${FAULTS_PATH}.`;
    refuse(response, 404, invalid('There is nothing at this path.', remedy));
  } else if (request.method === 'GET') {
    answer(response, { status: 200, body: `${JSON.stringify({ faults: desk.faults })}\n` });
  } else if (request.method === 'POST') {
    await answerPost(request, response, desk);
  } else {
    const remedy = 'GET lists what can be asked for, POST asks for it.';
    refuse(response, 405, invalid(`${FAULTS_PATH} takes GET and POST only.`, remedy));
  }
}

async function answerPost(
  request: IncomingMessage,
  response: ServerResponse,
  desk: Desk,
): Promise<void> {
  const body = await bodyOf(request, MAX_BODY_BYTES).catch(() => null);
  if (body === null) {
    const remedy = `Send at most ${MAX_BODY_BYTES} bytes.`;
    refuse(response, 413, invalid('The request is too long, or was cut.', remedy));
    return;
  }
  try {
    const receipt = desk.ask(requestIn(body.toString()));
    answer(response, { status: 200, body: `${JSON.stringify(receipt)}\n` });
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    refuse(response, 400, error);
  }
}

/** What it is, the desk finds out. */
function requestIn(body: string): FaultRequest {
  try {
    return JSON.parse(body) as FaultRequest;
  } catch {
    throw invalid('The body is no JSON.', 'Send an object such as {"fault":"close","as":1011}.');
  }
}

function refuse(response: ServerResponse, status: number, error: TenutoError): void {
  const { code, message, remediation } = error;
  const headers = { connection: 'close' };
  const body = `${JSON.stringify({ error: { code, message, remediation } })}\n`;
  answer(response, { status, headers, body });
}

/** A request in memory has no socket: it comes from this process. */
function isFromHere(request: IncomingMessage): boolean {
  const { socket, headers } = request as Pick<IncomingMessage, 'headers'> & {
    readonly socket?: { readonly remoteAddress?: string | undefined };
  };
  if (socket !== undefined && !isLoopback(socket.remoteAddress ?? '')) return false;
  const { origin } = headers;
  return origin === undefined || isLoopback(URL.canParse(origin) ? new URL(origin).hostname : '');
}

function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);
}
