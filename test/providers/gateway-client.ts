/** A client of a gateway, one socket after the other, frame by frame and without a network. */
import { seededRandom } from '../../src/ports/random.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { HelloFrame, WelcomeFrame } from '../../src/protocol/types.ts';
import { Addresses } from '../../src/providers/gateway/addresses.ts';
import { Custody } from '../../src/providers/gateway/custody.ts';
import { GatewayStream } from '../../src/providers/gateway/stream.ts';

const HOME = 'wss://voice.example/v1/session';

export class GatewayClient {
  readonly custody = new Custody(seededRandom(1), new Addresses(HOME, [], seededRandom(1)), {
    nowMs: () => this.nowMs,
  });
  nowMs: number;
  /** What the newest HELLO asked for. */
  mode: HelloFrame['mode'] = 'new';

  constructor(nowMs = 0) {
    this.nowMs = nowMs;
  }

  /** Another socket: it says HELLO. */
  dial(): GatewayStream {
    const audio = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
    const stream = new GatewayStream(
      this.custody,
      { audio, app: null, client: 'test' },
      () => 0,
      () => HOME,
    );
    const [hello] = stream.encodeHello();
    const frame = decodeFrame(hello as Uint8Array);
    if (frame.type === 'hello') this.mode = frame.mode;
    return stream;
  }
}

export function welcomeFrame(facts: Partial<WelcomeFrame> = {}): WelcomeFrame {
  return {
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
    ...facts,
  };
}
