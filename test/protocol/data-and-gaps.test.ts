import { describe, expect, it } from 'vitest';

import { decodeFrame, encodeFrame, restamp, writeData } from '../../src/protocol/frames.ts';
import type { DataFrame, GapFrame } from '../../src/protocol/types.ts';
import { DATA, ENCODED, GAP } from './samples.ts';
import { toHex } from './hex.ts';

const MAX_SEQ = 0x7fff_ffff;
const MAX_U32 = 0xffff_ffff;

function dataWith(changes: Partial<DataFrame>): unknown {
  return decodeFrame(encodeFrame({ ...DATA, ...changes }));
}

function gapWith(changes: Partial<GapFrame>): unknown {
  return decodeFrame(encodeFrame({ ...GAP, ...changes }));
}

describe('A data frame', () => {
  it('P1.3: has a seq from 1 to 2^31 - 1', () => {
    expect(dataWith({ seq: 1 })).toMatchObject({ seq: 1 });
    expect(dataWith({ seq: MAX_SEQ })).toMatchObject({ seq: MAX_SEQ });
    for (const seq of [0, -1, 1.5, MAX_SEQ + 1, MAX_U32 + 2, NaN, Infinity]) {
      expect(() => dataWith({ seq }), `${seq}`).toThrow(RangeError);
    }
  });

  it('P3.2: has 65,536 bytes at most, its header included', () => {
    const payload = new Uint8Array(65_536 - 24);

    expect(dataWith({ payload })).toEqual({ ...DATA, payload });
    expect(() => dataWith({ payload: new Uint8Array(payload.length + 2) })).toThrow(RangeError);
    expect(decodeFrame(new Uint8Array(65_537))).toMatchObject({ type: 'malformed', code: 4413 });
  });

  it('P4.1: has each flag for itself', () => {
    const flags = ['isEndOfStream', 'isDiscontinuity', 'isRetransmission', 'isSpeech'] as const;
    const none = { isSpeech: false };

    flags.forEach((flag, bit) => {
      const bytes = encodeFrame({ ...DATA, ...none, [flag]: true });

      expect(bytes[1]).toBe(1 << bit);
      expect(decodeFrame(bytes)).toEqual({ ...DATA, ...none, [flag]: true });
    });
  });

  it('P4.2: has its codec in the upper four bits', () => {
    const codecs = ['pcm_s16le', 'opus', 'json', 'binary', 'text'] as const;

    const numbers = codecs.map((codec) => encodeFrame({ ...DATA, codec })[1]! >>> 4);

    expect(numbers).toEqual([0, 1, 2, 3, 4]);
  });

  it('P4.3: carries no audio on channel 0, and messages on any', () => {
    expect(() => dataWith({ channel: 0 })).toThrow(RangeError);
    expect(() => dataWith({ channel: 0, codec: 'opus' })).toThrow(RangeError);
    expect(dataWith({ channel: 0, codec: 'text' })).toMatchObject({ channel: 0 });
    expect(dataWith({ channel: 0xffff, codec: 'text' })).toMatchObject({ channel: 0xffff });
    expect(() => dataWith({ channel: 0x1_0000 })).toThrow(RangeError);
  });

  it('P4.4: ends within the numbers of positions, and on a whole sample', () => {
    const payload = new Uint8Array(4);

    expect(dataWith({ position: MAX_U32 - 2, payload })).toMatchObject({ position: MAX_U32 - 2 });
    expect(() => dataWith({ position: MAX_U32 - 1, payload })).toThrow(RangeError);
    expect(() => dataWith({ payload: new Uint8Array(3) })).toThrow(RangeError);
    expect(dataWith({ payload: new Uint8Array(0) })).toMatchObject({ type: 'data' });
    expect(dataWith({ payload: new Uint8Array(3), codec: 'opus' })).toMatchObject({
      codec: 'opus',
    });
  });

  it('P4.5: has whole milliseconds, and none before the anchor', () => {
    expect(dataWith({ capturedAtMs: 12.9 })).toMatchObject({ capturedAtMs: 12 });
    expect(dataWith({ capturedAtMs: -3 })).toMatchObject({ capturedAtMs: 0 });
    expect(dataWith({ capturedAtMs: MAX_U32 + 9 })).toMatchObject({ capturedAtMs: MAX_U32 });
  });

  it('is read as a view: no byte of its payload is copied', () => {
    const bytes = encodeFrame(DATA);

    const frame = decodeFrame(bytes) as DataFrame;

    expect(frame.payload.buffer).toBe(bytes.buffer);
    expect(frame.payload.byteOffset).toBe(24);
    expect(frame.payload).toHaveLength(DATA.payload.length);
  });

  it('is written into a place that is there, and says how long it is', () => {
    const target = new Uint8Array(1_000).fill(0xa5);

    const lengthBytes = writeData(target, DATA);

    expect(lengthBytes).toBe(24 + 640);
    expect(toHex(target.subarray(0, lengthBytes))).toBe(toHex(encodeFrame(DATA)));
    expect(target.subarray(lengthBytes).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('is written where its payload already stands', () => {
    const target = new Uint8Array(24 + 640);
    target.set(DATA.payload, 24);

    writeData(target, { ...DATA, payload: target.subarray(24) });

    expect(toHex(target)).toBe(toHex(encodeFrame(DATA)));
  });

  it('is not written into a place that is too short for it', () => {
    const target = new Uint8Array(24 + 639);

    expect(() => writeData(target, DATA)).toThrow(RangeError);
    expect(target.every((byte) => byte === 0)).toBe(true);
  });

  it('P3.7: is marked as sent before, or not, as it is asked for', () => {
    const bytes = encodeFrame(DATA);

    restamp(bytes, 14, true);
    expect(decodeFrame(bytes)).toEqual({ ...DATA, epoch: 14, isRetransmission: true });
    restamp(bytes, 15);
    expect(decodeFrame(bytes)).toEqual({ ...DATA, epoch: 15, isRetransmission: true });
    restamp(bytes, 16, false);
    expect(decodeFrame(bytes)).toEqual({ ...DATA, epoch: 16 });
  });

  it('P3.7: is not sent again with what is no epoch', () => {
    for (const epoch of [-1, 0.5, MAX_U32 + 1, NaN]) {
      expect(() => restamp(encodeFrame(DATA), epoch)).toThrow(RangeError);
    }
  });
});

describe('A gap', () => {
  it('P5.1: has the numbers of one frame or of many', () => {
    expect(gapWith({ toSeq: 3351 })).toMatchObject({ fromSeq: 3351, toSeq: 3351 });
    expect(gapWith({ fromSeq: 1, toSeq: MAX_SEQ })).toMatchObject({ fromSeq: 1, toSeq: MAX_SEQ });
    for (const changes of [{ fromSeq: 0 }, { toSeq: 3350 }, { toSeq: MAX_SEQ + 1 }]) {
      expect(() => gapWith(changes)).toThrow(RangeError);
    }
  });

  it('P5.2: says why, by a number from 1 to 7', () => {
    const causes = [
      'ringOverflow',
      'capturePaused',
      'clientRestarted',
      'storeLoss',
      'graceExpired',
      'overQuota',
      'source',
    ] as const;

    const numbers = causes.map((cause) => encodeFrame({ ...GAP, cause })[1]);

    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('P5.3: ends within the numbers of positions, and after it begins', () => {
    const position = MAX_U32 - 16_000;

    expect(gapWith({ position })).toMatchObject({ position });
    expect(() => gapWith({ position: position + 1 })).toThrow(RangeError);
    expect(gapWith({ toMs: 67_000 })).toMatchObject({ fromMs: 67_000, toMs: 67_000 });
    expect(() => gapWith({ toMs: 66_999 })).toThrow(RangeError);
  });
});

describe('What comes in', () => {
  it('P3.3: is passed over where its type is unknown and has bit 7, and else refused', () => {
    const known = new Set(ENCODED.map(({ bytes }) => bytes[0]));

    for (let type = 0; type < 256; type += 1) {
      if (known.has(type)) continue;
      const expected = type >= 0x80 ? 'unknown' : 'malformed';
      expect(decodeFrame(Uint8Array.of(type, 1, 2, 3)).type, `${type}`).toBe(expected);
    }
    expect(decodeFrame(new Uint8Array(0))).toMatchObject({ type: 'malformed', code: 4400 });
  });

  it('P3.4: is refused where a bit is set that has no meaning', () => {
    for (const { type, bytes } of ENCODED) {
      if (type === 'data' || type === 'gap') continue; // all bits of theirs have one
      for (let bit = type === 'ack' ? 1 : 0; bit < 8; bit += 1) {
        const changed = bytes.slice();
        changed[1]! |= 1 << bit;
        expect(decodeFrame(changed), `${type} ${bit}`).toMatchObject({ code: 4400 });
      }
    }
  });

  it('P3.5: is refused without a throw where it claims more than there is', () => {
    const claims = [
      Uint8Array.of(0x02, 1, 255, 255, ...new Uint8Array(16)),
      Uint8Array.of(0x06, ...new Uint8Array(11), 255, 255, 255, 255),
      Uint8Array.of(0x40, 0, 0, 0, 255, 255, 255, 255),
      Uint8Array.of(0x46, 0, 0, 0, 0, 0, 0, 128, 0x7b, 0x7d),
    ];

    for (const bytes of claims) expect(decodeFrame(bytes)).toMatchObject({ code: 4400 });
  });

  it('is told of in words that have nothing of it', () => {
    const secret = 'sk-canary';
    const control = (text: string): Uint8Array => {
      const json = new TextEncoder().encode(text);
      return Uint8Array.of(0x44, 0, 0, 0, json.length, 0, 0, 0, ...json);
    };

    const told = [
      control(`{"auth":"${secret} ${secret}"}`),
      control(`{"auth":"a","${secret}":1,"${secret}":2}`),
      control(`{"auth":${secret}`),
      new TextEncoder().encode(secret),
    ].map(decodeFrame);

    for (const frame of told) expect(frame.type).toBe('malformed');
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});
