/** What a stand-in server is made of, wherever it listens. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { HttpAnswer } from './http-answer.ts';

/** Takes a socket that is opened. */
export type Take = (socket: WebSocket) => void;

/** The same, with headers in the answer to the upgrade. */
export interface Welcome {
  readonly headers: Readonly<Record<string, string>>;
  readonly take: Take;
}

export interface ServerHandlers {
  /** Whether a socket may be opened: an answer refuses it. */
  onUpgrade(request: IncomingMessage, url: URL): HttpAnswer | Take | Welcome;
  /** A plain request. What it throws is answered with 500. */
  onRequest(request: IncomingMessage, response: ServerResponse, url: URL): void | Promise<void>;
}

/** A network that servers can listen on, other than this machine's. */
export interface ServerNetwork {
  listen(handlers: ServerHandlers): ListeningServer;
}

export interface ListeningServer {
  readonly port: number;
  /** Such as `wss://127.0.0.1:40123`. */
  readonly socketUrl: string;
  /** Such as `http://127.0.0.1:40123`. */
  readonly httpUrl: string;
  /** Cuts everything and frees the port. */
  close(): Promise<void>;
}
