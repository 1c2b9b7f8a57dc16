/** A real gateway with a real recogniser behind it, at one address, whatever is done to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createSpeechApp } from '../../../src/gateway/pipeline/speech-app.ts';
import { startGateway } from '../../../src/gateway/server.ts';
import type { GatewayServer, GatewayServerOptions } from '../../../src/gateway/server.ts';
import { openFileStore } from '../../../src/gateway/stores/file-store.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import { deepgramListen } from '../../../src/providers/deepgram-listen/deepgram-listen.ts';
import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import type { DeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import type { Recogniser } from '../../../src/simulators/recogniser/recogniser.ts';

export interface SpeechGatewayOptions {
  /** Closed with the gateway. */
  readonly recogniser: Recogniser;
  /** The pages that may connect. */
  readonly origins: readonly string[];
  /** Further apps, and whatever else a gateway is given. */
  readonly apps?: GatewayServerOptions['apps'];
  readonly server?: Partial<GatewayServerOptions>;
}

export class SpeechGateway {
  readonly #options: SpeechGatewayOptions;
  readonly #service: DeepgramSimulator;
  readonly #directory: string;
  #store: LogStore | null = null;
  #server: GatewayServer | null = null;
  #port = 0;

  private constructor(
    options: SpeechGatewayOptions,
    service: DeepgramSimulator,
    directory: string,
  ) {
    this.#options = options;
    this.#service = service;
    this.#directory = directory;
  }

  static async start(options: SpeechGatewayOptions): Promise<SpeechGateway> {
    const { recogniser } = options;
    const service = await startDeepgramSimulator({ recogniser, maxRateRatio: 100 });
    const directory = await mkdtemp(join(tmpdir(), 'tenuto-gateway-'));
    const gateway = new SpeechGateway(options, service, directory);
    await gateway.start();
    return gateway;
  }

  /** For a client; the same after each start. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Of the sockets that stand, and what else is asked of a gateway; null while it is stopped. */
  get server(): GatewayServer | null {
    return this.#server;
  }

  /** Begins, or begins again: with the log, so that sessions go on. */
  async start(): Promise<void> {
    const { url: baseUrl } = this.#service;
    const provider = deepgramListen({ apiKey: 'local', baseUrl, replayRateRatio: 50 });
    const speech = createSpeechApp({ candidates: () => [{ provider }] });
    this.#store = await openFileStore({ directory: this.#directory });
    this.#server = await startGateway({
      port: this.#port,
      store: this.#store,
      apps: new Map([['speech', speech], ...(this.#options.apps ?? [])]),
      origins: this.#options.origins,
      ...this.#options.server,
    });
    this.#port = this.#server.port;
  }

  /** Goes at once, and leaves the sessions in its log. */
  async stop(): Promise<void> {
    await this.#server?.close();
    await this.#store?.close();
    this.#server = null;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#service.close();
    await this.#options.recogniser.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
