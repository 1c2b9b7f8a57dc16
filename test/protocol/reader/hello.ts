/** HELLO: P10. */
import { controlOf } from './frames.ts';
import type { Standing } from '../conversations/steps.ts';

/** What proves that a session is this client's. */
export interface Claim {
  readonly sid: string;
  readonly resume: string;
  readonly lin: string;
}

export interface HelloFacts {
  readonly auth: string | null;
  readonly inst: string;
  readonly att: number;
  readonly sampleRateHz: number;
}

/** @param claim null for a new session: its numbers have nothing to do with those of the one before, but for the epoch. */
export function helloOf(
  claim: Claim | null,
  { epoch, next, acked, received, fin }: Standing,
  { auth, inst, att, sampleRateHz }: HelloFacts,
): Uint8Array {
  const numbers = claim === null ? { next: 1, acked: 0, rcv: 0 } : { next, acked, rcv: received };
  return controlOf(0x40, {
    ...{
      v: 1,
      mode: claim === null ? 'new' : 'resume',
      auth,
      inst,
      att,
      epoch,
      low: 1,
      ...numbers,
    },
    ...(claim === null ? {} : { sid: claim.sid, resume: claim.resume }),
    fin,
    clock: { wall: 1_800_000_000_000, mono: 0 },
    audio: { encoding: 'pcm_s16le', sampleRateHz },
    ...{ caps: [], client: 'reader/1' },
  });
}
