/** What any implementation of tenuto.v1 can be held to; these hold ours. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

import { classify, CLOSE, reasonOf } from '../../src/protocol/close-codes.ts';
import { decodeFrame, encodeFrame, restamp } from '../../src/protocol/frames.ts';
import { readJson } from '../../src/protocol/json.ts';
import { MAX_FRAME_BYTES } from '../../src/protocol/limits.ts';
import { setAsideIn } from '../../src/protocol/set-aside.ts';
import type { DataFrame, ProtocolFrame } from '../../src/protocol/types.ts';
import closes from '../../src/protocol/vectors/closes.json' with { type: 'json' };
import frames from '../../src/protocol/vectors/frames.json' with { type: 'json' };
import malformed from '../../src/protocol/vectors/malformed.json' with { type: 'json' };
import restamped from '../../src/protocol/vectors/restamped.json' with { type: 'json' };
import setAside from '../../src/protocol/vectors/set-aside.json' with { type: 'json' };
import tolerated from '../../src/protocol/vectors/tolerated.json' with { type: 'json' };
import { fromHex, toHex } from './hex.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

interface Refused {
  readonly name: string;
  readonly hex: string;
  readonly code: number;
  readonly padToBytes?: number;
}

interface Restamped {
  readonly name: string;
  readonly from: string;
  readonly epoch: number;
  readonly isRetransmission?: boolean;
  readonly hex: string;
}

/** In a vector a payload is in hex. */
function frameOf(written: object): ProtocolFrame {
  const frame = written as ProtocolFrame;
  if (frame.type !== 'data') return frame;
  return { ...frame, payload: fromHex(frame.payload as unknown as string) } satisfies DataFrame;
}

function bytesOf({ hex, padToBytes }: Refused): Uint8Array {
  const bytes = fromHex(hex);
  const padded = new Uint8Array(padToBytes ?? bytes.length);
  padded.set(bytes);
  return padded;
}

describe('The vectors of tenuto.v1', () => {
  it('are what their script writes', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['scripts/protocol-vectors.mjs', '--check'],
      { cwd: projectRoot, encoding: 'utf8' },
    );

    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('P3.1: have each type of frame', () => {
    const types = new Set(frames.map(({ hex }) => hex.slice(0, 2)));

    expect([...types].sort().join(' ')).toBe('01 02 03 04 05 06 40 41 42 43 44 45 46 47');
  });

  it.each(frames)('P3.1: $name is written byte for byte', ({ hex, frame }) => {
    expect(toHex(encodeFrame(frameOf(frame)))).toBe(hex);
  });

  it.each([...frames, ...tolerated])('P3.1: $name is read', ({ hex, frame }) => {
    expect(decodeFrame(fromHex(hex))).toEqual(frameOf(frame));
  });

  it.each(malformed as readonly Refused[])('P3.5: $name is closed with $code', (vector) => {
    expect(decodeFrame(bytesOf(vector))).toMatchObject({ type: 'malformed', code: vector.code });
  });

  it.each(restamped as readonly Restamped[])(
    'P3.7: $name is sent again with another epoch and nothing else changed',
    ({ from, epoch, isRetransmission, hex }) => {
      const bytes = fromHex(from);

      restamp(bytes, epoch, isRetransmission);

      expect(toHex(bytes)).toBe(hex);
    },
  );

  it.each(closes)('P16.1, P16.3: $name leads to $action', ({ name: _, ...vector }) => {
    const { code, afterFinAck, reason, ...meaning } = vector;
    const known = Object.values(CLOSE).find((each) => each === code);

    expect(classify(code, afterFinAck)).toEqual(meaning);
    expect(afterFinAck ? 'done' : ((known && reasonOf(known)) ?? null)).toBe(reason);
  });

  it('P16.1: have every code that there is', () => {
    const codes = new Set(closes.map(({ code }) => code));

    expect(Object.values(CLOSE).filter((code) => !codes.has(code))).toEqual([]);
  });

  it.each(setAside)('P24.4: $name, set aside, is read as the vector says', ({ hex, event }) => {
    const { payload } = decodeFrame(fromHex(hex)) as DataFrame;
    const read = readJson(payload, MAX_FRAME_BYTES);
    const told = event === null ? null : membersOf(event);

    expect(setAsideIn(read.isValid && read.value)).toEqual(told);
  });
});

/** Its type is what it is known by. */
function membersOf({ type: _, ...members }: { readonly type: string }): object {
  return members;
}
