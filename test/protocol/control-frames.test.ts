import { describe, expect, it } from 'vitest';

import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { ControlFrame, HelloFrame, WelcomeFrame } from '../../src/protocol/types.ts';
import { HELLO, WELCOME } from './samples.ts';

const HELLO_BYTE = 0x40;
const FIN_BYTE = 0x46;

function control(type: number, text: string): Uint8Array {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setUint32(4, json.length, true);
  bytes[0] = type;
  bytes.set(json, 8);
  return bytes;
}

function membersOf(frame: ControlFrame): Record<string, unknown> {
  return Object.fromEntries(Object.entries(frame).filter(([name]) => name !== 'type'));
}

/** Past the types: as another implementation might write it. */
function helloOf(changes: object): unknown {
  return decodeFrame(control(HELLO_BYTE, JSON.stringify({ ...membersOf(HELLO), ...changes })));
}

function without(name: keyof HelloFrame): unknown {
  return helloOf({ [name]: undefined });
}

const REFUSED = { type: 'malformed', code: 4400 };

describe('A control frame', () => {
  it('P9.1: is a header of eight bytes and an object', () => {
    const bytes = encodeFrame({ type: 'fin', lastSeq: 7 });

    expect([...bytes.subarray(0, 8)]).toEqual([FIN_BYTE, 0, 0, 0, 13, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8))).toBe('{"lastSeq":7}');
  });

  it.each(['[]', '1', 'null', '"x"', '', '{', '{}x'])('P9.1: is no %j', (text) => {
    expect(decodeFrame(control(FIN_BYTE, text))).toMatchObject(REFUSED);
  });

  it('P9.2: has 8,192 bytes of JSON, and not one more', () => {
    const json = '{"lastSeq":7}';

    expect(decodeFrame(control(FIN_BYTE, json.padEnd(8_192)))).toEqual({
      type: 'fin',
      lastSeq: 7,
    });
    expect(decodeFrame(control(FIN_BYTE, json.padEnd(8_193)))).toMatchObject(REFUSED);
  });

  it('P9.4: of a newer peer is read without the members that are not known', () => {
    const bytes = control(FIN_BYTE, '{"later":{"still":[1]},"lastSeq":7,"toString":1}');

    const frame = decodeFrame(bytes);

    expect(Object.keys(frame).sort()).toEqual(['lastSeq', 'type']);
  });

  it('P9.4: keeps no unknown members of those that have members', () => {
    const read = helloOf({ clock: { ...HELLO.clock, zone: 'CET' } });

    expect(read).toEqual(HELLO);
    expect((read as HelloFrame).clock).not.toHaveProperty('zone');
  });

  it('P9.4: has no prototype that something could be planted on', () => {
    const frame = helloOf({}) as HelloFrame;

    for (const object of [frame, frame.clock, frame.audio]) {
      expect(Object.getPrototypeOf(object)).toBeNull();
    }
  });

  it('P9.5: takes null for a value, and not for an absence', () => {
    expect(helloOf({ app: null })).toMatchObject(REFUSED);
    expect(helloOf({ sid: null })).toMatchObject(REFUSED);
    expect(decodeFrame(control(0x45, '{"expiresInMs":null}'))).toEqual({
      type: 'authOk',
      expiresInMs: null,
    });
  });

  it('P9.5: is not written where the other end would refuse it', () => {
    const wrong: readonly ControlFrame[] = [
      { ...HELLO, att: 0 },
      { ...HELLO, auth: 'x'.repeat(6_145) },
      { ...HELLO, next: 3300 },
      { ...WELCOME, maxFrame: 65_537 },
      { ...WELCOME, graceMs: NaN },
      { type: 'refused', code: 1000, reason: '' },
      { type: 'refused', code: 4411, reason: 'x'.repeat(124) },
      { type: 'fin', lastSeq: -1 },
    ];

    for (const frame of wrong) expect(() => encodeFrame(frame)).toThrow(RangeError);
  });

  it('P9.5: says which member is not what it may be, and not what it was', () => {
    expect(() => encodeFrame({ ...HELLO, auth: 'a secret' })).toThrow(/hello\.auth(?!.*secret)/);
    expect(helloOf({ auth: 'a secret' })).toEqual({ ...REFUSED, what: 'hello: auth' });
  });
});

describe('HELLO', () => {
  const required = [
    ...['mode', 'inst', 'att', 'epoch', 'low', 'next', 'acked', 'rcv', 'fin', 'clock', 'audio'],
    ...['caps', 'client', 'v'],
  ] as const;

  it.each(required)('P10.1: has %s', (name) => {
    expect(without(name as keyof HelloFrame)).toMatchObject(REFUSED);
  });

  it.each(['auth', 'app'] as const)('P10.1: may leave out %s', (name) => {
    const read = without(name);

    expect(read).toMatchObject({ type: 'hello' });
    expect(read).not.toHaveProperty(name);
  });

  it.each([
    ['att', 0x8000_0000],
    ['epoch', 0x1_0000_0000],
    ['epoch', 1.5],
    ['rcv', 0x8000_0000],
    ['fin', 0x1_0000_0000],
    ['fin', '1'],
    ['audio', { encoding: 'pcm_s16le', sampleRateHz: 7_999 }],
    ['audio', { encoding: 'pcm_s16le', sampleRateHz: 44_100.5 }],
    ['sid', '../../etc'],
    ['sid', 'A'],
    ['sid', 'ten.>'],
    ['app', 'a b'],
    ['client', 'two\r\nlines'],
    ['caps', 'sack'],
  ])('P10.1: is refused with %s of %j', (name, value) => {
    expect(helloOf({ [name]: value })).toEqual({ ...REFUSED, what: `hello: ${name}` });
  });

  it('P10.2: that resumes has sid and token', () => {
    expect(without('sid')).toMatchObject(REFUSED);
    expect(without('resume')).toMatchObject(REFUSED);
    expect(helloOf({})).toEqual(HELLO);
  });

  it('P10.2: of a new session names neither, whatever it says', () => {
    const read = helloOf({ mode: 'new' });

    expect(read).toMatchObject({ type: 'hello', mode: 'new' });
    expect(read).not.toHaveProperty('sid');
    expect(read).not.toHaveProperty('resume');
  });

  it('P10.4: has its numbers in their order', () => {
    expect(helloOf({ low: 3377 })).toMatchObject({ low: 3377, next: 3377 });
    expect(helloOf({ low: 3378 })).toMatchObject(REFUSED);
    expect(helloOf({ acked: 3376 })).toMatchObject({ acked: 3376 });
    expect(helloOf({ acked: 3377 })).toMatchObject(REFUSED);
    expect(helloOf({ low: 1, next: 2 ** 31 })).toMatchObject({ next: 2 ** 31 });
    expect(helloOf({ low: 1, next: 2 ** 31 + 1 })).toMatchObject(REFUSED);
  });

  it.each([
    { wall: -1, mono: 0 },
    { wall: 0, mono: -1 },
    { wall: 0 },
    { wall: '0', mono: 0 },
    { wall: 8.64e15 + 2, mono: 0 },
  ])('P10.5: has no clock of %j', (clock) => {
    expect(helloOf({ clock })).toMatchObject(REFUSED);
  });

  it('P10.5: has a clock that may count parts of milliseconds', () => {
    const clock = { wall: 1_795_222_801_123.25, mono: 0.5 };

    expect(helloOf({ clock })).toMatchObject({ clock });
  });

  it.each([0, 2, 99, -1])('P21.1: of version %j is closed with 4414', (v) => {
    expect(helloOf({ v, mode: 'as that version has it' })).toMatchObject({ code: 4414 });
  });

  it.each(['1', 1.5, null, true])(
    'P21.1: of a version that is no whole number (%j) is malformed',
    (v) => {
      expect(helloOf({ v })).toMatchObject(REFUSED);
    },
  );
});

describe('The other control frames', () => {
  function welcomeOf(changes: Partial<WelcomeFrame>): unknown {
    return decodeFrame(encodeFrame({ ...WELCOME, ...changes }));
  }

  it('P11.1: a WELCOME comes with every durability', () => {
    for (const durability of ['memory', 'fsync', 'replicated', 'fsync-quorum'] as const) {
      expect(welcomeOf({ durability })).toEqual({ ...WELCOME, durability });
    }
  });

  it('P11.1: a WELCOME without an address says nothing of one', () => {
    const members = Object.entries(WELCOME).filter(([name]) => name !== 'at');
    const here = Object.fromEntries(members) as unknown as WelcomeFrame;

    const read = decodeFrame(encodeFrame(here));

    expect(read).toEqual(here);
    expect(read).not.toHaveProperty('at');
  });

  it.each([
    ['epoch', 0],
    ['downFrom', 0],
    ['maxFrame', 1_023],
    ['at', 'https://gw7.eu.example'],
    ['at', 'javascript:alert(1)'],
    ['graceMs', 86_400_001],
  ])('P11.1: a WELCOME with %s of %j is refused', (name, value) => {
    const json = JSON.stringify({ ...membersOf(WELCOME), [name]: value });

    expect(decodeFrame(control(0x41, json))).toEqual({ ...REFUSED, what: `welcome: ${name}` });
  });

  it('P11.4: REFUSED has a code and a reason, and may have a time and a count', () => {
    const frame = { type: 'refused', code: 4411, reason: 'grace-expired' } as const;

    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    expect(decodeFrame(encodeFrame({ ...frame, retryAfterMs: 0, up: 0 }))).toEqual({
      ...frame,
      retryAfterMs: 0,
      up: 0,
    });
  });

  it('P11.5: GOAWAY names up to 16 addresses', () => {
    const frame = { type: 'goAway', deadlineMs: 30_000, reason: 'draining' } as const;
    const to = Array<string>(16).fill('wss://gw8.eu.example:8443/a?b=c');

    expect(decodeFrame(encodeFrame({ ...frame, to }))).toEqual({ ...frame, to });
    expect(() => encodeFrame({ ...frame, to: [...to, 'wss://one-more'] })).toThrow(RangeError);
  });

  it('P11.6: AUTH brings a bearer of up to 6,144 characters', () => {
    const auth = 'x'.repeat(6_144);

    expect(decodeFrame(encodeFrame({ type: 'auth', auth }))).toEqual({ type: 'auth', auth });
    expect(() => encodeFrame({ type: 'auth', auth: `${auth}x` })).toThrow(RangeError);
    expect(() => encodeFrame({ type: 'auth', auth: 'a\r\nb' })).toThrow(RangeError);
  });

  it('P11.7: FIN and FIN_ACK have their numbers, of which 0 is one', () => {
    const fin = { type: 'fin', lastSeq: 0 } as const;
    const finAck = { type: 'finAck', up: 0, lastSeq: 0 } as const;

    expect(decodeFrame(encodeFrame(fin))).toEqual(fin);
    expect(decodeFrame(encodeFrame(finAck))).toEqual(finAck);
    expect(() => encodeFrame({ type: 'fin', lastSeq: 2 ** 31 })).toThrow(RangeError);
  });
});
