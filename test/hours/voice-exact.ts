/** What must be true of an hour with a voice agent: each turn has one answer, each answer one voice, or he is told why not. */
import { expect } from 'vitest';

import type { Hour } from './hour.ts';
import type { Utterance } from './script.ts';
import { answerTo } from './voice-world.ts';
import type { MessageItem } from '../../src/ports/conversation.ts';
import type { SessionEvent, SessionEventOf } from '../../src/session/events.ts';

/** So long a network may be away, and a dial on its way. */
const LONGEST_SILENCE_MS = 20_000;
/** So long an agent looks for its voice before it says that it has none (10 s), and so long it spoke before it was lost. */
const MISSED_AFTER_MS = 12_000;
/** Of all turns: more are never broken into while an answer is late. */
const BROKEN_INTO_RATIO = 0.1;

/** What is told of an answer that broke off twice, and of one that no attempt brought: five may be over in seconds. */
const WHY_NOT: readonly string[] = ['REQUEST_REFUSED', 'CONNECTION_FAILED'];

type ReplyStatus = SessionEventOf<'reply.ended'>['status'];

/** What the user said, and what was told until what he said next was heard; answers as they were told last. */
interface Exchange {
  readonly said: Pick<Utterance, 'text' | 'asksTool'>;
  readonly answers: readonly Pick<MessageItem, 'text' | 'status'>[];
  readonly calls: readonly string[];
  readonly replies: readonly ReplyStatus[];
  /** Codes. */
  readonly warnings: readonly string[];
  /** He spoke on before there was an answer, or before its end. */
  readonly hasSpokenOn: boolean;
}

/**
 * Each turn has one answer, or the beginning of one where the user spoke on, or he is told that the model came to no end.
 * What an answer calls for is called once.
 */
export function expectEachAnswered(hour: Hour): void {
  const exchanges = exchangesOf(hour);
  const whole = exchanges.filter(({ said, answers }) => answers[0]?.text === answerTo(said));

  expect(hour.eventsOf('warning').map(({ error }) => error.code)).not.toContain('CONFIG_REFUSED');
  expect(exchanges.filter((exchange) => !isAnswered(exchange))).toEqual([]);
  expect(whole.length).toBeGreaterThan(exchanges.length * (1 - BROKEN_INTO_RATIO));
}

function isAnswered(exchange: Exchange): boolean {
  const { said, answers, calls, replies, warnings, hasSpokenOn } = exchange;
  const [answer] = answers;
  const isCalledOnce = calls.length <= (said.asksTool ? 1 : 0);
  if (!isCalledOnce || answers.length > 1 || calls.some((query) => query !== said.text))
    return false;
  const isBeginning = answerTo(said).startsWith(answer?.text.trimEnd() ?? '');
  if (answer?.status === 'completed') return answer.text === answerTo(said);
  if (replies.includes('failed')) {
    return isBeginning && warnings.some((code) => WHY_NOT.includes(code));
  }
  return isBeginning && (hasSpokenOn || replies.includes('incomplete'));
}

/** Each answer that was not cut off was spoken once, to its end; what was not, belongs to a voice that is told as missing. */
export function expectEachSpoken(hour: Hour): void {
  const spoken = hour.eventsOf('spoken').map(({ id }) => id);
  const spells = spellsWithoutVoice(hour);
  const silent = [...hour.items.values()].filter((item) => {
    if (item.kind !== 'message' || item.role !== 'assistant') return false;
    if (item.status !== 'completed' || spoken.includes(item.id)) return false;
    const atMs = hour.toldAtMs.get(item.id) ?? 0;
    return !spells.some(({ fromMs, toMs }) => fromMs - MISSED_AFTER_MS <= atMs && atMs <= toMs);
  });

  expect(silent).toEqual([]);
  expect(new Set(spoken).size).toBe(spoken.length);
  expect(spells.filter(({ fromMs, toMs }) => toMs - fromMs > LONGEST_SILENCE_MS)).toEqual([]);
}

function spellsWithoutVoice(hour: Hour): readonly { fromMs: number; toMs: number }[] {
  const spells: { fromMs: number; toMs: number }[] = [];
  for (const event of hour.events) {
    const atMs = hour.eventAtMs.get(event) ?? 0;
    if (event.type === 'session.degraded') spells.push({ fromMs: atMs, toMs: Infinity });
    const last = spells.at(-1);
    if (event.type === 'session.restored' && last !== undefined) last.toMs = atMs;
  }
  return spells;
}

function exchangesOf(hour: Hour): readonly Exchange[] {
  const { events, utterances } = hour;
  const begins = events.flatMap((event, at) => (isUserTurn(event) ? [at] : []));
  return utterances.map(({ text, asksTool }, turn) => {
    const told = events.slice(begins[turn], begins[turn + 1]);
    const nextAtMs = utterances[turn + 1]?.atMs ?? Infinity;
    const atMsOf = (event: SessionEvent): number => hour.eventAtMs.get(event) ?? 0;
    const calls = told.filter((event) => event.type === 'toolCall');
    return {
      said: { text, asksTool },
      answers: answersTo(hour, text),
      calls: calls.map((call) => (JSON.parse(call.arguments) as { query: string }).query),
      replies: told.flatMap((event) => (event.type === 'reply.ended' ? [event.status] : [])),
      warnings: told.flatMap((event) => (event.type === 'warning' ? [event.error.code] : [])),
      hasSpokenOn:
        told.some((event) => isCut(event) && atMsOf(event) >= nextAtMs) ||
        calls.some(({ callId }) => (hour.resultAtMs.get(callId) ?? 0) >= nextAtMs),
    };
  });
}

/** Those that name what was said, whenever they came: a tool may take long. */
function answersTo(hour: Hour, text: string): Exchange['answers'] {
  const madeOf = new Map<string, string>();
  for (const { id, delta } of hour.eventsOf('reply.text')) {
    madeOf.set(id, `${madeOf.get(id) ?? ''}${delta}`);
  }
  const names = new RegExp(`\\b${text}\\b`);
  return [...madeOf].flatMap(([id, made]) => {
    const item = hour.items.get(id);
    const isOfThis = item?.kind === 'message' && names.test(made);
    return isOfThis ? [{ text: item.text, status: item.status }] : [];
  });
}

function isCut(event: SessionEvent): boolean {
  const { type } = event;
  return type === 'interrupted' || (type === 'reply.ended' && event.status === 'interrupted');
}

function isUserTurn(event: SessionEvent): boolean {
  return event.type === 'item' && event.item.kind === 'message' && event.item.role === 'user';
}
