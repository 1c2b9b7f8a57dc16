/** Gateways with the speech app on one virtual clock, one network and one store, and the stand-ins of the services. */
import type { WebSocket } from 'ws';

import type { App, AppStart } from '../../../src/gateway/app.ts';
import { Gateway } from '../../../src/gateway/gateway.ts';
import { createSpeechApp } from '../../../src/gateway/pipeline/speech-app.ts';
import type { SpeechAppOptions } from '../../../src/gateway/pipeline/speech-app.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { gateway } from '../../../src/providers/gateway/gateway.ts';
import { createAdmission } from '../../../src/session/admission/admission.ts';
import type { CandidateOptions } from '../../../src/session/candidates.ts';
import type { Provider } from '../../../src/providers/contract.ts';
import type { SimulatedNetwork } from '../../../src/simulators/network/simulated-network.ts';

export interface SpeechWorldOptions extends Partial<Omit<SpeechAppOptions, 'network'>> {
  readonly clock: Clock;
  /** On which both clients and services are. */
  readonly network: SimulatedNetwork;
  readonly candidates: () => readonly CandidateOptions[];
}

/** One address, at which one gateway after another serves; what they have in common is the store. */
export class SpeechWorld {
  readonly store = createMemoryStore();
  /** For `session` of a client. */
  readonly provider: Provider;
  readonly app: App;
  /** Where each gateway that had the session began with it. */
  readonly starts: AppStart[] = [];
  readonly #clock: Clock;
  #current: Gateway;
  readonly #cutOff: Gateway[] = [];
  readonly #sockets = new Set<WebSocket>();

  constructor({ clock, network, ...options }: SpeechWorldOptions) {
    this.#clock = clock;
    const app = createSpeechApp({
      clock,
      transport: network,
      random: seededRandom(9),
      admission: createAdmission(),
      ...options,
    });
    this.app = {
      open: (session, start) => {
        this.starts.push(start);
        return app.open(session, start);
      },
    };
    this.#current = this.#begin();
    const { socketUrl } = network.listen({
      onUpgrade: () => (socket) => {
        this.#take(socket);
      },
      onRequest: (_, response) => {
        response.end();
      },
    });
    this.provider = gateway({ url: `${socketUrl}/v1/session`, token: 'anybody' });
  }

  get gateway(): Gateway {
    return this.#current;
  }

  /** The gateway stops, and another takes its place. */
  replace(): void {
    const gone = this.#current;
    this.#current = this.#begin();
    void gone.close();
  }

  /** The gateway cannot be reached any more, and another is at its place. It knows of nothing, and goes on. */
  cutOff(): void {
    this.#cutOff.push(this.#current);
    this.#current = this.#begin();
    for (const socket of this.#sockets) socket.terminate();
  }

  async close(): Promise<void> {
    for (const each of [...this.#cutOff, this.#current]) await each.close();
  }

  #take(socket: WebSocket): void {
    const door = this.#current.accept({
      remoteAddress: '127.0.0.1',
      bufferedBytes: 0,
      send: (bytes) => {
        socket.send(bytes);
      },
      close: (code, reason) => {
        socket.close(code, reason);
      },
      terminate: () => {
        socket.terminate();
      },
    });
    this.#sockets.add(socket);
    socket.on('message', (data: Uint8Array) => {
      door.onMessage(data);
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
      door.onClose();
    });
  }

  #begin(): Gateway {
    const clock = this.#clock;
    return new Gateway({
      store: this.store,
      apps: new Map([['speech', this.app]]),
      verify: null,
      clock,
      wallClock: () => clock.nowMs(),
    });
  }
}
