import { describe, expect, test } from 'vitest';

import { Replies } from '../../src/simulation/services/replies.ts';
import { LETTER_MS } from '../../src/simulators/persona/voice.ts';
import type { ConversationItem } from '../../src/ports/conversation.ts';
import type { SessionEvent } from '../../src/session/events.ts';

const TEXT = 'It is so.';
const SOUNDS_MS = 6 * LETTER_MS;
const WELL_AT_MS = 100_000;

/** What a voice agent tells, by hand. */
class History {
  readonly found: string[] = [];
  readonly checked = new Replies((invariant) => this.found.push(invariant));

  tell(...events: readonly (object | string)[]): this {
    for (const event of events) {
      const told = typeof event === 'string' ? { type: event } : event;
      this.checked.event(told as SessionEvent, 1_000);
    }
    return this;
  }

  sound(ms = SOUNDS_MS): this {
    this.checked.sounded('a', ms);
    return this;
  }

  end(hasVoice = true, items: readonly object[] = [turn, answer]): readonly string[] {
    this.checked.converged(items as readonly ConversationItem[], hasVoice, WELL_AT_MS);
    return this.found;
  }
}

const turn = { kind: 'message', id: 'u', role: 'user', text: 'w1', status: 'completed' };
const answer = { kind: 'message', id: 'a', role: 'assistant', text: TEXT, status: 'completed' };
const item = { type: 'item', item: answer };
const text = { type: 'reply.text', id: 'a', delta: TEXT };
const spoken = { type: 'spoken', id: 'a' };
const ended = { type: 'reply.ended', status: 'completed' };

const answered = (): History => new History().tell('reply.started', item, text, ended);

describe('what is expected of a voice agent', () => {
  test('a turn that is answered, and spoken, is all there is to it', () => {
    expect(answered().sound().tell(spoken).end()).toEqual([]);
  });

  test('an answer that is interrupted is over, and the next is another', () => {
    const history = answered().sound(100).tell('interrupted', 'reply.started', ended);

    expect(history.end(false)).toEqual([]);
  });

  test('an answer that nobody could speak stays as text', () => {
    expect(answered().end(false)).toEqual([]);
  });

  test.each<[string, string, (history: History) => unknown]>([
    ['I5', 'an answer beside another', (h) => h.tell('reply.started', 'reply.started', ended)],
    ['I5', 'an end of nothing', (h) => h.tell(ended)],
    ['I5', 'text of an answer that is over', (h) => h.tell(text)],
    ['I5', 'a call of an answer that is over', (h) => h.tell('toolCall')],
    ['I5', 'a sentence twice', (h) => h.tell('reply.started', text, text, ended)],
    ['I5', 'audio of nothing', (h) => h.sound()],
    ['I5', 'audio of what was interrupted', (h) => h.tell(item, 'interrupted').sound()],
    ['I5', 'the end of what was interrupted', (h) => h.tell(item).sound().tell('interrupted', spoken)], // prettier-ignore
    ['I5', 'the end of it twice', (h) => h.tell(item).sound().tell(spoken, spoken)],
    ['I5', 'the end of what sounded in part', (h) => h.tell(item).sound(100).tell(spoken)],
    ['I10', 'an answer without end', (h) => h.tell('reply.started').end(false)],
    ['I10', 'a turn without an answer', (h) => h.end(false, [turn])],
    ['I10', 'an answer that nobody hears', (h) => h.end(true)],
  ])('%s: not %s', (invariant, _what, happens) => {
    const history = new History();

    happens(history);

    expect(history.found).toEqual([invariant]);
  });
});
