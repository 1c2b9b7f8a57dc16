/** Whatever a service tells, in whatever order and however often: what the journal keeps is told once, in order and bounded. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ConversationItem } from '../../src/ports/conversation.ts';
import { Journal } from '../../src/session/journal.ts';

const LIMITS = { items: 5, chars: 60 };

const ref = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'item_1', 'item_2');
const callId = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8');
const role = fc.constantFrom('user', 'assistant', 'system');
const text = fc.string({ maxLength: 90, size: 'max' });
const sample = fc.option(fc.nat(9_000), { nil: null });

const step = fc.oneof(
  fc.record({
    does: fc.constant('note'),
    ref,
    role,
    status: fc.constantFrom('inProgress', 'completed', 'interrupted'),
    text: fc.option(text, { nil: undefined }),
    fromMs: sample,
  }),
  fc.record({ does: fc.constant('say'), ref, text }),
  fc.record({ does: fc.constant('sound'), ref, ms: fc.nat(3_000) }),
  fc.record({ does: fc.constant('play'), ref, ms: fc.nat(3_000) }),
  fc.record({ does: fc.constant('cut'), ref }),
  fc.record({ does: fc.constant('call'), callId, text }),
  fc.record({ does: fc.constant('answer'), callId, text }),
  fc.record({ does: fc.constant('cancel'), callId }),
  fc.record({ does: fc.constant('type'), text, isQuestion: fc.boolean() }),
  fc.record({ does: fc.constantFrom('replyStarted', 'replied', 'askedAgain', 'replyAsked') }),
  fc.record({ does: fc.constant('linkLost') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A journal, and all that was ever told of it. */
class Story {
  readonly journal = new Journal(LIMITS);
  #sockets = 0;
  /** By socket and name. */
  readonly idsByRef = new Map<string, string>();
  readonly calls: string[] = [];
  readonly results: string[] = [];

  take(told: Step): void {
    const { journal } = this;
    switch (told.does) {
      case 'note': {
        const { fromMs, text: said, ...event } = told;
        const span = { fromMs, toMs: null };
        const item = journal.note(
          { kind: 'item', ...event, ...(said === undefined ? {} : { text: said }) },
          span,
        );
        if (item !== null) this.#named(told.ref, item.id);
        return;
      }
      case 'say':
        journal.addText(told.ref, told.text);
        return;
      case 'sound':
        journal.addAudio(told.ref, told.ms);
        return;
      case 'play':
        journal.heard(journal.idOf(told.ref) ?? '', told.ms);
        return;
      case 'cut':
        journal.cut(journal.idOf(told.ref) ?? '');
        return;
      case 'call': {
        const event = { callId: told.callId, name: 'get_weather', arguments: told.text };
        if (journal.addToolCall({ kind: 'toolCall', ...event }) !== null) {
          this.calls.push(told.callId);
        }
        return;
      }
      case 'answer':
        if (journal.addToolResult(told.callId, told.text) !== null) this.results.push(told.callId);
        return;
      case 'cancel':
        journal.cancelToolCalls([told.callId]);
        return;
      case 'type':
        journal.addMessage('user', told.text, told.isQuestion);
        return;
      case 'linkLost':
        this.#sockets += 1;
        journal.linkLost();
        return;
      default:
        journal[told.does]();
    }
  }

  #named(name: string, id: string): void {
    const key = `${this.#sockets} ${name}`;
    expect(this.idsByRef.get(key) ?? id).toBe(id); // one name on one socket is one item, for good
    this.idsByRef.set(key, id);
  }
}

function charsOf(item: ConversationItem): number {
  switch (item.kind) {
    case 'message':
      return item.text.length;
    case 'toolCall':
      return item.name.length + item.arguments.length;
    case 'toolResult':
      return item.output.length;
  }
}

function expectKept({ journal, calls, results }: Story): void {
  const { items, owesReply } = journal.conversation;
  const numbers = items.map(({ id }) => Number(id.slice('item_'.length)));

  expect(items.length).toBeLessThanOrEqual(LIMITS.items);
  expect(items.reduce((sum, item) => sum + charsOf(item), 0)).toBeLessThanOrEqual(LIMITS.chars);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(calls).toEqual([...new Set(calls)]);
  expect(results).toEqual([...new Set(results)]);
  if (owesReply) expect(items).not.toEqual([]);
  for (const id of journal.knownIds) expect(items.map((item) => item.id)).toContain(id);
}

describe('a journal', () => {
  it('keeps each item and call once, in the order of their first sight, within its bounds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const story = new Story();
        for (const told of steps) {
          story.take(told);
          expectKept(story);
        }
      }),
    );
  });

  it('never gives back what was cut off an answer', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.array(step, { maxLength: 20, size: 'max' }),
        (...run) => {
          const [before, after] = run;
          const story = new Story();
          before.forEach((told) => story.take(told));
          const item = story.journal.note(
            {
              kind: 'item',
              ref: 'answer',
              role: 'assistant',
              text: 'one two',
              status: 'inProgress',
            },
            { fromMs: null, toMs: null },
          );
          story.journal.addAudio('answer', 1_000);
          story.journal.heard(item?.id ?? '', 600);
          story.journal.cut(item?.id ?? '');

          after.forEach((told) => story.take(told));
          story.journal.addText('answer', ' three');
          story.journal.note(
            {
              kind: 'item',
              ref: 'answer',
              role: 'assistant',
              text: 'one two',
              status: 'completed',
            },
            { fromMs: null, toMs: null },
          );
          story.journal.cut(item?.id ?? '');

          const kept = story.journal.conversation.items.find(({ id }) => id === item?.id);
          if (kept !== undefined)
            expect(kept).toMatchObject({ text: 'one', status: 'interrupted' });
        },
      ),
    );
  });
});
