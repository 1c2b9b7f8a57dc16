/** One frame of each kind, to be changed by tests; and any frame, for properties. */
import fc from 'fast-check';

import { encodeFrame } from '../../src/protocol/frames.ts';
import type {
  AckFrame,
  DataFrame,
  GapFrame,
  HelloFrame,
  HintFrame,
  PingFrame,
  PongFrame,
  ProtocolFrame,
  WelcomeFrame,
} from '../../src/protocol/types.ts';

export const DATA: DataFrame = {
  type: 'data',
  channel: 1,
  epoch: 13,
  seq: 3351,
  position: 1_072_000,
  capturedAtMs: 67_000,
  codec: 'pcm_s16le',
  isEndOfStream: false,
  isDiscontinuity: false,
  isRetransmission: false,
  isSpeech: true,
  payload: Uint8Array.from({ length: 640 }, (_, index) => index & 0xff),
};

export const GAP: GapFrame = {
  type: 'gap',
  channel: 1,
  epoch: 13,
  fromSeq: 3351,
  toSeq: 3400,
  position: 1_072_000,
  samplesLost: 16_000,
  fromMs: 67_000,
  toMs: 68_000,
  cause: 'ringOverflow',
};

export const ACK: AckFrame = {
  type: 'ack',
  epoch: 13,
  committed: 3350,
  maxSeq: 4374,
  ackDelayMs: 3,
  ranges: [{ from: 3352, to: 3360 }],
};

export const PING: PingFrame = {
  type: 'ping',
  nonce: 513,
  epoch: 13,
  lastSent: 3376,
  received: 88,
  committed: 87,
  maxSeq: 1112,
  sentAtMs: 67_540,
};

export const PONG: PongFrame = { ...PING, type: 'pong', echoMs: 67_500 };

export const HINT: HintFrame = {
  type: 'hint',
  channel: 0,
  epoch: 13,
  ofSeq: 88,
  json: { type: 'interim', text: 'grüß dich' },
};

export const HELLO: HelloFrame = {
  type: 'hello',
  v: 1,
  mode: 'resume',
  auth: 'a.b.c',
  inst: 'q2vYb0f1T8mS5Jr0p9wZ3A',
  att: 7,
  sid: 'mjqw4ylomvzgc3tenvqw4zdb2e',
  resume: 'Zk1x0cW5y7Qd8rT2uV3wX4yZ5aB6cD7eF8gH9iJ0kL1',
  epoch: 12,
  low: 3301,
  next: 3377,
  acked: 3350,
  rcv: 88,
  fin: 512_000,
  clock: { wall: 1_795_222_801_123, mono: 0 },
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  app: 'speech',
  caps: ['sack'],
  client: 'tenuto-js/0.1',
};

export const WELCOME: WelcomeFrame = {
  type: 'welcome',
  v: 1,
  sid: 'mjqw4ylomvzgc3tenvqw4zdb2e',
  epoch: 13,
  lin: 'nrxw4zlsebwgs3tfmftwkidjme',
  resumed: true,
  up: 3350,
  downFrom: 89,
  maxSeq: 4374,
  resume: 'aL1kJ0iH9gF8eD7cB6aZ5yX4wV3uT2rD8qY7wC0x1Kz',
  graceMs: 120_000,
  retainMs: 120_000,
  maxFrame: 65_536,
  durability: 'fsync',
  ping: { idleMs: 5_000, deadMs: 20_000 },
  caps: [],
  at: 'wss://gw7.eu.example',
  now: 1_795_222_801_150,
};

const ONE_OF_EACH: readonly ProtocolFrame[] = [
  DATA,
  GAP,
  ACK,
  PING,
  PONG,
  HINT,
  HELLO,
  WELCOME,
  { type: 'refused', code: 4411, reason: 'grace-expired', retryAfterMs: 1_000, up: 3350 },
  { type: 'goAway', deadlineMs: 30_000, to: ['wss://gw8.eu.example'], reason: 'draining' },
  { type: 'auth', auth: 'a.b.c' },
  { type: 'authOk', expiresInMs: null },
  { type: 'fin', lastSeq: 3376 },
  { type: 'finAck', up: 3376, lastSeq: 91 },
];

/** The bytes of each, with their type as a name. */
export const ENCODED = ONE_OF_EACH.map((frame) => ({
  type: frame.type,
  bytes: encodeFrame(frame),
}));

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const seq = fc.integer({ min: 1, max: 0x7fff_ffff });
const seqOrZero = fc.integer({ min: 0, max: 0x7fff_ffff });
const u16 = fc.integer({ min: 0, max: 0xffff });

const anyData: fc.Arbitrary<DataFrame> = fc
  .record({
    channel: fc.integer({ min: 1, max: 0xffff }),
    epoch: u32,
    seq,
    position: fc.integer({ min: 0, max: 0xffff_ffff - 1_000 }),
    capturedAtMs: u32,
    codec: fc.constantFrom('pcm_s16le' as const, 'opus', 'json', 'binary', 'text'),
    isEndOfStream: fc.boolean(),
    isDiscontinuity: fc.boolean(),
    isRetransmission: fc.boolean(),
    isSpeech: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 400 }),
  })
  .map((frame) => ({
    type: 'data',
    ...frame,
    payload: frame.payload.subarray(0, frame.payload.length & ~1),
  }));

const anyGap: fc.Arbitrary<GapFrame> = fc
  .record({
    channel: u16,
    epoch: u32,
    seqs: fc.tuple(seq, seq),
    position: fc.integer({ min: 0, max: 0x7fff_ffff }),
    samplesLost: fc.integer({ min: 0, max: 0x7fff_ffff }),
    times: fc.tuple(u32, u32),
    cause: fc.constantFrom('ringOverflow' as const, 'capturePaused', 'storeLoss', 'source'),
  })
  .map(({ seqs, times, ...frame }) => ({
    type: 'gap',
    ...frame,
    fromSeq: Math.min(...seqs),
    toSeq: Math.max(...seqs),
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
  }));

const anyAck: fc.Arbitrary<AckFrame> = fc
  .record({
    epoch: u32,
    committed: fc.integer({ min: 0, max: 0xffff }),
    maxSeq: u32,
    ackDelayMs: u32,
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(99)), { maxLength: 32 }),
  })
  .map(({ steps, ...frame }) => {
    let end = frame.committed;
    const ranges = steps.map(([skipped, more]) => {
      const from = end + skipped;
      end = from + more;
      return { from, to: end };
    });
    return { type: 'ack', ...frame, ranges };
  });

const anyPing: fc.Arbitrary<PingFrame | PongFrame> = fc
  .record({
    nonce: u16,
    epoch: u32,
    lastSent: seqOrZero,
    received: seqOrZero,
    committed: seqOrZero,
    maxSeq: u32,
    sentAtMs: u32,
    echoMs: fc.option(u32, { nil: null }),
  })
  .map(({ echoMs, ...standing }) =>
    echoMs === null ? { type: 'ping', ...standing } : { type: 'pong', ...standing, echoMs },
  );

const anyHint: fc.Arbitrary<HintFrame> = fc.record({
  type: fc.constant('hint' as const),
  channel: u16,
  epoch: u32,
  ofSeq: seqOrZero,
  json: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.oneof(fc.boolean(), fc.constant(null), fc.string({ unit: 'binary' }))),
    fc.record({ type: fc.string({ unit: 'grapheme' }), words: fc.array(fc.nat()) }),
  ),
});

const anyHello: fc.Arbitrary<HelloFrame> = fc
  .record({
    att: seq,
    epoch: seqOrZero,
    seqs: fc.tuple(seq, seq),
    rcv: seqOrZero,
    fin: u32,
    wall: fc.nat(),
    sampleRateHz: fc.integer({ min: 8_000, max: 48_000 }),
    caps: fc.array(fc.constantFrom('sack', 'opus', 'x.1'), { maxLength: 32 }),
  })
  .map(({ seqs, wall, sampleRateHz, ...members }) => ({
    ...HELLO,
    ...members,
    low: Math.min(...seqs),
    next: Math.max(...seqs),
    acked: Math.min(...seqs) - 1,
    clock: { wall, mono: wall / 2 },
    audio: { encoding: 'opus', sampleRateHz },
  }));

export const anyFrame: fc.Arbitrary<ProtocolFrame> = fc.oneof(
  anyData,
  anyGap,
  anyAck,
  anyPing,
  anyHint,
  anyHello,
  fc.record({ type: fc.constant('fin' as const), lastSeq: seqOrZero }),
  fc.record({ type: fc.constant('finAck' as const), up: seqOrZero, lastSeq: seqOrZero }),
);
