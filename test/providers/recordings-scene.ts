/** The form of recordings, for conversations that are written here. */
import { recordingIn } from './recordings-reader.ts';
import type { Recording } from './recordings-reader.ts';

export type Line = readonly ['sent' | 'received', object | string];

export const sent = (data: object): Line => ['sent', data];
export const got = (data: object): Line => ['received', data];

/** Sound. */
export const gotBytes = (length: number): Line => [
  'received',
  Buffer.alloc(length, 1).toString('base64'),
];

export function scene(name: string, lines: readonly Line[], query: object = {}): Recording {
  const texts = lines.map(([direction, data]) =>
    JSON.stringify({ kind: typeof data === 'string' ? 'binary' : 'message', direction, data }),
  );
  return recordingIn(name, [JSON.stringify({ meta: { query } }), ...texts].join('\n'));
}
