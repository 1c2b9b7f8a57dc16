import { describe, expect, it } from 'vitest';

import type { Order } from '../../src/providers/contract.ts';
import { SpeechQueue, sentencesOf } from '../../src/session/speech-queue.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const LIMITS = { maxCharsPerMessage: 20, maxCharsPerMinute: 40, maxFlushesPerMinute: 3 };

function world() {
  const clock = new VirtualClock();
  const said: string[] = [];
  const ids: string[] = [];
  const spoken: string[] = [];
  const queue = new SpeechQueue(clock, {
    ask: (order: Order) => {
      if (order.kind !== 'say') return false;
      said.push(order.text);
      ids.push(order.id);
      return true;
    },
    onSpoken: (id) => spoken.push(id),
  });
  return { clock, said, ids, spoken, queue };
}

describe('SpeechQueue', () => {
  it('keeps what is said while nobody speaks, and gives it to whoever does', () => {
    const { queue, said } = world();
    queue.say('Hello there.');
    const before = [...said];

    queue.open(LIMITS);

    expect(before).toEqual([]);
    expect(said).toEqual(['Hello there.']);
  });

  it('tells a text when the last of its sentences was spoken', () => {
    const { queue, ids, spoken } = world();
    queue.open(LIMITS);
    const id = queue.say('One. Two.');

    queue.confirm(ids[0] ?? '');
    const half = [...spoken];
    queue.confirm(ids[1] ?? '');

    expect(half).toEqual([]);
    expect(spoken).toEqual([id]);
  });

  it('says again, from its beginning, what a lost link did not confirm', () => {
    const { queue, ids, said } = world();
    queue.open(LIMITS);
    queue.say('One. Two. Three.');
    queue.confirm(ids[0] ?? '');

    queue.shut();
    queue.open(LIMITS);

    expect(said).toEqual(['One.', 'Two.', 'Three.', 'Two.', 'Three.']);
  });

  it('waits until the last minute has room for another message', () => {
    const { queue, said, clock } = world();
    queue.open(LIMITS);
    queue.say('One. Two. Three. Four.');
    const atOnce = said.length;

    clock.advance(59_999);
    const early = said.length;
    clock.advance(1);

    expect([atOnce, early, said.length]).toEqual([3, 3, 4]);
  });

  it('waits until the last minute has room for so many characters', () => {
    const { queue, said, clock } = world();
    queue.open({ ...LIMITS, maxFlushesPerMinute: 100 });
    queue.say('Nineteen characters. Nineteen characters. Another one.');
    const atOnce = said.length;

    clock.advance(60_000);

    expect([atOnce, said.length]).toEqual([2, 3]);
  });

  it('cuts a sentence that is too long between words', () => {
    expect(sentencesOf('a sentence that is rather long', 12)).toEqual([
      'a sentence',
      'that is',
      'rather long',
    ]);
  });

  it('cuts what waited when the next service takes less at a time', () => {
    const { queue, said } = world();
    queue.say('This is a sentence of some length.');

    queue.open({ ...LIMITS, maxCharsPerMinute: 100 });

    expect(said.every((text) => text.length <= LIMITS.maxCharsPerMessage)).toBe(true);
    expect(said.join(' ')).toBe('This is a sentence of some length.');
  });

  it('forgets what waits when it is told to', () => {
    const { queue, said, clock } = world();
    queue.say('One.');

    queue.clear();
    queue.open(LIMITS);
    clock.advance(120_000);

    expect(said).toEqual([]);
  });

  it('leaves no timer behind when the link is gone', () => {
    const { queue, clock } = world();
    queue.open(LIMITS);
    queue.say('One. Two. Three. Four.');

    queue.shut();

    expect(clock.pending).toBe(0);
  });
});
