/** A session that does not live here: what its log says of it, and what becomes of that for whoever takes it over. */
import { takenAtMsFor } from './admission/rivals.ts';
import { decodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import type { Claimed } from './judgement.ts';
import { decodeRecord, whyUnreadable } from './records.ts';
import type { SessionRecord, Standing } from './records.ts';
import { readTail, unreadable } from './fencing.ts';
import { MAX_FORMER_TOKENS, digestOf } from './tokens.ts';
import type { WallClock } from '../ports/clock.ts';
import type { LeaseLog } from '../../machines/lease.types.ts';
import type { LogStore } from '../ports/log-store.ts';
import { decodeFrame } from '../protocol/frames.ts';
import type { DataFrame, GapFrame, HelloFrame } from '../protocol/types.ts';

/** Where logs are. */
export interface Logs {
  readonly store: LogStore;
  readonly wallClock: WallClock;
}

/** Where a session stands as far as anybody here can see, and the card of who may take it up. */
export interface Known extends Claimed {
  readonly position: number;
  readonly log: LeaseLog;
}

/**
 * Null for what was never a session here, or is none any more.
 *
 * @throws TenutoError STORE_CORRUPT for one that this gateway cannot read; STORE_UNAVAILABLE.
 */
export async function lookInLog({ store, wallClock }: Logs, sid: string): Promise<Known | null> {
  const tail = await readTail(store, sid);
  if (tail === null) return null;
  const { position, record } = tail;
  const card = decodeCard(record.card);
  if (card === null) throw unreadable('its card is of another version');
  const nowMs = wallClock();
  const log = {
    isEnd: record.kind === 'end',
    unattendedMs: nowMs - record.writtenAtMs,
    ageMs: nowMs - card.startedAtMs,
  };
  return { position, standing: standingOf(record), card, log };
}

/** What the log holds that no app has handled, and that the client may not have. */
export interface Recalled {
  /** Through here the client's frames are handled: more than the tail says where the store has lost newer ones. */
  readonly done: number;
  readonly up: readonly (DataFrame | GapFrame)[];
  readonly down: readonly { readonly seq: number; readonly bytes: Uint8Array }[];
}

export const NOTHING_RECALLED: Recalled = { done: 0, up: [], down: [] };

/**
 * A store may have lost its newest records. What of the client's was let go of before had then been handled by one of these: nothing
 * else is ever let go of.
 *
 * @returns null where nobody can go on from there: what came of it is lost as well.
 * @throws TenutoError STORE_CORRUPT for a record that is none, a frame whose checksum is wrong, or a hole in the middle.
 */
export async function recall(
  store: LogStore,
  sid: string,
  { done, downAcked, up: lastUp, epoch, fin }: Standing,
): Promise<Recalled | null> {
  const up: (DataFrame | GapFrame)[] = [];
  const down: { seq: number; bytes: Uint8Array }[] = [];
  // What is handled, and what the client has, may have been let go of, or not; beyond that nothing may be missing.
  const through = { up: done, down: downAcked };
  let newestEpoch = 0;
  for await (const { bytes } of store.read(sid, 0)) {
    const decoded = decodeRecord(bytes);
    if (decoded === null) throw unreadable(whyUnreadable(bytes));
    if (decoded.epoch > epoch) break; // it went on elsewhere meanwhile, as the next append will find
    newestEpoch = decoded.epoch;
    for (const { isDown, bytes } of decoded.frames) {
      const frame = decodeFrame(bytes);
      if (frame.type !== 'data' && frame.type !== 'gap') throw unreadable('a frame is damaged');
      const [from, to] =
        frame.type === 'data' ? [frame.seq, frame.seq] : [frame.fromSeq, frame.toSeq];
      const way = isDown ? 'down' : 'up';
      if (to <= through[way]) continue;
      const isFirst = (isDown ? down : up).length === 0;
      if (from > through[way] + 1 && !isFirst) throw unreadable('a record is missing');
      through[way] = to;
      if (isDown) down.push({ seq: to, bytes: new Uint8Array(bytes) });
      else up.push(frame);
    }
  }
  const [first] = up;
  if (first !== undefined && through.up < lastUp) throw unreadable('records are missing');
  const upFrom = Math.max(done + 1, first === undefined ? lastUp + 1 : firstSeqOf(first));
  const hasAllDown = (down[0]?.seq ?? 0) <= downAcked + 1;
  if (upFrom === done + 1 && hasAllDown) return { done, up, down };
  // Our fence is in what was read: it is no replica that is behind.
  if (newestEpoch !== epoch) throw unreadable('a record is missing');
  // Whoever heard what is gone has told what came of it, or what came of it is gone too.
  const isAudio = first?.type === 'gap' || first?.codec === 'pcm_s16le';
  const isTold = upFrom === done + 1 || (isAudio && first.position <= fin);
  return isTold && hasAllDown ? { done: upFrom - 1, up, down } : null;
}

function firstSeqOf(frame: DataFrame | GapFrame): number {
  return frame.type === 'data' ? frame.seq : frame.fromSeq;
}

export function newCard(
  hello: HelloFrame,
  {
    subject,
    lineage,
    token,
    startedAtMs,
  }: Pick<SessionCard, 'subject' | 'lineage' | 'startedAtMs'> & { readonly token: string },
): SessionCard {
  const { audio, clock } = hello;
  return {
    lineage,
    subject,
    app: hello.app ?? 'speech',
    // What came in from outside has no shape of its own, and takes thrice the room.
    audio: { encoding: audio.encoding, sampleRateHz: audio.sampleRateHz },
    clock: { wall: clock.wall, mono: clock.mono },
    token: digestOf(token),
    formerTokens: [],
    inst: hello.inst,
    att: hello.att,
    startedAtMs,
  };
}

/**
 * For whoever takes it up. The token that they showed has arrived, so those before it are dead. Those after it count with it until
 * the client is known to have the next: a later WELCOME may be lost where an earlier one arrived.
 *
 * @param nowMs by the wall clock.
 */
export function cardFor(
  card: SessionCard,
  { inst, att, resume = '' }: HelloFrame,
  token: string,
  nowMs: number,
): SessionCard {
  const known = [card.token, ...card.formerTokens];
  const shown = known.indexOf(digestOf(resume));
  const formerTokens = [
    ...known.slice(0, Math.min(shown, MAX_FORMER_TOKENS - 1)),
    digestOf(resume),
  ];
  const dead = known.slice(shown + 1, shown + 1 + MAX_FORMER_TOKENS);
  const spent = dead.length > 0 ? { spentTokens: dead } : {};
  const takenAtMs = takenAtMsFor(card, inst, nowMs);
  return { ...card, inst, att, takenAtMs, token: digestOf(token), formerTokens, ...spent };
}

/**
 * A store may have lost its newest records. What the client has of them it has: numbers are not used twice, and finals
 * that it was told are not told again.
 */
export function standingFor(standing: Standing, { rcv, fin }: HelloFrame, epoch: number): Standing {
  return {
    ...standing,
    epoch,
    down: Math.max(standing.down, rcv),
    downAcked: Math.max(standing.downAcked, rcv), // whoever takes it up next finds no hole before what follows
    fin: Math.max(standing.fin, fin),
  };
}

function standingOf({ epoch, up, down, downAcked, fin, done }: SessionRecord): Standing {
  return { epoch, up, down, downAcked, fin, done };
}

/** Above every one that anybody has had. P12.2 */
export function epochAfter({ epoch }: Standing, hello: HelloFrame): number {
  return Math.max(epoch, hello.epoch) + 1;
}
