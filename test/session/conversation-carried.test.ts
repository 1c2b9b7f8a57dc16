/** What the next socket is asked for, and what it is told that it does not know. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';

const HELLO_ITEM = {
  kind: 'item',
  ref: 'a',
  role: 'user',
  text: 'Hello.',
  status: 'completed',
} as const;

describe('a conversation', () => {
  it('asks a new socket for no answer to a message that wanted none', async () => {
    const world = await new ConversationWorld().connected();
    world.session.conversation.send('By the way.', { reply: false });

    await world.breaks();

    expect(world.ordered()).toMatchObject(['hello', { owesReply: false }]);
  });

  it('asks a new socket for an answer that was asked for by hand', async () => {
    const world = await new ConversationWorld().connected();
    world.session.conversation.send('By the way.', { reply: false });
    world.session.conversation.reply();

    await world.breaks();

    expect(world.ordered()).toMatchObject(['hello', { owesReply: true }]);
  });

  it('wants no answer any more that the application has stopped', async () => {
    const world = await new ConversationWorld().connected();
    world.session.conversation.send('Are you there?');
    world.session.conversation.interrupt();

    await world.breaks();

    expect(world.ordered()).toMatchObject(['hello', { owesReply: false }]);
  });

  it('names what came after the handle that the service offered last', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(HELLO_ITEM);
    world.tell({ kind: 'replyEnded', status: 'completed' });
    world.tell({ kind: 'handleOffered', handle: 'h1' });
    world.session.conversation.send('And now?');
    world.tell({ kind: 'replyEnded', status: 'completed' });

    await world.breaks();

    expect(world.memories.at(-1)?.news?.()).toMatchObject([{ text: 'And now?' }]);
    expect(world.memories.at(-1)?.conversation().items).toHaveLength(2);
  });

  it('is not known to a session that offers a handle before it is given the conversation', async () => {
    const world = new ConversationWorld({ obliges: false });
    world.session.conversation.send('Are you there?');
    void world.session.connect();
    await world.pass(10);
    world.tell({ kind: 'handleOffered', handle: 'h1' });
    world.tell({ kind: 'configured' });
    world.tell({ kind: 'restored', resumed: false, toolCallsCarried: 0 });
    await world.pass(10);

    await world.breaks();

    expect(world.memories.at(-1)).toMatchObject({ handle: 'h1' });
    expect(world.memories.at(-1)?.news?.()).toMatchObject([{ text: 'Are you there?' }]);
  });
});

describe('an answer', () => {
  it('is told to have ended once, though the next session says so too', async () => {
    const world = await new ConversationWorld().connected();
    world.tell({ kind: 'replyStarted' });
    await world.breaks();

    world.tell({ kind: 'replyEnded', status: 'interrupted' });

    expect(world.eventsOf('reply.ended')).toHaveLength(1);
  });
});
