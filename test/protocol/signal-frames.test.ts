import { describe, expect, it } from 'vitest';

import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { AckFrame, HintFrame, PingFrame } from '../../src/protocol/types.ts';
import { ACK, HINT, PING, PONG } from './samples.ts';

const MAX_SEQ = 0x7fff_ffff;
const MAX_U32 = 0xffff_ffff;

function ackWith(changes: Partial<AckFrame>): unknown {
  return decodeFrame(encodeFrame({ ...ACK, ...changes }));
}

function pingWith(changes: Partial<PingFrame>): unknown {
  return decodeFrame(encodeFrame({ ...PING, ...changes }));
}

function hintWith(json: unknown): unknown {
  return decodeFrame(encodeFrame({ ...HINT, json }));
}

function rangesOf(count: number): AckFrame['ranges'] {
  return Array.from({ length: count }, (_, index) => ({
    from: 4_000 + 3 * index,
    to: 4_001 + 3 * index,
  }));
}

describe('An acknowledgement', () => {
  it('P6.1: says what is committed, from nothing to the last of all numbers', () => {
    const bounds = { committed: MAX_SEQ, maxSeq: MAX_U32, ranges: [] };

    expect(ackWith({ committed: 0, ranges: [] })).toMatchObject({ committed: 0 });
    expect(ackWith(bounds)).toMatchObject(bounds);
    expect(() => ackWith({ committed: MAX_SEQ + 1, ranges: [] })).toThrow(RangeError);
    expect(() => ackWith({ maxSeq: MAX_U32 + 1 })).toThrow(RangeError);
    expect(() => ackWith({ committed: -1 })).toThrow(RangeError);
  });

  it('P6.2: has up to 32 ranges', () => {
    expect(ackWith({ ranges: rangesOf(32) })).toEqual({ ...ACK, ranges: rangesOf(32) });
    expect(() => ackWith({ ranges: rangesOf(33) })).toThrow(RangeError);
  });

  it('P6.2: has its flag exactly where it has ranges', () => {
    expect(encodeFrame(ACK)[1]).toBe(1);
    expect(encodeFrame({ ...ACK, ranges: [] })[1]).toBe(0);
  });

  it.each([
    ['the wrong way round', [{ from: 3361, to: 3360 }]],
    ['already committed', [{ from: 3350, to: 3360 }]],
    [
      'one in the other',
      [
        { from: 3352, to: 3360 },
        { from: 3360, to: 3361 },
      ],
    ],
    ['beyond all numbers', [{ from: 3352, to: MAX_SEQ + 1 }]],
    ['of half a number', [{ from: 3352, to: 3352.5 }]],
  ])('P6.2: has no ranges that are %s', (_, ranges) => {
    expect(() => ackWith({ ranges })).toThrow(RangeError);
  });

  it('P6.2: may have ranges that touch', () => {
    const ranges = [
      { from: 3351, to: 3352 },
      { from: 3353, to: 3353 },
    ];

    expect(ackWith({ ranges })).toEqual({ ...ACK, ranges });
  });
});

describe('A ping', () => {
  it('P7.1: tells where its sender stands, within the numbers', () => {
    const seqs = { lastSent: MAX_SEQ, received: MAX_SEQ, committed: 0, maxSeq: MAX_U32 };

    expect(pingWith(seqs)).toEqual({ ...PING, ...seqs });
    for (const name of ['lastSent', 'received', 'committed'] as const) {
      expect(() => pingWith({ [name]: MAX_SEQ + 1 }), name).toThrow(RangeError);
    }
    expect(() => pingWith({ nonce: 0x1_0000 })).toThrow(RangeError);
  });

  it('P7.2: is answered by a pong that has its nonce and its time', () => {
    const { nonce, sentAtMs: echoMs } = PING;

    const pong = decodeFrame(encodeFrame({ ...PONG, nonce, echoMs }));

    expect(pong).toEqual({ ...PONG, nonce, echoMs });
  });
});

describe('A hint', () => {
  it.each([
    ['an object', { type: 'interim', words: [{ text: 'a', at: 1.5 }] }],
    ['a list', [1, 'two', null, true]],
    ['null', null],
    ['a text', 'grüß dich 🙂'],
  ])('P8.1: carries %s', (_, json) => {
    expect(hintWith(json)).toEqual({ ...HINT, json });
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['nine levels', [[[[[[[[[]]]]]]]]]],
    ['a lone surrogate', '\ud800'],
    ['a dangerous key', JSON.parse('{"__proto__":1}')],
    ['more than a frame', 'x'.repeat(65_536)],
  ])('P8.1: is not made of %s', (_, json) => {
    expect(() => hintWith(json)).toThrow(RangeError);
  });

  it('P8.1: has as much JSON as a frame holds', () => {
    const json = 'x'.repeat(65_536 - 16 - 2);

    expect((hintWith(json) as HintFrame).json).toBe(json);
  });
});
