/** A service on 127.0.0.1 that does what a script says, when a test says so. It needs Node: `node:http` and `ws`. */
import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';

import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';

import { withRetryHints } from './hints.ts';
import type {
  DialFacts,
  ProviderServer,
  Refusal,
  SaidResult,
  ServerListener,
  ServiceDial,
  ServiceLink,
  ServiceScript,
} from './provider-server.ts';
import { framesOf, waysOf } from './provider-server.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { TenutoError } from '../../ports/errors.ts';
import type { Frame } from '../../ports/socket.ts';
import { modelInvalid } from '../model-error.ts';

export class ScriptedServer implements ProviderServer {
  readonly script: ServiceScript;
  readonly #http: Server = createServer();
  readonly #upgrader = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<NetSocket>();
  /** Across connections, so that no two results read alike. */
  #results = 0;

  constructor(script: ServiceScript) {
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
      const nameResult = (): string => `result ${(this.#results += 1)}`;
      const service = { upgrader: this.#upgrader, script, listener, nameResult };
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

interface Service {
  readonly upgrader: WebSocketServer;
  readonly script: ServiceScript;
  readonly listener: ServerListener;
  readonly nameResult: () => string;
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

/** One open connection. */
class ScriptedLink implements ServiceLink {
  readonly said: SaidResult[] = [];
  readonly #service: Service;
  readonly #client: WebSocket;
  readonly #net: NetSocket;
  readonly #audio: Uint8Array[] = [];
  #heardBytes = 0;

  constructor(service: Service, client: WebSocket, net: NetSocket) {
    this.#service = service;
    this.#client = client;
    this.#net = net;
    client.on('message', (data, isBinary) => {
      this.#hear(frameOf(data, isBinary));
    });
    client.on('close', () => {
      service.listener.onActivity();
    });
    client.on('error', () => undefined); // told by `close`
  }

  get heardSamples(): number {
    return this.#heardBytes / BYTES_PER_SAMPLE;
  }

  get audio(): Uint8Array {
    return Buffer.concat(this.#audio);
  }

  get isClosed(): boolean {
    return this.#client.readyState === this.#client.CLOSED;
  }

  say(frame: Frame): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(frame);
  }

  answer(): void {
    const { script } = this.#service;
    const answer = script.answer?.() ?? script.result({ from: 0, to: 0 }, '', false);
    for (const frame of framesOf(answer)) this.say(frame);
  }

  settle({ answersFlush = false }: { readonly answersFlush?: boolean } = {}): void {
    const from = this.said.at(-1)?.to ?? 0;
    const to = this.heardSamples;
    if (to <= from) return;
    const text = this.#service.nameResult();
    this.said.push({ from, to, text });
    const result = this.#service.script.result({ from, to }, text, answersFlush);
    for (const frame of framesOf(result)) this.say(frame);
  }

  close(code: number, reason = ''): void {
    this.#client.close(code, reason);
  }

  end(how: FailureKind | 'reset', way = 0): void {
    this.speakAgain(); // whoever does not read does not see the closing handshake end either
    if (how === 'reset') {
      this.#net.resetAndDestroy();
      return;
    }
    const ending = waysOf(this.#service.script.endings, how)[way];
    if (ending === undefined) throw notInScript(`The script ends no connection as ${how}.`);
    if (ending.frame !== undefined) this.say(ending.frame);
    if (ending.code !== undefined) this.close(ending.code, ending.reason);
  }

  goSilent(): void {
    this.#client.pause();
  }

  speakAgain(): void {
    this.#client.resume();
  }

  #hear(frame: Frame): void {
    const { script, listener } = this.#service;
    const audio = script.audioIn ? script.audioIn(frame) : bareAudio(frame);
    if (audio !== null) {
      this.#audio.push(audio);
      this.#heardBytes += audio.length;
    }
    script.onFrame?.(frame, this);
    listener.onActivity();
  }
}

function bareAudio(frame: Frame): Uint8Array | null {
  return typeof frame === 'string' ? null : frame;
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = data as Buffer; // `binaryType` is left at nodebuffer
  return isBinary ? bytes : bytes.toString('utf8');
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

function notInScript(message: string): TenutoError {
  return modelInvalid(message, 'Add it to the script of the service.');
}
