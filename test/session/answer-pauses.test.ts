/** A session that is to be moved moves in a pause: while nobody speaks, neither the user nor who answers. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';

const ENDS_AFTER_MS = 120_000;
const ROTATION_AT_MS = 60_000;
const LAST_CALL_AT_MS = 115_000;
const BYTES_PER_MS = 48;

const ITEM = {
  kind: 'item',
  ref: 'r',
  role: 'assistant',
  text: '',
  status: 'inProgress',
} as const;

/** A moment before its successor is looked for. @param lasts how long the answer sounds that comes then. */
async function answered(lasts: number): Promise<ConversationWorld> {
  const world = await new ConversationWorld({
    traits: { endsAfterMs: ENDS_AFTER_MS },
    session: { rotationLeadMs: ENDS_AFTER_MS - ROTATION_AT_MS },
  }).connected();
  await world.pass(ROTATION_AT_MS - 1_000);
  world.tell({ kind: 'replyStarted' });
  world.tell(ITEM);
  if (lasts > 0) world.sound('r', new Uint8Array(lasts * BYTES_PER_MS));
  return world;
}

const moves = (world: ConversationWorld): number => world.eventsOf('candidate.changed').length;

describe('an answer', () => {
  it('is made and played to its end before the session moves', async () => {
    const world = await answered(8_000);
    world.tell({ kind: 'replyEnded', status: 'completed' });

    await world.pass(7_900);
    const before = { moves: moves(world), live: world.transport.live.length };
    await world.pass(200);

    expect(before).toEqual({ moves: 0, live: 2 }); // its successor stands ready
    expect(moves(world)).toBe(1);
  });

  it('is waited for while it is made, though nothing of it sounds', async () => {
    const world = await answered(0);

    await world.pass(5_000);
    const before = moves(world);
    world.tell({ kind: 'replyEnded', status: 'completed' }, world.socket(1));
    await world.pass(100);

    expect([before, moves(world)]).toEqual([0, 1]);
  });

  it('that comes to nothing is not waited for longer than ten seconds', async () => {
    const world = await answered(0);

    await world.pass(9_900);
    const before = moves(world);
    await world.pass(200);

    expect([before, moves(world)]).toEqual([0, 1]);
  });

  it('is played as far as the application says that it is', async () => {
    const world = await answered(2_000);
    world.tell({ kind: 'replyEnded', status: 'completed' });
    await world.pass(1_900);

    world.session.conversation.heard(world.heard[0]?.id ?? '', 500); // it came late to the loudspeaker
    await world.pass(1_400);
    const before = moves(world);
    await world.pass(200);

    expect([before, moves(world)]).toEqual([0, 1]);
  });

  it('is not waited for once it is cut off', async () => {
    const world = await answered(30_000);
    world.tell({ kind: 'replyEnded', status: 'completed' });
    await world.pass(3_000);

    world.session.conversation.interrupt();
    await world.pass(100);

    expect(moves(world)).toBe(1);
  });

  it('is waited for after the last word of a turn, where there was one before', async () => {
    const world = await answered(0);
    world.tell({ kind: 'replyEnded', status: 'completed' });
    world.tell({ kind: 'utteranceEnded', atSample: 0 });
    await world.pass(1_900);
    const before = moves(world);

    await world.pass(1_100);

    expect([before, moves(world)]).toEqual([0, 1]);
  });

  it('that goes on until the end is broken off for it', async () => {
    const world = await answered(100_000);

    await world.pass(LAST_CALL_AT_MS - ROTATION_AT_MS);
    const before = moves(world);
    await world.pass(3_000);

    expect([before, moves(world)]).toEqual([0, 1]);
  });

  it('that nobody plays is over as soon as it is made', async () => {
    const world = await answered(0);
    world.stopListening();
    world.sound('r', new Uint8Array(8_000 * BYTES_PER_MS));
    world.tell({ kind: 'replyEnded', status: 'completed' });

    await world.pass(1_100);

    expect(moves(world)).toBe(1);
  });
});
