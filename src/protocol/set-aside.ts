/** What a gateway tells of its own accord, whatever its application is (PROTOCOL.md, P24). */
import { isMembers } from './json.ts';
import { MAX_POSITION, MAX_SEQ } from './limits.ts';
import { fieldsOf, integer, optional } from './schema.ts';
import type { Schema } from './schema.ts';

/** Types that begin so are no application's. */
export const OWN_TYPES = 'tenuto.';
export const SET_ASIDE = `${OWN_TYPES}setAside`;

/** The application failed on it again and again, and is not handed it any more. */
export interface SetAside {
  /** Of the client's frame. */
  readonly seq: number;
  /** Of a message: so many it had. */
  readonly bytes: number;
  /** Of audio: its samples. */
  readonly from?: number;
  readonly to?: number;
}

const sample = optional(integer(0, MAX_POSITION));
const FIELDS: Schema<SetAside> = {
  seq: integer(1, MAX_SEQ),
  bytes: integer(0, MAX_POSITION),
  from: sample,
  to: sample,
};

/** Null for whatever else an event is. Never throws. */
export function setAsideIn(event: unknown): SetAside | null {
  if (!isMembers(event) || event['type'] !== SET_ASIDE) return null;
  const read = fieldsOf(FIELDS, event);
  if (read.bad !== null) return null;
  const told = read.fields as unknown as SetAside;
  return (told.to ?? 0) < (told.from ?? 0) ? null : told;
}
