/** A link that lives and carries nothing: pings are answered, and what was sent is not kept. */
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import { NO_PROGRESS_DEGRADED_MS, NO_PROGRESS_REATTACH_MS } from '../../src/protocol/limits.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';
import { Addresses } from '../../src/providers/gateway/addresses.ts';
import { Custody } from '../../src/providers/gateway/custody.ts';
import { GatewayStream } from '../../src/providers/gateway/stream.ts';

const HOME = 'wss://voice.example/v1/session';
const WELCOME: WelcomeFrame = {
  type: 'welcome',
  v: 1,
  sid: 's',
  epoch: 1,
  lin: 'l',
  resumed: false,
  up: 0,
  downFrom: 1,
  maxSeq: 1_000,
  resume: 't',
  graceMs: 120_000,
  retainMs: 120_000,
  maxFrame: 65_536,
  durability: 'memory',
  ping: { idleMs: 5_000, deadMs: 20_000 },
  caps: [],
  now: 0,
};

/** What a client is told, each second, by a gateway that has so much of what it is sent in its log. */
class Told {
  readonly failures: { readonly kind: string; readonly atMs: number }[] = [];
  #nowMs = 7_000;
  #sent = 0;
  readonly #stream: GatewayStream;

  constructor() {
    const random = seededRandom(1);
    const audio = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
    this.#stream = new GatewayStream(
      new Custody(random, new Addresses(HOME, [], random)),
      { audio, app: null, client: 'test' },
      () => 0,
      () => HOME,
      { nowMs: () => this.#nowMs },
    );
    this.#stream.encodeHello();
    this.#stream.decode(encodeFrame(WELCOME));
  }

  speak(): void {
    this.#sent += 1;
    const place = { sample: (this.#sent - 1) * 100, capturedAtMs: 0 };
    this.#stream.encodeAudio(new Uint8Array(200), place);
  }

  /** PONGs for so many seconds, the first at once. */
  pongs(seconds: number, committedAt: (second: number) => number): void {
    const startedAtMs = this.#nowMs;
    for (let second = 0; second <= seconds; second += 1) {
      this.#nowMs = startedAtMs + second * 1_000;
      const numbers = {
        nonce: 1,
        epoch: 1,
        lastSent: 0,
        received: 0,
        committed: committedAt(second),
      };
      const pong = { type: 'pong', ...numbers, maxSeq: 1_000, sentAtMs: 0, echoMs: 0 } as const;
      for (const event of this.#stream.decode(encodeFrame(pong))) {
        if (event.kind !== 'failed') continue;
        this.failures.push({ kind: event.failure.kind, atMs: this.#nowMs - startedAtMs });
      }
    }
  }
}

describe('a gateway that answers pings and commits nothing', () => {
  it('P15.6: is told to be degraded once after 12 s, and given up for another after 30 s', () => {
    const told = new Told();
    told.speak();

    told.pongs(30, () => 0);

    expect(told.failures).toEqual([
      { kind: 'perRequest', atMs: NO_PROGRESS_DEGRADED_MS },
      { kind: 'transient', atMs: NO_PROGRESS_REATTACH_MS },
    ]);
  });

  it('P15.6: is a good one as long as it commits something now and then', () => {
    const told = new Told();
    for (let chunk = 0; chunk < 20; chunk += 1) told.speak();

    told.pongs(100, (second) => Math.floor(second / 11));

    expect(told.failures).toEqual([]);
  });

  it('P15.6: is a good one where nothing was sent that it has not', () => {
    const told = new Told();
    told.speak();

    told.pongs(100, () => 1);
    told.speak();
    told.pongs(11, () => 1);

    expect(told.failures).toEqual([]);
  });
});
