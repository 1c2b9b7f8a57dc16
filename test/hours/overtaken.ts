/**
 * What must be true of a service that hears one long turn where the network held two utterances back and let them go at
 * once: it answers the last. Everything else is answered once.
 */
import { expect } from 'vitest';

import type { Hour } from './hour.ts';
import type { Utterance } from './script.ts';
import type { MessageItem } from '../../src/ports/conversation.ts';

/** What a turn is made of, and what was said to it before the next one. */
interface Exchange {
  readonly utterances: readonly Utterance[];
  readonly answers: readonly MessageItem[];
  /** When the last of it was told, from the hour's beginning. */
  readonly endedAtMs: number;
}

/** Every word that was said is in one turn, in order, and no turn holds half an utterance. */
export function expectHeardOnce(hour: Hour): void {
  const heard = exchangesOf(hour).map(({ utterances }) => utterances.map(({ text }) => text));

  expect(hour.textsOf('user')).toEqual(heard.map((texts) => texts.join(' ')));
  expect(heard.flat()).toEqual(hour.utterances.map(({ text }) => text));
}

/**
 * Each turn has one answer that came to its end, before the next turn. What was cut off before it is the beginning of
 * that, or all of it where the service never said so: then nobody can know, and it is asked for once more. Whose answer
 * came so late that he had begun to say the next thing hears the answer to that instead.
 */
export function expectAnsweredInTurn(hour: Hour): void {
  const exchanges = exchangesOf(hour);
  const wrong = exchanges.filter(({ utterances, answers, endedAtMs }, at) => {
    const last = utterances.at(-1);
    const next = exchanges[at + 1]?.utterances[0];
    const expected = last === undefined ? '' : answerTo(last);
    const ended = answers.filter(({ status }) => status === 'completed');
    const isOvertaken = ended.length === 0 && next !== undefined && endedAtMs > next.atMs;
    const isAnswered = ended.length === 1 && ended[0]?.text === expected;
    return !(isAnswered || isOvertaken) || !answers.every(({ text }) => expected.startsWith(text));
  });

  expect(wrong.map(({ utterances, answers }) => [utterances.map(textOf), answers])).toEqual([]);
}

function textOf({ text }: { readonly text: string }): string {
  return text;
}

function answerTo({ text, asksTool }: Utterance): string {
  return asksTool ? `The answer is ${text}.` : `You said: ${text}.`;
}

/** Turns take as many utterances as their words need. */
function exchangesOf({ items, utterances, toldAtMs }: Hour): readonly Exchange[] {
  const exchanges: { utterances: Utterance[]; answers: MessageItem[]; endedAtMs: number }[] = [];
  let next = 0;
  for (const item of items.values()) {
    if (item.kind !== 'message' || item.text === '') continue;
    const endedAtMs = toldAtMs.get(item.id) ?? 0;
    const current = exchanges.at(-1);
    if (item.role === 'assistant') {
      current?.answers.push(item);
      if (current !== undefined) current.endedAtMs = endedAtMs;
      continue;
    }
    const taken: Utterance[] = [];
    for (let rest = item.text; next < utterances.length; next += 1) {
      const utterance = utterances[next];
      if (utterance === undefined || !rest.startsWith(utterance.text)) break;
      taken.push(utterance);
      rest = rest.slice(utterance.text.length + 1);
    }
    exchanges.push({ utterances: taken, answers: [], endedAtMs });
  }
  return exchanges;
}
