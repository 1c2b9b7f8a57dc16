/** What must be true after an hour: nothing is missing, nothing is there twice. */
import { expect } from 'vitest';

import type { Hour } from './hour.ts';
import type { ConversationItem } from '../../src/ports/conversation.ts';
import type { SessionLedger } from '../../src/session/events.ts';

/** Positions are told in whole samples of whatever rate the service hears at. */
const SEAM_MS = 1;
/** As much of the newest audio waits in a resampler for what follows it. */
const HELD_BACK_MS = 10;

/** All audio is delivered, and the finals cover it without a hole and without an overlap. */
export function expectAllCovered(hour: Hour, ledger: SessionLedger): void {
  const finals = hour.eventsOf('transcript').filter(({ isFinal }) => isFinal);
  const seams = finals.map(({ startMs }, at) => startMs - (finals[at - 1]?.endMs ?? 0));

  expect(ledger).toMatchObject({ gap: 0, gapMs: 0, buffered: 0, delivered: ledger.captured });
  expect(hour.eventsOf('gap')).toEqual([]);
  expect(seams.filter((ms) => Math.abs(ms) > SEAM_MS)).toEqual([]);
  expect(ledger.capturedMs - (finals.at(-1)?.endMs ?? 0)).toBeLessThan(HELD_BACK_MS);
}

/** Everything that was said was understood once, word for word and in order. */
export function expectSaidOnce(hour: Hour): void {
  expect(hour.textsOf('user')).toEqual(hour.utterances.map(({ text }) => text));
}

/** The same of who only hears: the finals, each ended by a pause, are what was said. */
export function expectUnderstoodOnce(hour: Hour): void {
  let text = '';
  const understood: string[] = [];
  for (const final of hour.eventsOf('transcript').filter(({ isFinal }) => isFinal)) {
    text = `${text} ${final.text}`.trim();
    if (!final.endsUtterance || text === '') continue;
    understood.push(text);
    text = '';
  }

  expect([...understood, text]).toEqual([...hour.utterances.map((said) => said.text), '']);
}

/** Each call was made once. */
export function expectCalledOnce(hour: Hour): void {
  const asked = hour.utterances.filter(({ asksTool }) => asksTool).map(({ text }) => text);
  const calls = hour.eventsOf('toolCall');
  const queries = calls.map((call) => (JSON.parse(call.arguments) as { query: string }).query);

  expect(queries).toEqual(asked);
  expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
}

/** Each turn has one whole answer, in order; what was cut off before it was the beginning of one. */
export function expectAnsweredOnce(hour: Hour): void {
  const expected = hour.utterances.map(({ text, asksTool }) =>
    asksTool ? `The answer is ${text}.` : `You said: ${text}.`,
  );
  const answers = hour.textsOf('assistant');
  const whole = answers.filter((text) => expected.includes(text));
  const strange = answers.filter((text) => !expected.some((answer) => answer.startsWith(text)));

  expect(whole).toEqual(expected);
  expect(strange).toEqual([]);
}

/** The journal is the newest part of what was told, item by item; who listens needs no event of how much was heard. */
export function expectJournalKept(hour: Hour, items: readonly ConversationItem[]): void {
  const messages = items.flatMap((item) => (item.kind === 'message' ? [withoutHeard(item)] : []));
  const told = [...hour.items.values()].map(withoutHeard);
  const ids = items.map(({ id }) => id);

  expect(messages.length).toBeGreaterThan(100);
  expect(messages).toEqual(told.slice(-messages.length));
  expect(new Set(ids).size).toBe(ids.length);
}

function withoutHeard(item: ConversationItem): object {
  return { ...item, heardMs: null };
}

/** Nothing runs any more. */
export function expectQuiet({ clock, network }: Hour): void {
  expect([clock.pending, network.held]).toEqual([0, 0]);
}
