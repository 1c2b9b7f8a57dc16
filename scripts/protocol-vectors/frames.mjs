// Frames that are right, each as its bytes and as the values that are in them.
import { ack, control, data, gap, hex, hint, ping, utf8 } from './layout.mjs';

const DATA = {
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
  isSpeech: false,
  payload: [0x00, 0x80, 0xff, 0x7f, 0x01, 0x00, 0xff, 0xff],
};
const GAP = {
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
const ACK = { type: 'ack', epoch: 13, committed: 3350, maxSeq: 4374, ackDelayMs: 3, ranges: [] };
const PING = {
  type: 'ping',
  nonce: 513,
  epoch: 13,
  lastSent: 3376,
  received: 88,
  committed: 87,
  maxSeq: 1112,
  sentAtMs: 67_540,
};
const HELLO = {
  v: 1,
  mode: 'new',
  auth: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
  inst: 'q2vYb0f1T8mS5Jr0p9wZ3A',
  att: 1,
  epoch: 0,
  low: 1,
  next: 1,
  acked: 0,
  rcv: 0,
  fin: 0,
  clock: { wall: 1_795_222_801_123, mono: 0 },
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  app: 'speech',
  caps: ['sack'],
  client: 'tenuto-js/0.1',
};
const RESUME = {
  ...{ v: 1, mode: 'resume', auth: HELLO.auth, inst: HELLO.inst, att: 7 },
  sid: 'mjqw4ylomvzgc3tenvqw4zdb2e',
  resume: 'Zk1x0cW5y7Qd8rT2uV3wX4yZ5aB6cD7eF8gH9iJ0kL1',
  ...{ epoch: 12, low: 3301, next: 3377, acked: 3350, rcv: 88, fin: 512_000 },
  ...{ clock: HELLO.clock, audio: HELLO.audio, app: HELLO.app, caps: HELLO.caps },
  client: HELLO.client,
};
const WELCOME = {
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

const named = (name, bytes, frame) => ({ name, hex: hex(bytes), frame });
const ofData = (name, changes = {}) => {
  const frame = { ...DATA, ...changes };
  const { payload, ...values } = frame;
  return named(name, data(frame), { ...values, payload: hex(payload) });
};
const ofGap = (name, changes = {}) => {
  const frame = { ...GAP, ...changes };
  return named(name, gap(frame), frame);
};
const ofAck = (name, changes = {}) => {
  const frame = { ...ACK, ...changes };
  return named(name, ack(frame), frame);
};
const ofPing = (name, changes = {}) => {
  const frame = { ...PING, ...changes };
  return named(name, ping(frame), frame);
};
const ofHint = (name, values, json) =>
  named(name, hint(values, JSON.stringify(json)), { type: 'hint', ...values, json });
const ofControl = (name, type, members) =>
  named(name, control(type, JSON.stringify(members)), { type, ...members });

const opaque = { channel: 0, position: 0, capturedAtMs: 12 };

export const frames = [
  ofData('data: four samples from the microphone'),
  ofData('data: each flag', {
    isEndOfStream: true,
    isDiscontinuity: true,
    isRetransmission: true,
    isSpeech: true,
  }),
  ofData('data: nothing but the end of the stream', { isEndOfStream: true, payload: [] }),
  ofData('data: the greatest of each number', {
    ...{ channel: 0xffff, epoch: 0xffffffff, seq: 0x7fffffff, capturedAtMs: 0xffffffff },
    ...{ position: 0xfffffffb },
  }),
  ofData('data: opus', { codec: 'opus', payload: [0xf8, 0xff, 0xfe] }),
  ofData('data: an event', { ...opaque, codec: 'json', payload: utf8('{"type":"note"}') }),
  ofData('data: a binary message', { ...opaque, codec: 'binary', payload: [0, 1, 254] }),
  ofData('data: a text message', { ...opaque, codec: 'text', payload: utf8('grüß dich 🙂') }),
  ...[
    'ringOverflow',
    'capturePaused',
    'clientRestarted',
    'storeLoss',
    'graceExpired',
    'overQuota',
    'source',
  ].map((cause) => ofGap(`gap: ${cause}`, { cause })),
  ofGap('gap: one chunk, at the end of all numbers', {
    ...{ fromSeq: 0x7fffffff, toSeq: 0x7fffffff, position: 0xffffffff, samplesLost: 0 },
    ...{ fromMs: 0xffffffff, toMs: 0xffffffff },
  }),
  ofAck('ack: committed through 3350'),
  ofAck('ack: nothing yet', { epoch: 1, committed: 0, maxSeq: 1024, ackDelayMs: 0 }),
  ofAck('ack: with ranges beyond', {
    ranges: [
      { from: 3352, to: 3352 },
      { from: 3360, to: 3376 },
    ],
  }),
  ofPing('ping'),
  ofPing('pong', { type: 'pong', nonce: 0xffff, echoMs: 67_540 }),
  ofHint('hint: an interim result', { channel: 0, epoch: 13, ofSeq: 88 }, { type: 'interim' }),
  ofHint(
    'hint: nested as deep as may be',
    { channel: 0, epoch: 13, ofSeq: 0 },
    JSON.parse('[[[[[[{"ä":[]}]]]]]]'),
  ),
  ofControl('hello: a new session', 'hello', HELLO),
  ofControl('hello: resumes', 'hello', RESUME),
  ofControl('welcome: resumed', 'welcome', WELCOME),
  ofControl('refused: after the grace', 'refused', {
    code: 4411,
    reason: 'grace-expired',
    up: 3350,
  }),
  ofControl('refused: come again', 'refused', {
    ...{ code: 4420, reason: 'capacity', retryAfterMs: 2500 },
  }),
  ofControl('refused: the gateway ends', 'refused', {
    ...{ code: 4430, reason: 'draining', retryAfterMs: 8_000 },
    ...{ to: ['wss://gw8.eu.example'] },
  }),
  ofControl('refused: its app failed too often', 'refused', {
    ...{ code: 4400, reason: 'protocol-error', up: 40 },
    ...{ why: 'app-failed', unhandled: 3 },
  }),
  ofControl('goAway', 'goAway', {
    ...{ deadlineMs: 30_000, to: ['wss://gw8.eu.example'], reason: 'draining' },
  }),
  ofControl('auth', 'auth', { auth: 'eyJhbGciOiJIUzI1NiJ9.e30.bmV3' }),
  ofControl('authOk', 'authOk', { expiresInMs: 3_600_000 }),
  ofControl('authOk: without an end', 'authOk', { expiresInMs: null }),
  ofControl('fin', 'fin', { lastSeq: 3376 }),
  ofControl('finAck', 'finAck', { up: 3376, lastSeq: 91 }),
];

/** Read, though nobody writes them so: members of a newer peer, a sid that nobody asked for, other whitespace. */
export const tolerated = [
  named(
    'hello: unknown members are left out',
    control('hello', JSON.stringify({ ...HELLO, colour: { of: ['the', 'sky'] } })),
    { type: 'hello', ...HELLO },
  ),
  named(
    'hello: a new session names neither sid nor token',
    control('hello', JSON.stringify({ ...RESUME, mode: 'new' })),
    { type: 'hello', ...withoutClaims({ ...RESUME, mode: 'new' }) },
  ),
  named('fin: whitespace and escapes', control('fin', ' {"last\\u0053eq" :\n3376} '), {
    type: 'fin',
    lastSeq: 3376,
  }),
  named('a type with bit 7', [0x80], { type: 'unknown' }),
  named('a type with bit 7, and more', [0xff, 1, 2, 3], { type: 'unknown' }),
];

function withoutClaims(members) {
  return Object.fromEntries(
    Object.entries(members).filter(([key]) => key !== 'sid' && key !== 'resume'),
  );
}

export const samples = { DATA, GAP, ACK, PING, HELLO, RESUME, WELCOME };
