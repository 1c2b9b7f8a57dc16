// What is no frame, and the code that the socket is closed with. `padToBytes`: zeros follow until there are so many.
import { samples } from './frames.mjs';
import { ack, control, data, gap, hex, hint, ping, u32, utf8 } from './layout.mjs';

const { DATA, GAP, ACK, PING, HELLO, RESUME, WELCOME } = samples;

const refused = (name, bytes, code = 4400) => ({ name, hex: hex(bytes), code });
const changed = (bytes, at, value) => bytes.map((byte, index) => (index === at ? value : byte));
const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);
const HINT = { channel: 0, epoch: 13, ofSeq: 88 };

const badData = Object.entries({
  'seq 0': { seq: 0 },
  'seq 2^31': { seq: 0x80000000 },
  'a position that wraps': { position: 0xfffffffc },
  'half a sample': { payload: [1, 2, 3] },
  'codec 5': { codec: 5 },
  'codec 15': { codec: 15 },
  'audio on channel 0': { channel: 0 },
}).map(([name, changes]) => refused(`data: ${name}`, data({ ...DATA, ...changes })));

const badGaps = Object.entries({
  'fromSeq 0': { fromSeq: 0 },
  'toSeq 2^31': { toSeq: 0x80000000 },
  'fromSeq beyond toSeq': { fromSeq: 3401 },
  'a position that wraps': { position: 0xffffffff, samplesLost: 1 },
  'it ends before it begins': { fromMs: 68_001 },
  'cause 0': { cause: 0 },
  'cause 8': { cause: 8 },
}).map(([name, changes]) => refused(`gap: ${name}`, gap({ ...GAP, ...changes })));

const ranges = (count) =>
  Array.from({ length: count }, (_, index) => ({ from: 4000 + 2 * index, to: 4000 + 2 * index }));
const badAcks = [
  refused('ack: committed 2^31', ack({ ...ACK, committed: 0x80000000 })),
  refused('ack: 33 ranges', ack({ ...ACK, ranges: ranges(33) })),
  refused('ack: from beyond to', ack({ ...ACK, ranges: [{ from: 3361, to: 3360 }] })),
  refused('ack: a range that is committed', ack({ ...ACK, ranges: [{ from: 3350, to: 3351 }] })),
  refused('ack: ranges out of order', ack({ ...ACK, ranges: ranges(2).reverse() })),
  refused('ack: a range to 2^31', ack({ ...ACK, ranges: [{ from: 3360, to: 0x80000000 }] })),
  refused('ack: ranges without their flag', ack({ ...ACK, ranges: ranges(1) }, 0)),
  refused('ack: the flag without ranges', ack(ACK, 1)),
  refused('ack: an unknown flag', ack(ACK, 2)),
  refused('ack: fewer bytes than ranges', ack({ ...ACK, ranges: ranges(2) }).slice(0, -1)),
  refused('ack: a byte too many', [...ack(ACK), 0]),
  refused('ack: 65,535 ranges that are not there', changed(changed(ack(ACK), 2, 255), 3, 255)),
];

const badPings = [
  refused('ping: an unknown flag', changed(ping(PING), 1, 1)),
  refused('ping: lastSent 2^31', ping({ ...PING, lastSent: 0x80000000 })),
  refused('ping: received 2^31', ping({ ...PING, received: 0x80000000 })),
  refused('ping: committed 2^31', ping({ ...PING, committed: 0x80000000 })),
  refused('ping: of a pong’s length', [...ping(PING), ...u32(0)]),
  refused('pong: of a ping’s length', ping({ ...PING, type: 'pong', echoMs: 1 }).slice(0, -4)),
];

const badHints = [
  refused('hint: shorter than its header', hint(HINT, '').slice(0, 15)),
  refused('hint: no JSON', hint(HINT, '')),
  refused('hint: an unknown flag', changed(hint(HINT, '{}'), 1, 1)),
  refused('hint: a length that is not its own', changed(hint(HINT, '{}'), 12, 3)),
  refused('hint: ofSeq 2^31', hint({ ...HINT, ofSeq: 0x80000000 }, '{}')),
  refused('hint: nine levels', hint(HINT, deep(9))),
  refused('hint: a key twice', hint(HINT, '{"a":1,"a":2}')),
  refused('hint: 4,097 commas', hint(HINT, `[${'0,'.repeat(4097)}0]`)),
];

const json = (name, text) => refused(`fin: ${name}`, control('fin', text));
const FIN = '"lastSeq":1';
const badJson = [
  json('no JSON', '{"lastSeq":1'),
  json('no object', '[1]'),
  json('null', 'null'),
  json('nothing', ''),
  json('__proto__', `{${FIN},"__proto__":{"polluted":true}}`),
  json('__proto__ in an unknown member', `{${FIN},"x":[{"y":{"__proto__":1}}]}`),
  json('__proto__, escaped', `{${FIN},"__pr\\u006fto__":1}`),
  json('constructor.prototype', `{${FIN},"constructor":{"prototype":{"x":1}}}`),
  json('prototype', `{${FIN},"prototype":1}`),
  json('__proto__ behind a key twice', `{${FIN},"a":{"__proto__":1},"a":1}`),
  json('a key twice', `{${FIN},${FIN}}`),
  json('nine levels', `{${FIN},"x":${deep(8)}}`),
  json('8,193 bytes', `{${FIN}}`.padEnd(8193)),
  json('a lone surrogate', `{${FIN},"x":"\\ud800"}`),
  json('a lone surrogate as a key', `{${FIN},"\\udc00":1}`),
  json('surrogates the wrong way round', `{${FIN},"x":"\\udc00\\ud800"}`),
  json('1e999', `{${FIN},"x":1e999}`),
  json('a byte order mark', `\ufeff{${FIN}}`),
  json('no UTF-8', [...utf8('{"lastSeq":1,"x":"'), 0xc0, 0xaf, ...utf8('"}')]),
  json('a surrogate in UTF-8', [...utf8('{"lastSeq":1,"x":"'), 0xed, 0xa0, 0x80, ...utf8('"}')]),
  refused('fin: a length that is not its own', changed(control('fin', `{${FIN}}`), 4, 14)),
  refused('fin: a length of 4 GiB', changed(control('fin', `{${FIN}}`), 7, 255)),
  refused('fin: shorter than its header', [0x46, 0, 0, 0]),
  ...[1, 2, 3].map((at) => refused(`fin: byte ${at}`, changed(control('fin', `{${FIN}}`), at, 1))),
];

const member = (type, frame, name, value, code) =>
  refused(
    `${type}: ${name} ${JSON.stringify(value)?.slice(0, 40) ?? 'missing'}`,
    control(type, JSON.stringify({ ...frame, [name]: value })),
    code,
  );
const badHello = Object.entries({
  mode: ['old', undefined],
  auth: ['', 'two words', 'a\nb', 7, null, 'x'.repeat(6145)],
  inst: ['', 'a.b', 'x'.repeat(65), undefined],
  att: [0, 1.5, '1', 0x80000000, undefined],
  epoch: [-1, 0x100000000, undefined],
  low: [0, 2, undefined],
  next: [0, 0x80000001, undefined],
  acked: [1, -1, undefined],
  rcv: [-1, 0x80000000, undefined],
  fin: [-1, 0x100000000, undefined],
  clock: [{}, { wall: -1, mono: 0 }, { wall: 8.65e15, mono: 0 }, { wall: 0 }, [], undefined],
  audio: [
    { encoding: 'mulaw', sampleRateHz: 8_000 },
    { encoding: 'pcm_s16le', sampleRateHz: 7_999 },
    { encoding: 'pcm_s16le', sampleRateHz: 48_001 },
    undefined,
  ],
  app: ['', '../speech', 'x'.repeat(65)],
  caps: ['sack', [1], ['UPPER'], Array(33).fill('a'), undefined],
  client: ['a\u0000b', 'é', 'x'.repeat(124), undefined],
}).flatMap(([name, values]) => values.map((value) => member('hello', HELLO, name, value)));

const badResume = [
  ...[undefined, '../x', 'A', 'a*', 'a>', 'a.b', 'a b'].map((sid) =>
    member('hello', RESUME, 'sid', sid),
  ),
  ...[undefined, '', 'a b', 'x'.repeat(129)].map((token) =>
    member('hello', RESUME, 'resume', token),
  ),
];

const badWelcome = Object.entries({
  sid: ['', 'a.b', undefined],
  epoch: [0, undefined],
  lin: ['', undefined],
  resumed: [1, undefined],
  up: [-1, 0x80000000, undefined],
  downFrom: [0, undefined],
  maxSeq: [-1, undefined],
  resume: ['', undefined],
  graceMs: [-1, 86_400_001, undefined],
  retainMs: [-1, undefined],
  maxFrame: [1_023, 65_537, undefined],
  durability: ['disk', undefined],
  ping: [{}, { idleMs: 9, deadMs: 20_000 }, { idleMs: 5_000, deadMs: 9 }, undefined],
  caps: [{}, undefined],
  at: ['https://gw7.eu.example', 'wss://', 'wss://a b', null],
  now: [-1, undefined],
}).flatMap(([name, values]) => values.map((value) => member('welcome', WELCOME, name, value)));

const REFUSED = { code: 4411, reason: 'grace-expired' };
const GO_AWAY = { deadlineMs: 30_000, to: [], reason: 'draining' };
const badOthers = [
  member('refused', REFUSED, 'code', 1000),
  member('refused', REFUSED, 'reason', 'x'.repeat(124)),
  member('refused', REFUSED, 'reason', 'two\nlines'),
  member('refused', REFUSED, 'retryAfterMs', -1),
  member('refused', REFUSED, 'up', 0x80000000),
  member('refused', REFUSED, 'to', 'wss://a'),
  member('refused', REFUSED, 'to', ['http://a']),
  member('refused', REFUSED, 'to', Array(17).fill('wss://a')),
  member('goAway', GO_AWAY, 'deadlineMs', -1),
  member('goAway', GO_AWAY, 'to', ['http://a']),
  member('goAway', GO_AWAY, 'to', Array(17).fill('wss://a')),
  member('auth', {}, 'auth', undefined),
  member('authOk', {}, 'expiresInMs', -1),
  member('authOk', {}, 'expiresInMs', undefined),
  member('fin', {}, 'lastSeq', -1),
  member('finAck', { up: 1 }, 'lastSeq', undefined),
];

const versions = [
  member('hello', HELLO, 'v', 2, 4414),
  member('welcome', WELCOME, 'v', 2, 4414),
  refused('hello: all that is known of it is another version', control('hello', '{"v":9}'), 4414),
  member('hello', HELLO, 'v', '1'),
  member('hello', HELLO, 'v', undefined),
];

const whole = [
  refused('an empty frame', []),
  ...[0x00, 0x07, 0x3f, 0x48, 0x7f].map((type) => refused(`type ${type}`, [type, 0, 0, 0])),
  refused('data: shorter than its header', data(DATA).slice(0, 23)),
  refused('data: a checksum that is wrong', changed(data(DATA), 20, data(DATA)[20] ^ 1)),
  refused('data: a payload that was changed', changed(data(DATA), 31, 0)),
  refused('data: an epoch that was changed', changed(data(DATA), 4, 14)),
  refused('gap: 35 bytes', gap(GAP).slice(0, 35)),
  refused('gap: 37 bytes', [...gap(GAP), 0]),
  refused('gap: a checksum that is wrong', changed(gap(GAP), 32, gap(GAP)[32] ^ 1)),
  { ...refused('65,537 bytes', data(DATA), 4413), padToBytes: 65_537 },
  { ...refused('65,537 bytes of a type with bit 7', [0x80], 4413), padToBytes: 65_537 },
];

export const malformed = [
  ...whole,
  ...badData,
  ...badGaps,
  ...badAcks,
  ...badPings,
  ...badHints,
  ...badJson,
  ...badHello,
  ...badResume,
  ...badWelcome,
  ...badOthers,
  ...versions,
];
