/** How a stand-in sends: as text or bytes, member by member or merged, with things in between that nobody knows. */
import type { WebSocket } from 'ws';
import type { Random } from '../../ports/random.ts';
import type { GeminiFaults } from './faults.ts';
import type { JsonObject } from '../../providers/wire/json.ts';

export interface OutboxOptions {
  readonly socket: WebSocket;
  /** Read for every frame: whether JSON travels in binary ones, how often something unknown or empty comes along. */
  readonly faults: Pick<GeminiFaults, 'sendsBytes' | 'noiseRatio'>;
  readonly random: Random;
}

/** Results that a client may leave unread; beyond it the socket is cut. */
const UNREAD_CAPACITY_BYTES = 8 * 1_024 * 1_024;

/** What the service sends, or may send one day, and what a client has to live with. */
const NOISE: readonly JsonObject[] = [
  { serverContent: {} },
  { sessionResumptionUpdate: { resumable: false } },
  { sessionResumptionUpdate: {} },
  { usageMetadata: { totalTokenCount: 1, toolUsePromptTokenCount: 0 } },
  { futureMember: { nested: [1, 'two', null] } },
  { serverContent: { futureField: true, interactionStatus: 'UNKNOWN' } },
  { serverContent: { groundingMetadata: {}, waitingForInput: true } },
];

export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  send(message: JsonObject): void {
    const { random, faults } = this.#options;
    const { noiseRatio = 0 } = faults;
    if (noiseRatio > 0 && random.unit() < noiseRatio) {
      const noise = NOISE[Math.floor(random.unit() * NOISE.length)];
      if (noise !== undefined) this.#write(noise);
      this.#write({ ...message, unknownMember: { at: random.unit() } });
    } else this.#write(message);
  }

  #write(message: JsonObject): void {
    const { socket, faults } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    const text = `${JSON.stringify(message)}\n`; // the service ends its frames with a line feed
    if (socket.bufferedAmount > UNREAD_CAPACITY_BYTES) socket.terminate();
    else socket.send(faults.sendsBytes === true ? Buffer.from(text) : text);
  }
}
