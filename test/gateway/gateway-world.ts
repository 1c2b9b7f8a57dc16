/** A gateway on a virtual clock, with clients that speak frames and nothing else. */
import type { App, AppAudio, AppGap, AppHandlers, AppSession } from '../../src/gateway/app.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.types.ts';
import type { Door } from '../../src/gateway/door.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type {
  DataFrame,
  HelloFrame,
  ProtocolFrame,
  RefusedFrame,
  WelcomeFrame,
} from '../../src/protocol/types.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const RATE_HZ = 16_000;
/** 100 ms. */
const CHUNK_SAMPLES = 1_600;

/** Notes what it is handed, and does what a test tells it to. */
export class NotingApp implements App {
  readonly audio: (Omit<AppAudio, 'bytes'> & { readonly first: number })[] = [];
  readonly gaps: AppGap[] = [];
  readonly events: unknown[] = [];
  readonly messages: (string | Uint8Array)[] = [];
  readonly starts: number[] = [];
  session: AppSession | null = null;
  isClosed = false;
  /** Nothing follows. */
  onFinish: () => Promise<void> = () => Promise.resolve();

  open(session: AppSession, { fin }: { readonly fin: number }): AppHandlers {
    this.session = session;
    this.starts.push(fin);
    return {
      audio: ({ bytes, ...facts }) => this.audio.push({ ...facts, first: bytes[0] ?? -1 }),
      gap: (gap) => this.gaps.push(gap),
      event: (_seq, event) => this.events.push(event),
      message: (_seq, message) => this.messages.push(message),
      finish: () => this.onFinish(),
      close: () => {
        this.isClosed = true;
        return Promise.resolve();
      },
    };
  }
}

export class GatewayWorld {
  readonly clock = new VirtualClock();
  readonly app = new NotingApp();
  readonly store: LogStore;
  readonly gateway: Gateway;

  constructor(
    store: LogStore = createMemoryStore(),
    clock?: VirtualClock,
    options: Partial<GatewayOptions> = {},
  ) {
    this.store = store;
    this.clock = clock ?? this.clock;
    this.gateway = new Gateway({
      store,
      apps: new Map([['speech', this.app]]),
      verify: (bearer) => Promise.resolve({ subject: bearer.replace(/-\d+$/, '') }),
      clock: this.clock,
      wallClock: () => this.clock.nowMs(),
      ...options,
    });
  }

  /** @param from the address that it comes from. */
  client(from = '127.0.0.1'): RawClient {
    return new RawClient(this.gateway, this.clock, from);
  }

  /** With a client that was let in. */
  async begun(facts: Partial<HelloFrame> = {}) {
    const client = this.client();
    const welcome = await client.hello(facts);
    if (welcome.type !== 'welcome') throw new Error(welcome.reason);
    return { client, welcome, epoch: welcome.epoch };
  }
}

export class RawClient {
  readonly frames: ProtocolFrame[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  readonly #door: Door;
  readonly #clock: VirtualClock;
  #seq = 0;

  constructor(gateway: Gateway, clock: VirtualClock, remoteAddress: string) {
    this.#clock = clock;
    this.#door = gateway.accept({
      send: (bytes) => {
        const frame = decodeFrame(bytes.slice());
        if (frame.type === 'malformed' || frame.type === 'unknown') throw new Error(frame.type);
        this.frames.push(frame);
      },
      close: (code, reason) => {
        this.closed ??= { code, reason };
      },
      terminate: () => undefined,
      bufferedBytes: 0,
      remoteAddress,
    });
  }

  /** Resolves to what the gateway said: a welcome, or why not. */
  async hello(facts: Partial<HelloFrame> = {}): Promise<WelcomeFrame | RefusedFrame> {
    this.send({ type: 'hello', ...helloFacts(), ...facts });
    await settled();
    const isAnswer = ({ type }: ProtocolFrame) => type === 'welcome' || type === 'refused';
    if (!this.frames.some(isAnswer)) {
      this.#clock.advance(50); // that a session is not there is not told at once
      await settled();
    }
    const answer = this.frames.find(isAnswer);
    if (answer?.type !== 'welcome' && answer?.type !== 'refused') throw new Error('no answer');
    return answer;
  }

  send(frame: ProtocolFrame | Uint8Array | string): void {
    this.#door.onMessage(
      typeof frame === 'string' || frame instanceof Uint8Array ? frame : encodeFrame(frame),
    );
  }

  /** A chunk of 100 ms whose first byte is its seq. */
  audio(epoch: number, seq = this.#seq + 1): void {
    this.#seq = seq;
    this.send(audioFrame(epoch, seq));
  }

  lose(): void {
    this.#door.onClose();
  }

  of<T extends ProtocolFrame['type']>(type: T): readonly Extract<ProtocolFrame, { type: T }>[] {
    return this.frames.filter(
      (frame): frame is Extract<ProtocolFrame, { type: T }> => frame.type === type,
    );
  }
}

export function audioFrame(epoch: number, seq: number): DataFrame {
  const payload = new Uint8Array(CHUNK_SAMPLES * 2).fill(seq & 0xff);
  return {
    type: 'data',
    channel: 1,
    epoch,
    seq,
    position: (seq - 1) * CHUNK_SAMPLES,
    capturedAtMs: (seq - 1) * 100,
    codec: 'pcm_s16le',
    isEndOfStream: false,
    isDiscontinuity: false,
    isRetransmission: false,
    isSpeech: false,
    payload,
  };
}

export function helloFacts(): Omit<HelloFrame, 'type'> {
  return {
    v: 1,
    mode: 'new',
    auth: 'ann',
    inst: 'a'.repeat(32),
    att: 1,
    epoch: 0,
    low: 1,
    next: 1,
    acked: 0,
    rcv: 0,
    fin: 0,
    clock: { wall: 0, mono: 0 },
    audio: { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ },
    caps: [],
    client: 'test/1',
  };
}

/** Of a client that was let in so, and comes back. */
export function resumption({ sid, resume, epoch }: WelcomeFrame, att = 2) {
  return { mode: 'resume', sid, resume, epoch, att } as const;
}

/** Of a client that shows no bearer. */
export function nobodysFacts(): Omit<HelloFrame, 'type'> {
  const entries = Object.entries(helloFacts()).filter(([name]) => name !== 'auth');
  return Object.fromEntries(entries) as unknown as Omit<HelloFrame, 'type'>;
}

/** Promises have run their course: the memory store waits for nothing else. */
const { setImmediate: immediate } = globalThis; // taken before anybody guards it

export async function settled(): Promise<void> {
  await new Promise((resolve) => immediate(resolve));
}
