/** What is wrong in a log is told: right histories beside wrong ones. */
import { describe, expect, it } from 'vitest';

import { LogChecks } from '../../src/simulation/checks/log-checks.ts';
import { StampedContents } from '../../src/simulation/checks/stamped-contents.ts';
import { captured, data, gap, record, SESSION_ID, text, toldBy } from './histories.ts';
import type { Written } from './histories.ts';

const { audio, bytes } = captured(0, 4);
const other = captured(1, 4);
const ONE = 'gateway 1/1';
const OTHER = 'gateway 2/1';

function chunk(seq: number, given: Parameters<typeof data>[2] = {}) {
  return data(seq, bytes[seq - 1] ?? new Uint8Array(2), given);
}

type Records = (Written & { readonly by?: string })[];

/** A log, record by record, each by its writer. */
function toldOf(...records: Records) {
  return toldBy((report) => {
    const all = new Map([audio, other.audio].map((each) => [each.client, [each]]));
    const checks = new LogChecks(report, new StampedContents(report, all));
    records.forEach(({ by = ONE, ...written }, at) => {
      checks.appended(SESSION_ID, record(written), at + 1, by);
    });
  });
}

const fence = { kind: 'fence' } as const;

describe('a log that is as it should be', () => {
  it.each<[string, Records]>([
    ['audio', [fence, { up: 2, ups: [chunk(1), chunk(2)] }, { up: 3, ups: [chunk(3)] }]],
    ['a gap, and what follows', [fence, { up: 3, ups: [chunk(1), gap(2), chunk(3)] }]],
    ['messages', [fence, { up: 2, ups: [text(1, '0:0'), text(2, '0:1')] }]],
    ['what is for the client', [fence, { down: 2, downs: [text(1, 'a'), text(2, 'b')] }]],
    [
      'one gateway after another',
      [
        fence,
        { up: 1, ups: [chunk(1)] },
        { ...fence, epoch: 2, up: 1, by: OTHER },
        { epoch: 2, up: 2, ups: [chunk(2)], by: OTHER },
      ],
    ],
    [
      'the rest of a chunk at its beginning',
      [fence, { up: 1, ups: [data(1, bytes[0]!.slice(8))] }],
    ],
  ])('is told nothing: %s', (_what, records) => {
    expect(toldOf(...records)).toEqual([]);
  });
});

describe('a wrong log', () => {
  it.each<[string, Records]>([
    ['a seq is missing', [{ up: 3, ups: [text(1, '0:0'), text(3, '0:1')] }]],
    ['a seq is there twice', [{ up: 1, ups: [text(1, '0:0'), text(1, '0:1')] }]],
    ['a gap begins elsewhere', [{ up: 3, ups: [chunk(1), gap(3, { position: 800 })] }]],
    ['its record counts otherwise', [{ up: 2, ups: [chunk(1)] }]],
    ['a message is missing', [{ up: 2, ups: [text(1, '0:0'), text(2, '0:2')] }]],
  ])('I1: %s', (_what, records) => {
    expect(toldOf(fence, ...records)).toEqual(['I1']);
  });

  it.each<[string, Written]>([
    ['nobody captured that', { up: 2, ups: [chunk(1), data(2, new Uint8Array(1_600))] }],
    [
      'another client captured that',
      { up: 2, ups: [chunk(1), data(2, other.bytes[1] ?? new Uint8Array(2))] },
    ],
    [
      'another chunk stands there',
      { up: 2, ups: [chunk(1), data(2, bytes[2]!, { capturedAtMs: 200 })] },
    ],
    ...[12, 801, 1_599].map((at): [string, Written] => [
      `its byte ${at} is another`,
      {
        up: 1,
        ups: [
          data(
            1,
            bytes[0]!.map((byte, each) => (each === at ? byte ^ 1 : byte)),
          ),
        ],
      },
    ]),
    [
      'all but its stamp is of another chunk',
      {
        up: 1,
        ups: [data(1, Uint8Array.from([...bytes[0]!.slice(0, 12), ...bytes[1]!.slice(12)]))],
      },
    ],
    ['a chunk is cut', { up: 1, ups: [data(1, bytes[0]!.slice(0, 800))] }],
    ['a message of another client', { up: 2, ups: [text(1, '0:0'), text(2, '1:1')] }],
  ])('I2: %s', (_what, written) => {
    expect(toldOf(fence, written)).toEqual(['I2']);
  });

  it('I2: a record that cannot be read', () => {
    const told = toldBy((report) => {
      const checks = new LogChecks(report, new StampedContents(report, new Map()));
      checks.appended(SESSION_ID, record({}).slice(1), 1, ONE);
      checks.appended('whether it takes anything', new Uint8Array(1), 1, ONE);
    });

    expect(told).toEqual(['I2']);
  });

  it.each<[string, Written]>([
    ['a message is missing', { down: 3, downs: [text(1, 'a'), text(3, 'c')] }],
    ['one is there twice', { down: 1, downs: [text(1, 'a'), text(1, 'a')] }],
  ])('I5, for the client: %s', (_what, written) => {
    expect(toldOf(fence, written)).toEqual(['I5']);
  });

  it.each<[string, Records]>([
    ['a fence of the same epoch', [{ ...fence, by: OTHER }]],
    ['an older record', [{ ...fence, epoch: 3 }, { epoch: 2 }]],
    ['another gateway than that which owns it', [{ by: OTHER }]],
  ])('I7: %s', (_what, records) => {
    expect(toldOf(fence, ...records)).toEqual(['I7']);
  });

  it.each<[string, Written]>([
    ['samples are passed over', { up: 2, ups: [gap(1), gap(2, { position: 1_600 })] }],
    [
      'the time is not that of its capture',
      { up: 2, ups: [chunk(1), chunk(2, { capturedAtMs: 110 })] },
    ],
  ])('I15: %s', (_what, written) => {
    expect(toldOf(fence, written)).toEqual(['I15']);
  });
});

describe('a log whose store has lost its tail', () => {
  it('goes on from what is left of it, and for the client from what that may have', () => {
    const told = toldBy((report) => {
      const checks = new LogChecks(report, new StampedContents(report, new Map([[0, [audio]]])));
      checks.appended(SESSION_ID, record({ up: 1, ups: [chunk(1)] }), 1, ONE);
      checks.appended(
        SESSION_ID,
        record({ up: 2, ups: [chunk(2)], downs: [text(1, 'a')] }),
        2,
        ONE,
      );
      checks.lost(SESSION_ID, 1);
      checks.appended(
        SESSION_ID,
        record({ up: 2, ups: [chunk(2)], downs: [text(3, 'b')] }),
        2,
        ONE,
      );
    });

    expect(told).toEqual([]);
  });

  it('I1: what is gone is not passed over', () => {
    const told = toldBy((report) => {
      const checks = new LogChecks(report, new StampedContents(report, new Map([[0, [audio]]])));
      checks.appended(SESSION_ID, record({ up: 2, ups: [chunk(1), chunk(2)] }), 1, ONE);
      checks.lost(SESSION_ID, 0);
      checks.appended(SESSION_ID, record({ up: 3, ups: [chunk(3)] }), 1, ONE);
    });

    expect(told).toEqual(['I1']);
  });
});

describe('what is in a log', () => {
  it('is told of the session that a client is in, and of none that it has left', () => {
    const heard: (readonly [from: number, to: number])[] = [];
    toldBy((report) => {
      const checks = new LogChecks(report, new StampedContents(report, new Map([[0, [audio]]])));
      checks.onData = (_client, from, to) => heard.push([from, to]);
      const later = SESSION_ID.replace(/^./, 'z');
      checks.appended(SESSION_ID, record({ up: 1, ups: [chunk(1)] }), 1, ONE);
      checks.appended(later, record({ up: 1, ups: [chunk(1)] }), 2, OTHER);
      checks.appended(SESSION_ID, record({ up: 2, ups: [chunk(2)] }), 3, ONE);
    });

    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
  });
});

describe('what a log lets go of', () => {
  function toldOfPurge(through: number, ...records: Written[]) {
    return toldBy((report) => {
      const checks = new LogChecks(report, new StampedContents(report, new Map([[0, [audio]]])));
      records.forEach((written, at) => checks.appended(SESSION_ID, record(written), at + 1, ONE));
      checks.purges(SESSION_ID, through);
    });
  }

  const ups = { up: 1, ups: [chunk(1)] };
  const downs = { up: 1, done: 1, down: 1, downs: [text(1, 'a')] };
  const later = { up: 1, down: 1, done: 1, downAcked: 1 };

  it('is what was handled, and what its client has', () => {
    expect(toldOfPurge(2, ups, downs, later)).toEqual([]);
    expect(toldOfPurge(1, ups, { ...later, downAcked: 0 })).toEqual([]);
  });

  it('does not matter any more where it has ended', () => {
    expect(toldOfPurge(2, ups, downs, { ...later, kind: 'end', done: 0, downAcked: 0 })).toEqual(
      [],
    );
  });

  it('I3: is nothing that no application has handled', () => {
    expect(toldOfPurge(1, ups, { up: 1 })).toEqual(['I3']);
  });

  it('I5: is nothing that its client may not have', () => {
    expect(toldOfPurge(2, ups, downs, { ...later, downAcked: 0 })).toEqual(['I5']);
  });
});

it('I1: a message that may have come in by one session is in no other', () => {
  const told = toldBy((report) => {
    const checks = new LogChecks(report, new StampedContents(report, new Map()));
    checks.appended(SESSION_ID, record({ up: 2, ups: [text(1, '0:0'), text(2, '0:1')] }), 1, ONE);
    const next = SESSION_ID.replace('a', 'z');
    checks.appended(next, record({ up: 1, ups: [text(1, '0:1')] }), 1, ONE);
  });

  expect(told).toEqual(['I1']);
});
