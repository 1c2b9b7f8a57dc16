/** What the application `speech` says: PROTOCOL.md, the code and the vectors are one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import { readJson } from '../../src/protocol/json.ts';
import { MAX_FRAME_BYTES } from '../../src/protocol/limits.ts';
import { SPEECH_EVENTS, speechEventIn } from '../../src/protocol/speech-events.ts';
import type { SpeechEvent } from '../../src/protocol/speech-events.ts';
import speech from '../../src/protocol/vectors/speech.json' with { type: 'json' };
import { eventOf } from '../../src/providers/gateway/results.ts';
import { fromHex, toHex } from './hex.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

const document = readFileSync(join(projectRoot, 'src/protocol/PROTOCOL.md'), 'utf8');
const [, section = ''] = document.split(/^## P23\..*$/m);
const wordsIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);

/** What is carried by a frame of a vector. */
function contentOf(bytes: Uint8Array): { by: string; value: unknown } {
  const frame = decodeFrame(bytes);
  if (frame.type === 'hint') return { by: 'hint', value: frame.json };
  if (frame.type !== 'data' || frame.codec !== 'json') throw new Error(frame.type);
  const read = readJson(frame.payload, MAX_FRAME_BYTES);
  return { by: 'event', value: read.isValid ? read.value : null };
}

describe('what speech says', () => {
  it('P23.1: has a row for each type that the code has, with what carries it and its members', () => {
    const rows = [...section.matchAll(/^ {2}\| `(\w+)` \| ([\w, ]+) \| (`.+`) \| .+ \|$/gm)].map(
      ([, type = '', by = '', members]) => [type, by.split(', '), [...wordsIn(members)].sort()],
    );
    const known = Object.entries(SPEECH_EVENTS).map(([type, { carriedBy, rules }]) => [
      type,
      carriedBy,
      Object.keys(rules).sort(),
    ]);

    expect(rows.length).toBeGreaterThan(6);
    expect(rows).toEqual(known);
  });

  it('P23.2: says of each member what it is, and of no other', () => {
    const [, table = ''] = section.split('**P23.2**');
    const rows = [...table.matchAll(/^ {2}\| (`[^|]+`) \| .+ \|$/gm)].flatMap(([, cell]) =>
      wordsIn(cell),
    );
    const members = Object.values(SPEECH_EVENTS).flatMap(({ rules }) => Object.keys(rules));

    expect(rows.filter((name) => name !== 'member').sort()).toEqual([...new Set(members)].sort());
  });

  it('P23.2: names each word that a member may be', () => {
    const [, table = ''] = section.split('**P23.2**');
    const words = (member: string): readonly string[] =>
      wordsIn(new RegExp(`^ {2}\\| \`${member}\` \\| (.+) \\|$`, 'm').exec(table)?.[1]);
    const isTaken = (event: object): boolean => speechEventIn(event) !== null;

    const dropped = { type: 'dropped', text: '', from: 0, to: 1 };
    const serving = { type: 'serving', provider: null, mode: null, missing: [] };
    expect(words('reason').length).toBe(6);
    expect(words('reason').every((reason) => isTaken({ ...dropped, reason }))).toBe(true);
    expect(words('mode').every((mode) => isTaken({ ...serving, mode }))).toBe(true);
    expect(words('missing').every((one) => isTaken({ ...serving, missing: [one] }))).toBe(true);
  });

  it('P23.9: has an example of each type, whole, with nothing that is not named', () => {
    const [, lines = ''] = /^ {2}```jsonl\n([^]+?)^ {2}```/m.exec(section) ?? [];
    const examples = lines.trim().split('\n');

    const read = examples.map((line) => speechEventIn(JSON.parse(line)));

    expect(new Set(read.map((event) => event?.type)).size).toBe(Object.keys(SPEECH_EVENTS).length);
    expect(read.map((event) => ({ ...event }))).toEqual(examples.map((line) => JSON.parse(line)));
  });

  it.each(speech)('P23.2: $name is read by a client as the vector says', ({ hex, by, event }) => {
    const content = contentOf(fromHex(hex));

    expect(content.by).toBe(by);
    expect(speechEventIn(content.value)).toEqual(event);
    expect(eventOf(content.value).kind === 'ignored').toBe(event === null);
  });

  it.each(speech.filter(({ event, by }) => event !== null && by === 'hint'))(
    'P23.1: $name is written byte for byte',
    ({ hex, event }) => {
      const frame = { type: 'hint', channel: 0, epoch: 13, ofSeq: 88, json: event } as const;

      expect(toHex(encodeFrame(frame))).toBe(hex);
    },
  );

  it('P23.1: has a vector for each type, by everything that carries it', () => {
    const had = new Set(speech.map(({ event, by }) => `${event?.type} ${by}`));

    for (const [type, { carriedBy }] of Object.entries(SPEECH_EVENTS)) {
      for (const by of carriedBy) expect(had).toContain(`${type} ${by}`);
    }
  });

  it('P23.2: is read without an error, whatever a gateway says', () => {
    const types = fc.constantFrom<SpeechEvent['type']>('final', 'dropped', 'serving', 'warning');
    const member = fc.constantFrom('from', 'to', 'words', 'text', 'provider', 'mode', 'missing');

    fc.assert(
      fc.property(fc.dictionary(member, fc.jsonValue()), types, (members, type) => {
        const read = speechEventIn({ ...members, type });
        return read === null || read.type === type;
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => speechEventIn(value) === null));
  });
});
