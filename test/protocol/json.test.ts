import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readJson, writeJson } from '../../src/protocol/json.ts';

const MAX_BYTES = 65_536;
const encoder = new TextEncoder();

function read(text: string): ReturnType<typeof readJson> {
  return readJson(encoder.encode(text), MAX_BYTES);
}

function problemOf(text: string): string | null {
  const answer = read(text);
  return answer.isValid ? null : answer.problem;
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON of a stranger', () => {
  it('P9.3: is read as JSON.parse reads it, but for prototypes', () => {
    const json = fc.jsonValue({ maxDepth: 5, depthSize: 'small' });
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(text));

        expect(read(text)).toEqual({ isValid: true, value: JSON.parse(text) as unknown });
      }),
      { numRuns: 1_000, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('P9.3: of any bytes is read without a throw', () => {
    const characters = fc.constantFrom(...'{}[]",:\\u0d8e1-. \n'.split(''));
    const texts = fc
      .string({ unit: characters, maxLength: 60 })
      .map((text) => encoder.encode(text));
    fc.assert(
      fc.property(fc.oneof(texts, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        expect(typeof readJson(bytes, MAX_BYTES).isValid).toBe('boolean');
      }),
      { numRuns: 2_000, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('P9.3: has eight levels, and not nine', () => {
    expect(problemOf(nested(8))).toBeNull();
    expect(problemOf(nested(9))).not.toBeNull();
    expect(problemOf('{"a":'.repeat(8) + '1' + '}'.repeat(8))).toBeNull();
    expect(problemOf('{"a":'.repeat(9) + '1' + '}'.repeat(9))).not.toBeNull();
    expect(problemOf(`[${nested(7)},${nested(7)}]`)).toBeNull();
  });

  it('P9.3: counts no brackets, commas and colons that stand in texts', () => {
    const text = `["${'[{,:'.repeat(2_000)}","\\"[[[[[[[[[","\\\\"]`;

    expect(problemOf(text)).toBeNull();
  });

  it('P9.3: has 4,096 commas, and not one more', () => {
    expect(problemOf(`[${'0,'.repeat(4_096)}0]`)).toBeNull();
    expect(problemOf(`[${'0,'.repeat(4_097)}0]`)).not.toBeNull();
  });

  it('P9.3: of 30,000 levels, or 100,000 keys, is refused before it is parsed', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join();

    expect(problemOf(nested(30_000))).toMatch(/deep/);
    expect(problemOf(`{${keys}}`)).toMatch(/bytes/);
    expect(problemOf(`{${keys.slice(0, 60_000)}}`)).toMatch(/parts/);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('P9.3: has no key %s, at any depth', (key) => {
    for (const text of [`{"${key}":1}`, `[{"a":{"${key}":{}}}]`, `{"${key}":{"polluted":1}}`]) {
      expect(problemOf(text)).toMatch(/dangerous/);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('P9.3: has no dangerous key that a second one of the same name hides', () => {
    expect(problemOf('{"a":{"__proto__":1},"a":1}')).toMatch(/twice/);
    expect(problemOf('{"\\u0061":1,"a":1}')).toMatch(/twice/);
    expect(problemOf('[{"a":1},{"a":1}]')).toBeNull();
  });

  it('P9.3: may have the names of what objects inherit, as keys of its own', () => {
    const answer = read('{"toString":1,"hasOwnProperty":2,"valueOf":null}');

    expect(answer).toMatchObject({ isValid: true });
    expect(Object.getPrototypeOf((answer as { value: object }).value)).toBeNull();
  });

  it.each(['"\\ud800"', '"\\udfff"', '["a\\ud83d"]', '{"\\ud800":1}', '"\\ude42\\ud83d"'])(
    'P9.3: has no lone surrogate, as in %s',
    (text) => {
      expect(problemOf(text)).toMatch(/surrogate/);
    },
  );

  it('P9.3: has pairs of them', () => {
    expect(read('"\\ud83d\\ude42"')).toEqual({ isValid: true, value: '🙂' });
  });

  it.each(['1e999', '[-1e999]', '{"a":1e309}'])('P9.3: has no number beyond all: %s', (text) => {
    expect(problemOf(text)).toMatch(/number/);
  });

  it('P9.3: is UTF-8 without a mark', () => {
    expect(problemOf('\ufeff1')).not.toBeNull();
    expect(readJson(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), MAX_BYTES).isValid).toBe(false);
    expect(readJson(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), MAX_BYTES).isValid).toBe(false);
    expect(readJson(Uint8Array.of(0x22, 0xe2, 0x82), MAX_BYTES).isValid).toBe(false);
    expect(problemOf('"ok"')).toBeNull(); // what was refused before has left nothing behind
  });
});

describe('JSON of our own', () => {
  it('is read at the other end, or is not written', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 10, withNullPrototype: true }), (value) => {
        let bytes: Uint8Array;
        try {
          bytes = writeJson(value, MAX_BYTES);
        } catch {
          return; // a circle, a bigint, or something that tenuto.v1 does not carry
        }

        expect(readJson(bytes, MAX_BYTES).isValid).toBe(true);
      }),
      { numRuns: 500, interruptAfterTimeLimit: 15_000 },
    );
  });
});
