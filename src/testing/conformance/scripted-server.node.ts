/** A service on 127.0.0.1 that does what a script says, when a test says so. It needs Node: `node:http` and `ws`. */
import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';

import { WebSocketServer } from 'ws';

import { withRetryHints } from './hints.ts';
import type {
  DialFacts,
  ProviderServer,
  Refusal,
  ServerListener,
  ServiceDial,
  ServiceLink,
  ServiceScript,
  SpeechScript,
} from './provider-server.ts';
import { framesOf, waysOf } from './provider-server.ts';
import { notInScript, ScriptedLink } from './scripted-link.node.ts';
import type { LinkedService } from './scripted-link.node.ts';
import type { FailureKind } from '../../../machines/failure.ts';

export class ScriptedServer implements ProviderServer {
  readonly script: ServiceScript | SpeechScript;
  readonly #http: Server = createServer();
  readonly #upgrader = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<NetSocket>();
  /** Across connections, so that no two results read alike. */
  #results = 0;

  constructor(script: ServiceScript | SpeechScript) {
    this.script = withRetryHints(script);
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `ws://127.0.0.1:${port}`;
  }

  async start(listener: ServerListener): Promise<void> {
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined); // a reset is one of the things that are tried here
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('upgrade', (request, _socket, head) => {
      const { script } = this;
      const nextNumber = (): number => (this.#results += 1);
      const service = { upgrader: this.#upgrader, script, listener, nextNumber };
      listener.onDial(new HeldDial(service, { request, head }));
    });
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(0, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly head: Buffer;
}

interface Service extends LinkedService {
  readonly upgrader: WebSocketServer;
}

/** An upgrade that nobody has answered yet. */
class HeldDial implements ServiceDial {
  readonly facts: DialFacts;
  readonly #service: Service;
  readonly #upgrade: Upgrade;

  constructor(service: Service, upgrade: Upgrade) {
    this.#service = service;
    this.#upgrade = upgrade;
    const { request } = upgrade;
    this.facts = { url: request.url ?? '', headers: request.headers };
    request.socket.on('close', () => {
      service.listener.onActivity();
    });
  }

  get isGone(): boolean {
    return this.#upgrade.request.socket.destroyed;
  }

  accept(): ServiceLink {
    const { request, head } = this.#upgrade;
    const links: ServiceLink[] = [];
    // It calls back before it returns, or answers 400.
    this.#service.upgrader.handleUpgrade(request, request.socket, head, (client) => {
      links.push(new ScriptedLink(this.#service, client, request.socket));
    });
    const [link] = links;
    if (link === undefined) throw notInScript('The dial was no WebSocket upgrade.');
    for (const frame of framesOf(this.#service.script.greet?.() ?? [])) link.say(frame);
    return link;
  }

  refuse(how: FailureKind | 'reset', way = 0): void {
    const { socket } = this.#upgrade.request;
    if (how === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    const refusal = waysOf(this.#service.script.refusals, how)[way];
    if (refusal === undefined) throw notInScript(`The script refuses no dial as ${how}.`);
    socket.once('finish', () => socket.destroy());
    socket.end(refusalText(refusal, this.facts));
  }
}

function refusalText({ status, headers, body = '' }: Refusal, facts: DialFacts): string {
  const said = typeof body === 'string' ? body : body(facts);
  const all = {
    ...headers,
    'content-length': String(Buffer.byteLength(said)),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${said}`;
}
