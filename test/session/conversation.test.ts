/** Conversations over sockets that break: what is given back, what is asked for once, and what is heard of it. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';
import { outcomeOf } from './talk-world.ts';
import type { CreateResampler } from '../../src/ports/resampler.ts';
import { sayFinal } from '../support/fake-provider.ts';

const HELLO_ITEM = {
  kind: 'item',
  ref: 'a',
  role: 'user',
  text: 'Hello.',
  status: 'completed',
} as const;
const CALL = { kind: 'toolCall', callId: 'c1', name: 'get_weather', arguments: '{}' } as const;

/** Three samples of theirs for two of ours, whatever they are. */
const stretch: CreateResampler = () =>
  Promise.resolve({
    process: (bytes) => new Uint8Array((bytes.length * 3) / 2).fill(1),
    free: () => undefined,
  });

describe('a service with a handshake', () => {
  it('is greeted when the socket opens, and used when it has taken the configuration', async () => {
    const world = new ConversationWorld({ obliges: false });
    const connecting = world.session.connect();
    await world.pass(10);
    const before = await outcomeOf(connecting);

    world.tell({ kind: 'configured' });
    await world.pass(10);

    expect(before).toBe('pending');
    expect(world.ordered()).toEqual(['hello']);
    expect(world.session.status).toBe('active');
  });

  it.each([
    [14_000, 'connecting', 'pending'],
    [16_000, 'error', 'CONNECTION_FAILED'],
  ])('that nobody answers stands for 15 s and no longer: after %i ms', async (ms, status, code) => {
    const world = new ConversationWorld({ obliges: false });
    const connecting = world.session.connect().catch((error: unknown) => error);

    await world.pass(ms);

    expect(world.session.status).toBe(status);
    expect(world.session.error?.code ?? 'pending').toBe(code);
    await world.session.close({ drainTimeoutMs: 0 });
    await connecting;
    expect(world.clock.pending).toBe(0);
  });

  it('gets what the protocol answers at once', async () => {
    const world = await new ConversationWorld().connected();

    world.tell({ kind: 'send', frames: ['"answer"'] });

    expect(world.ordered()).toContain('answer');
  });
});

describe('a conversation', () => {
  it('is given back to the next socket, before any audio', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(HELLO_ITEM);

    await world.breaks();

    expect(world.ordered(world.socket(2))).toMatchObject([
      'hello',
      { items: [{ kind: 'message', role: 'user', text: 'Hello.' }], owesReply: true },
    ]);
    expect(world.session.status).toBe('active');
  });

  it('is without the turn that was being heard, as whoever listens is told', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(HELLO_ITEM);
    world.tell({ ...HELLO_ITEM, ref: 'b', text: 'How are', status: 'inProgress' });
    await world.pass(10);
    const [, open] = world.session.conversation.items;
    const removed: string[] = [];
    world.session.on('item.removed', ({ id }) => removed.push(id));

    await world.breaks();

    expect(world.session.conversation.items).toMatchObject([{ text: 'Hello.' }]);
    expect(removed).toEqual([open?.id]);
  });

  it('is asked the lost answer again for at most once', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(HELLO_ITEM);

    await world.breaks();
    await world.breaks();

    expect(world.ordered(world.socket(3))).toMatchObject(['hello', { owesReply: false }]);
  });

  it('lets go of a service that does not take it back', async () => {
    const world = await new ConversationWorld({ isStubborn: true }).connected();
    world.tell(HELLO_ITEM);

    await world.breaks();
    const restoring = world.session.status;
    await world.pass(15_000);

    expect(restoring).toBe('connected');
    expect(world.eventsOf('connection.reconnecting').length).toBeGreaterThan(1);
  });

  it('goes on with the handle that the service offered last', async () => {
    const world = await new ConversationWorld().connected();
    world.tell({ kind: 'handleOffered', handle: 'h1' });
    world.tell({ kind: 'handleOffered', handle: 'h2' });

    await world.breaks();

    expect(world.memories.map(({ handle }) => handle)).toEqual([null, 'h2']);
  });

  it('forgets a handle that the service knows no more', async () => {
    const world = await new ConversationWorld().connected();
    world.tell({ kind: 'handleOffered', handle: 'h1' });

    world.tell({ kind: 'failed', failure: { kind: 'staleHandle', code: '1008', detail: '' } });
    await world.pass(2_000);

    expect(world.memories.map(({ handle }) => handle)).toEqual([null, null]);
  });

  it('keeps a message that is sent while nobody serves', async () => {
    const world = new ConversationWorld();

    const id = world.session.conversation.send('Are you there?');
    await world.connected();

    expect(world.ordered()).toMatchObject(['hello', { items: [{ id, text: 'Are you there?' }] }]);
  });

  it('hands over a message, and asks for the answer', async () => {
    const world = await new ConversationWorld().connected();

    world.session.conversation.send('Are you there?');

    expect(world.ordered()).toMatchObject([
      'hello',
      { kind: 'message', item: { text: 'Are you there?' } },
      { kind: 'reply' },
    ]);
  });

  it('refuses a text without a word', async () => {
    const world = await new ConversationWorld().connected();

    const send = (): unknown => world.session.conversation.send(' ');

    expect(send).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('a tool call', () => {
  it('is told once, though the service tells it again', async () => {
    const world = await new ConversationWorld().connected();

    world.tell(CALL);
    world.tell(CALL);
    await world.breaks();
    world.tell(CALL);

    expect(world.eventsOf('toolCall')).toMatchObject([{ callId: 'c1', name: 'get_weather' }]);
  });

  it('is answered over the socket that stands, once', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(CALL);
    await world.breaks();

    const answered = [1, 2].map(() => world.session.conversation.answerTool('c1', 'fog'));

    expect(answered).toEqual([true, false]);
    expect(world.ordered().slice(2)).toMatchObject([
      { kind: 'toolResult', item: { callId: 'c1', output: 'fog' }, name: 'get_weather' },
    ]);
  });
});

describe('an answer', () => {
  const ITEM = {
    kind: 'item',
    ref: 'r',
    role: 'assistant',
    text: '',
    status: 'inProgress',
  } as const;
  const second = new Uint8Array(48_000); // 1 s at 24 kHz

  it('is heard as sound and read as text, under a name of ours', async () => {
    const world = await new ConversationWorld().connected();
    world.tell({ kind: 'replyStarted' });
    world.tell(ITEM);
    world.tell({ kind: 'replyText', ref: 'r', delta: 'Hi.' });
    world.tell({ kind: 'replyEnded', status: 'completed' });

    const [item] = world.session.conversation.items;

    expect(item).toMatchObject({ role: 'assistant', text: 'Hi.' });
    expect(world.eventsOf('reply.text')).toEqual([
      { type: 'reply.text', id: item?.id, delta: 'Hi.' },
    ]);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'completed' }]);
  });

  it('ends where the socket breaks, and nothing of it is played on', async () => {
    const world = await new ConversationWorld().connected();
    world.tell({ kind: 'replyStarted' });
    world.tell(ITEM);

    await world.breaks();

    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'interrupted' }]);
  });

  it('is stopped at what was heard', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(ITEM);
    world.tell({ kind: 'replyText', ref: 'r', delta: 'One two three four.' });
    world.sound('r', second);
    const id = world.heard[0]?.id ?? '';

    world.session.conversation.heard(id, 500);
    world.session.conversation.interrupt();

    expect(world.ordered().at(-1)).toEqual({ kind: 'interrupt', ref: 'r', heardMs: 500 });
    expect(world.session.conversation.items).toMatchObject([
      { text: 'One two', status: 'interrupted' },
    ]);
  });
});

describe('who speaks into an answer', () => {
  const ITEM = {
    kind: 'item',
    ref: 'r',
    role: 'assistant',
    text: '',
    status: 'inProgress',
  } as const;

  it('makes the service forget what was not heard of it', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(ITEM);
    world.sound('r', new Uint8Array(48_000));
    world.session.conversation.heard(world.heard[0]?.id ?? '', 400);

    world.tell({ kind: 'interrupted' });

    expect(world.ordered().at(-1)).toEqual({ kind: 'interrupt', ref: 'r', heardMs: 400 });
  });

  it('needs no order where nobody said what was heard', async () => {
    const world = await new ConversationWorld().connected();
    world.tell(ITEM);
    world.sound('r', new Uint8Array(48_000));

    world.tell({ kind: 'interrupted' });

    expect(world.ordered()).toEqual(['hello']);
    expect(world.eventsOf('interrupted')).toHaveLength(1);
  });
});

describe('a text to be spoken', () => {
  const speech = { maxCharsPerMessage: 100, maxCharsPerMinute: 1_000, maxFlushesPerMinute: 20 };

  it('is said again from the sentence that the lost socket did not confirm', async () => {
    const world = await new ConversationWorld({ component: 'tts', traits: { speech } }).connected();
    world.session.conversation.say('One. Two.');
    world.tell({ kind: 'spoken', id: 'say_1.1' });

    await world.breaks();
    world.tell({ kind: 'spoken', id: 'say_1.2' });

    expect(world.ordered()).toEqual(['hello', { kind: 'say', id: 'say_1.2', text: 'Two.' }]);
    expect(world.eventsOf('spoken')).toEqual([{ type: 'spoken', id: 'say_1' }]);
  });
});

describe('a service with a rate of its own', () => {
  it('is sent its rate, and its results stand at the session’s', async () => {
    const world = await new ConversationWorld({
      traits: { inputRateHz: 24_000 },
      session: { createResampler: stretch },
    }).connected();
    await world.speak(1_000);

    sayFinal(world.last, { fromSample: 0, toSample: 12_000 });

    const sentMs = world.last.audio.length / 48;
    expect(sentMs).toBe(1_000);
    expect(world.finals).toMatchObject([{ startMs: 0, endMs: 500 }]);
  });

  it('cannot be used where nothing resamples', async () => {
    const world = new ConversationWorld({ traits: { inputRateHz: 24_000 } });
    const outcome = world.session.connect().catch((error: unknown) => error);
    await world.pass(100);

    expect(await outcome).toMatchObject({ code: 'CONFIG_REFUSED' });
  });
});

describe('silence of which the service tells nothing', () => {
  it('leaves the ring when it was sent long enough ago', async () => {
    const world = await new ConversationWorld({
      traits: { silenceSettlesAfterMs: 5_000 },
    }).connected();

    await world.speak(8_000);

    const { deliveredMs } = world.session.ledger;
    expect(deliveredMs).toBeGreaterThan(2_000);
    expect(deliveredMs).toBeLessThanOrEqual(3_000);
  });

  it('is settled at the end where a final was asked for in vain', async () => {
    const world = await new ConversationWorld({
      traits: { silenceSettlesAfterMs: 5_000, flushTimeoutMs: 2_000 },
    }).connected();
    await world.speak(3_000);

    const closing = world.session.close();
    await world.pass(8_000);

    expect(await closing).toMatchObject({ drained: true, ledger: { deliveredMs: 3_000 } });
  });

  it('stays in the ring where nothing proves that it arrived, and is replayed', async () => {
    const world = await new ConversationWorld({
      traits: { silenceSettlesAfterMs: 5_000, liveness: { suspectAtLeastMs: 12_000 } },
    }).connected();
    await world.speak(1_000);

    world.session.simulateFailure('halfOpen');
    await world.speak(10_000);

    expect(world.session.ledger.deliveredMs).toBe(0);
  });
});
