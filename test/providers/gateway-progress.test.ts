/** A link that lives and carries nothing: pings are answered, and what was sent is not kept. */
import { describe, expect, it } from 'vitest';

import { GatewayClient, welcomeFrame } from './gateway-client.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';

/** What a client is told, each second, by a gateway that has so much of what it is sent in its log. */
class Told {
  /** How long it has kept nothing, and when that was told. */
  readonly standstills: { readonly forMs: number; readonly atMs: number }[] = [];
  /** One for each standstill. */
  readonly sinces = new Set<number>();
  #sent = 0;
  readonly #client = new GatewayClient(7_000);
  readonly #stream = this.#client.dial();

  constructor() {
    this.#stream.decode(encodeFrame(welcomeFrame()));
  }

  speak(): void {
    this.#sent += 1;
    const place = { sample: (this.#sent - 1) * 100, capturedAtMs: 0 };
    this.#stream.encodeAudio(new Uint8Array(200), place);
  }

  /** PONGs for so many seconds, the first at once. */
  pongs(seconds: number, committedAt: (second: number) => number): void {
    const startedAtMs = this.#client.nowMs;
    for (let second = 0; second <= seconds; second += 1) {
      this.#client.nowMs = startedAtMs + second * 1_000;
      const numbers = {
        nonce: 1,
        epoch: 1,
        lastSent: 0,
        received: 0,
        committed: committedAt(second),
      };
      const pong = { type: 'pong', ...numbers, maxSeq: 1_000, sentAtMs: 0, echoMs: 0 } as const;
      for (const event of this.#stream.decode(encodeFrame(pong))) {
        expect(event.kind).not.toBe('failed'); // what follows is not the provider's to decide
        if (event.kind !== 'standstill') continue;
        this.standstills.push({ forMs: event.forMs, atMs: this.#client.nowMs - startedAtMs });
        this.sinces.add(event.sinceMs);
      }
    }
  }
}

describe('a gateway that answers pings and commits nothing', () => {
  it('P15.6: is told to stand still, for how long, with each of its words', () => {
    const told = new Told();
    told.speak();

    told.pongs(30, () => 0);

    expect(told.standstills).toEqual(
      Array.from({ length: 30 }, (_, at) => ({ forMs: (at + 1) * 1_000, atMs: (at + 1) * 1_000 })),
    );
    expect(told.sinces.size).toBe(1);
  });

  it('P15.6: begins another standstill with each that it commits', () => {
    const told = new Told();
    for (let chunk = 0; chunk < 20; chunk += 1) told.speak();

    told.pongs(100, (second) => Math.floor(second / 11));

    expect(Math.max(...told.standstills.map(({ forMs }) => forMs))).toBe(10_000);
    expect(told.sinces.size).toBe(10);
  });

  it('P15.6: stands not still where nothing was sent that it has not', () => {
    const told = new Told();
    told.speak();

    told.pongs(100, () => 1);
    told.speak();
    const before = told.standstills.length;
    told.pongs(11, () => 1);

    expect(before).toBe(0);
    expect(told.standstills.at(-1)).toEqual({ forMs: 11_000, atMs: 11_000 });
  });
});
