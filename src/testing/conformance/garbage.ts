/** Frames that no service should send, and that some will: an adapter reads them without throwing. */
import type { Frame } from '../../ports/socket.ts';

const DEEP = 2_000;

const texts: readonly string[] = [
  '',
  ' ',
  '{',
  '{}',
  '[]',
  'null',
  'true',
  '0',
  '"text"',
  'not JSON',
  '\u0000',
  '{"type":null}',
  '{"type":{}}',
  '{"type":{"toString":null}}',
  '{"__proto__":{"type":"Results"}}',
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
];

/** Values of a wrong kind where an object has a field, under the names that services use. */
const fields = [
  'type',
  'event',
  'kind',
  'error',
  'channel',
  'result',
  'words',
  'start',
  'duration',
];
const values: readonly unknown[] = [null, 0, -1, 1e300, '', 'x', true, [], [null], {}, { a: [] }];

export const garbage: readonly Frame[] = [
  ...texts,
  ...fields.flatMap((field) => values.map((value) => JSON.stringify({ [field]: value }))),
  new Uint8Array(0),
  new Uint8Array([0]),
  new Uint8Array([0xff, 0xfe, 0xfd]),
  new Uint8Array(1_024).fill(0x7b),
];
