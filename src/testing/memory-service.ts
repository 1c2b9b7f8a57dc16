/**
 * A service on a network in memory. It goes by the same script as the one on a real socket (`ScriptedServer`), and does
 * at once what the script says of a frame; results come when the script or the test asks for them.
 */
import { framesOf } from './conformance/provider-server.ts';
import type { SampleRange, ServiceClient, ServiceScript } from './conformance/provider-server.ts';
import type { MemorySocket } from './memory-socket.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Frame } from '../ports/socket.ts';

export interface MemoryServiceClient extends ServiceClient {
  /** Results so far. */
  readonly said: readonly (SampleRange & { readonly text: string })[];
}

export class MemoryService {
  readonly #script: ServiceScript;
  readonly #clients = new WeakMap<MemorySocket, Client>();
  #results = 0;

  /** Give `onFrame` to the `MemoryTransport` that it serves; one service may serve several. */
  constructor(script: ServiceScript) {
    this.#script = script;
  }

  readonly onFrame = (socket: MemorySocket, frame: Frame): void => {
    this.#clientOf(socket).hear(frame);
  };

  /** The service's end of a socket: `service.at(network.last).settle()` says what it has heard. */
  at(socket: MemorySocket): MemoryServiceClient {
    return this.#clientOf(socket);
  }

  #clientOf(socket: MemorySocket): Client {
    const known = this.#clients.get(socket);
    if (known !== undefined) return known;
    const client = new Client(socket, this.#script, () => `result ${(this.#results += 1)}`);
    this.#clients.set(socket, client);
    return client;
  }
}

class Client implements MemoryServiceClient {
  readonly said: (SampleRange & { readonly text: string })[] = [];
  heardSamples = 0;
  readonly #socket: MemorySocket;
  readonly #script: ServiceScript;
  readonly #nextText: () => string;

  constructor(socket: MemorySocket, script: ServiceScript, nextText: () => string) {
    this.#socket = socket;
    this.#script = script;
    this.#nextText = nextText;
  }

  hear(frame: Frame): void {
    this.heardSamples += (audioIn(frame, this.#script)?.length ?? 0) / BYTES_PER_SAMPLE;
    this.#script.onFrame?.(frame, this);
  }

  say(frame: Frame): void {
    this.#socket.answer(frame);
  }

  settle({ answersFlush = false }: { readonly answersFlush?: boolean } = {}): void {
    const range = { from: this.said.at(-1)?.to ?? 0, to: this.heardSamples };
    if (range.to === range.from) return;
    const text = this.#nextText();
    this.said.push({ ...range, text });
    for (const frame of framesOf(this.#script.result(range, text, answersFlush))) this.say(frame);
  }

  close(code: number, reason = ''): void {
    this.#socket.hangUp(code, reason);
  }
}

function audioIn(frame: Frame, script: ServiceScript): Uint8Array | null {
  if (script.audioIn !== undefined) return script.audioIn(frame);
  return typeof frame === 'string' ? null : frame;
}
