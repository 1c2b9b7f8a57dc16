/** An answer that a service refuses alone, while its connection stands. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';

const HELLO_ITEM = {
  kind: 'item',
  ref: 'a',
  role: 'user',
  text: 'Hello.',
  status: 'completed',
} as const;

describe('a conversation whose answer is refused', () => {
  const refusal = (retryAfterMs?: number, isOfReply = true) => ({
    kind: 'failed' as const,
    isOfReply,
    failure: {
      kind: 'perRequest' as const,
      code: 'rate_limit_exceeded',
      detail: '',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  });

  async function refused(retryAfterMs?: number) {
    const world = await new ConversationWorld().connected();
    world.tell(HELLO_ITEM);
    world.tell({ kind: 'replyStarted' });
    world.tell({ kind: 'replyEnded', status: 'failed' });
    world.tell(refusal(retryAfterMs));
    const asked = () => world.last.texts.filter((text) => text === '{"kind":"reply"}').length;
    return { world, asked };
  }

  it('asks once more, when the service said that it may', async () => {
    const { world, asked } = await refused(4_000);

    await world.pass(3_999);
    const before = asked();
    await world.pass(20);
    const after = asked();
    world.tell({ kind: 'replyStarted' });
    world.tell({ kind: 'replyEnded', status: 'failed' });
    world.tell(refusal(4_000));
    await world.pass(10_000);

    expect([before, after, asked()]).toEqual([0, 1, 1]);
  });

  it('does not ask where nothing was said of when', async () => {
    const { world, asked } = await refused();

    await world.pass(120_000);

    expect(asked()).toBe(0);
  });

  it('does not ask where it was no answer that failed, nor while one is given', async () => {
    const elsewhere = await refused();
    const replying = await refused();
    elsewhere.world.tell(refusal(4_000, false));
    replying.world.tell({ kind: 'replyStarted' });
    replying.world.tell(refusal(4_000));

    await elsewhere.world.pass(5_000);
    await replying.world.pass(5_000);

    expect([elsewhere.asked(), replying.asked()]).toEqual([0, 0]);
  });

  it('does not ask while the user speaks again, nor once it was answered', async () => {
    const speaking = await refused(4_000);
    const answered = await refused(4_000);
    speaking.world.tell({ kind: 'item', ref: 'u2', role: 'user', status: 'inProgress' });
    answered.world.tell({ kind: 'replyStarted' });
    answered.world.tell({ kind: 'replyEnded', status: 'completed' });

    await speaking.world.pass(5_000);
    await answered.world.pass(5_000);

    expect([speaking.asked(), answered.asked()]).toEqual([0, 0]);
  });

  it('leaves it to the next socket where this one is lost meanwhile', async () => {
    const { world, asked } = await refused(4_000);

    await world.breaks();
    await world.pass(5_000);

    expect(world.ordered(world.socket(2))).toMatchObject(['hello', { owesReply: true }]);
    expect(asked()).toBe(0);
  });
});
