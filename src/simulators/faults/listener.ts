/** The proxy's listening port, which can be given up for a while and had back. */
import { createServer, type Server, type Socket } from 'node:net';

import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly onConnection: (client: Socket) => void;
}

const REOPEN_INTERVAL_MS = 50;

export class Listener {
  readonly port: number;
  readonly #options: ListenerOptions;
  #server: Server | null;
  #opening: Promise<Server> | null = null;
  #timer: unknown = null;
  #isResetting = false;
  /** Somebody took the port while it was given up: it is not given up again. */
  #keepsPort = false;
  #isClosed = false;

  private constructor(options: ListenerOptions, server: Server, port: number) {
    this.#options = options;
    this.#server = server;
    this.port = port;
  }

  /** @throws TenutoError PORT_IN_USE */
  static async open(options: ListenerOptions): Promise<Listener> {
    let take: (client: Socket) => void = options.onConnection;
    const server = await listen(options, (client) => take(client)).catch((error: unknown) => {
      throw listenError(options, error);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    const listener = new Listener(options, server, port);
    take = (client) => listener.#take(client);
    return listener;
  }

  /** New connections are refused from now on: nobody listens, or where that cannot be, each one is reset. */
  refuse(): void {
    if (this.#keepsPort) this.#isResetting = true;
    else this.#shut();
  }

  /** Takes connections again, and says so; tries until the port can be had back. */
  admit(onAdmitting: () => void): void {
    if (this.#isClosed) return;
    this.#timer = null;
    if (this.#isResetting) {
      this.#isResetting = false;
      onAdmitting();
      return;
    }
    const options = { ...this.#options, port: this.port };
    this.#opening = listen(options, (client) => this.#take(client));
    this.#opening.then(
      (server) => {
        this.#opening = null;
        this.#server = server;
        if (this.#isClosed) this.#shut();
        else onAdmitting();
      },
      () => {
        this.#opening = null;
        this.#keepsPort = true;
        if (this.#isClosed) return;
        const again = (): void => this.admit(onAdmitting);
        this.#timer = this.#options.clock.setTimeout(again, REOPEN_INTERVAL_MS);
      },
    );
  }

  /** The port is free when this settles. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#shut();
    await this.#opening?.catch(() => undefined);
  }

  #take(client: Socket): void {
    if (this.#isClosed || this.#isResetting) client.resetAndDestroy();
    else this.#options.onConnection(client);
  }

  #shut(): void {
    this.#server?.close();
    this.#server = null;
  }
}

function listen(options: ListenerOptions, onConnection: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Each end of a stream ends on its own, as it would without a proxy between.
    const server = createServer({ allowHalfOpen: true }, onConnection);
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, exclusive: true }, () => {
      server.off('error', reject);
      // Running out of file descriptors on accept costs that connection, not the process.
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}

function listenError(options: ListenerOptions, error: unknown): TenutoError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new TenutoError({
      code: 'PORT_IN_USE',
      message: `Port ${options.port} on ${options.host} is taken, so the fault proxy cannot listen there.`,
      remediation: 'Choose another port, or 0 for a free one.',
      cause: error,
    });
  }
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `The fault proxy cannot listen on ${options.host}, port ${options.port} (${code ?? 'unknown error'}).`,
    remediation: 'Choose an address of this machine and a port that this user may listen on.',
    cause: error,
  });
}
