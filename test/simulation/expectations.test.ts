import { describe, expect, test } from 'vitest';

import { Expectations } from '../../src/simulation/services/expectations.ts';
import type { ConversationItem } from '../../src/ports/conversation.ts';
import type { SpokenWord } from '../../src/simulation/services/microphone.ts';
import { NUCLEUS_AT_MS } from '../../src/simulation/services/voice.ts';
import type { CloseResult, SessionEvent, SessionLedger } from '../../src/session/events.ts';

const CHUNK_MS = 100;

const BOOKS: SessionLedger = {
  captured: 0,
  delivered: 0,
  gap: 0,
  buffered: 0,
  capturedMs: 0,
  deliveredMs: 0,
  gapMs: 0,
  bufferedMs: 0,
  replayed: 0,
  replayedMs: 0,
  duplicatesSuppressed: 0,
};

/** A history that is told by hand: two seconds of audio with one word in it. */
class History {
  readonly found: string[] = [];
  readonly checked: Expectations;

  constructor(chunks = 20, isAgent = false) {
    const bounds = { retentionMs: 10_000, longestChunkMs: CHUNK_MS };
    const limits = { ...bounds, mayRepeatTurns: false, isAgent };
    this.checked = new Expectations(limits, (invariant) => this.found.push(invariant));
    for (let chunk = 0; chunk < chunks; chunk += 1) this.checked.captured(CHUNK_MS);
    this.checked.spoken = [spoken(1, 500)];
  }

  tell(event: object, ledger: Partial<SessionLedger> = delivered(20)): this {
    this.checked.event(event as SessionEvent, { ...BOOKS, ...ledger }, 1_000);
    return this;
  }

  final(startMs: number, endMs: number, text = '', words: readonly object[] = []): this {
    return this.tell({ type: 'transcript', isFinal: true, startMs, endMs, text, words });
  }

  gap(fromMs: number, toMs: number): this {
    return this.tell({ type: 'gap', fromMs, toMs });
  }

  end(items: readonly object[] = []): readonly string[] {
    const ledger = { ...BOOKS, ...delivered(20) };
    const result = { drained: true, left: { chunks: 0, ms: 0 }, ledger };
    this.checked.closed(
      result as unknown as CloseResult,
      items as unknown as readonly ConversationItem[],
    );
    return this.found;
  }
}

function spoken(number: number, fromMs: number): SpokenWord {
  return { number, asksTool: false, fromMs, nucleusAtMs: fromMs + NUCLEUS_AT_MS };
}

function delivered(chunks: number): Partial<SessionLedger> {
  const ms = chunks * CHUNK_MS;
  return { captured: chunks, capturedMs: ms, delivered: chunks, deliveredMs: ms };
}

const lost = {
  type: 'connection.reconnecting',
  attempt: 1,
  maxAttempts: 5,
  persistsForMs: 0,
  cause: { kind: 'transient' },
};

function parting(leftMs: number): CloseResult {
  return { drained: leftMs === 0, left: { chunks: 1, ms: leftMs } } as unknown as CloseResult;
}

describe('what is expected of a session', () => {
  test('who parts has delivered all, has taken time for it, or had nobody to deliver it to', () => {
    const { checked, found } = new History();
    checked.parted(parting(0), 'active', 10);
    checked.parted(parting(100), 'reconnecting', 10);
    checked.parted(parting(100), 'active', 5_000);
    expect(found).toEqual([]);

    checked.parted(parting(100), 'active', 10);
    expect(found).toEqual(['I10']);
  });

  test('the attempts of a connection that stood for long count anew', () => {
    const { checked, found } = new History();
    const later = (attempt: number, atMs: number): void =>
      checked.event({ ...lost, attempt } as unknown as SessionEvent, BOOKS, atMs);
    checked.dials.dialled(0, 1_000);
    later(1, 70_000);
    later(4, 6_000);
    later(5, 80_000); // it waited: nothing stood
    expect(found).toEqual([]);

    checked.event({ type: 'connection.reconnected' } as unknown as SessionEvent, BOOKS, 90_000);
    later(4, 90_000);
    expect(found).toEqual(['I12']);
  });

  test('who says when to come back is not dialled before', () => {
    const { checked, found } = new History();
    checked.dials.refusedUntil(0, 10_000);
    checked.dials.dialled(1, 5_000);
    checked.dials.dialled(0, 10_000);
    expect(found).toEqual([]);

    checked.dials.refusedUntil(0, 20_000);
    checked.dials.dialled(0, 15_000);
    expect(found).toEqual(['I12']);
  });

  test('a history in which all is well has nothing to report', () => {
    const history = new History()
      .tell(lost)
      .tell({ type: 'connection.reconnected' })
      .final(0, 1_500, 'w1', [{ text: 'w1', startMs: 510, endMs: 790 }])
      .final(1_500, 2_000);
    history.checked.converged('active', 60_000);

    expect(history.end()).toEqual([]);
  });

  test.each<[string, string, (history: History) => unknown]>([
    ['I4', 'a gap in what a final covers', (h) => h.final(0, 2_000, 'w1').gap(1_000, 1_500).end()],
    ['I4', 'a final that reaches into a gap', (h) => h.gap(800, 1_200).final(0, 1_000, 'w1')],
    ['I4', 'a gap that reaches into a final', (h) => h.final(0, 1_000, 'w1').gap(900, 2_000)],
    ['I5', 'a call that is told twice', (h) => h.tell(call('a', 't1')).tell(call('a', 't2'))],
    ['I5', 'a tool that is asked twice', (h) => h.tell(call('a', 't1')).tell(call('b', 't1'))],
    ['I5', 'a call that nobody is told of', (h) => h.end([kept('a', 'answered')])],
    ['I5', 'a call that is cancelled in silence', (h) => asked(h).end([kept('a', 'cancelled')])],
    ['I5', 'a call whose result is lost', (h) => answered(h).end([kept('a', 'answered')])],
    [
      'I5',
      'a result that is there twice',
      (h) => answered(h).end([kept('a', 'answered'), RESULT, RESULT]),
    ],
    ['I5', 'a result that nobody gave', (h) => asked(h).end([kept('a', 'answered'), RESULT])],
    ['I5', 'a call that waits on', (h) => answered(h).end([kept('a', 'pending'), RESULT])],
    [
      'I5',
      'items in another order',
      (h) => {
        h.final(0, 2_000, 'w1').tell(item('a')).tell(item('b'));
        h.end([{ id: 'b' }, { id: 'a' }]);
      },
    ],
    ['I6', 'a hole', (h) => h.final(0, 900, 'w1').final(1_000, 2_000).end()],
    ['I6', 'an end that nothing covers', (h) => h.final(0, 1_900, 'w1').end()],
    ['I6', 'finals that overlap', (h) => h.final(0, 1_500, 'w1').final(1_400, 2_000).end()],
    ['I6', 'a word told twice', (h) => h.final(0, 900, 'w1').final(900, 2_000, 'w1').end()],
    ['I6', 'a word that is not told', (h) => h.final(0, 2_000).end()],
    ['I6', 'a word that nobody said', (h) => h.final(0, 2_000, 'w1 hello').end()],
    ['I6', 'a final of what was not captured', (h) => h.final(0, 2_500, 'w1')],
    [
      'I6',
      'a final of what is not settled',
      (h) => h.tell(final(0, 2_000), { ...delivered(20), deliveredMs: 500 }),
    ],
    ['I9', 'fewer chunks in the books', (h) => books(h, delivered(19))],
    ['I9', 'books that do not balance', (h) => books(h, { ...delivered(20), gap: 1 })],
    [
      'I9',
      'what was delivered and is not any more',
      (h) => {
        books(h, delivered(20));
        books(h, {
          ...delivered(20),
          delivered: 19,
          deliveredMs: 1_900,
          buffered: 1,
          bufferedMs: 100,
        });
      },
    ],
    ['I10', 'a session that is not well after all is', (h) => h.checked.converged('error', 0)],
    ['I10', 'a session that never closes', (h) => h.checked.closed(null, [])],
    ['I12', 'one attempt too many', (h) => h.tell({ ...lost, attempt: 6 })],
    ['I12', 'dials without end', (h) => dials(h, 41)],
    [
      'I12',
      'a dial after a refusal for good',
      (h) => {
        h.checked.dials.refusedForGood(0, 0);
        h.checked.dials.dialled(0, 0);
      },
    ],
    [
      'I15',
      'a word in another place',
      (h) => h.final(0, 2_000, 'w1', [{ text: 'w1', startMs: 900, endMs: 1_200 }]),
    ],
    ['I12', 'a dial after the end', (h) => h.checked.dials.dialled(0, 0, true)],
    [
      'I17',
      'a reconnection that does not end',
      (h) => h.tell(lost).checked.converged('active', 60_000),
    ],
    ['I17', 'a reconnection from nothing', (h) => h.tell({ type: 'connection.reconnected' })],
  ])('%s: %s is found', (invariant, _what, happens) => {
    const history = new History();

    happens(history);

    expect(history.found).toContain(invariant);
  });

  test('I8: what is held beyond its bound is found, where nothing is on its way', () => {
    const history = new History(200);
    const ledger = {
      ...BOOKS,
      captured: 200,
      buffered: 200,
      capturedMs: 20_000,
      bufferedMs: 20_000,
    };

    history.checked.books(ledger, false);
    expect(history.found).toEqual([]);

    history.checked.books(ledger, true);
    expect(history.found).toEqual(['I8']);
  });

  test('a word in a gap, and one that an item tells, are not missed', () => {
    expect(new History().final(0, 400).gap(400, 900).final(900, 2_000).end()).toEqual([]);
    expect(new History().final(0, 2_000).tell(item('a', 'w1')).end()).toEqual([]);
  });

  test('calls that are answered, cancelled with a word, or not answered yet are done once', () => {
    const items = [kept('a', 'answered'), RESULT, kept('b', 'cancelled'), kept('c', 'pending')];
    const history = answered(new History())
      .tell(call('b', 't2'))
      .tell({ type: 'toolCall.cancelled', callIds: ['b'] })
      .tell(call('c', 't3'))
      .final(0, 2_000, 'w1');

    expect(history.end(items)).toEqual([]);
  });

  test('an answer that was refused may cross with the next one: both ask the tool', () => {
    const history = new History().tell({ type: 'warning' });

    asked(history).tell(call('b', 't1'));

    expect(history.found).toEqual([]);
  });

  test('whoever has just begun to move to another session is no violation, and whoever was lost is one', () => {
    const moves = new History().tell({ ...lost, cause: { kind: 'planned' } });
    const breaks = new History().tell(lost);

    moves.checked.converged('reconnecting', 9_999);
    breaks.checked.converged('reconnecting', 9_999);

    expect(moves.found).toEqual([]);
    expect(breaks.found).toEqual(['I17', 'I10']);
  });

  test('a voice agent keeps books of each of its parts', () => {
    const of = (component: string, type: string) => ({ component, type: `connection.${type}` });
    const history = new History(20, true).tell({ ...lost, component: 'tts' });

    history.tell(of('tts', 'reconnected'));
    history.tell({ type: 'session.degraded', missing: ['hearing'] }).tell(of('stt', 'reconnected'));
    expect(history.found).toEqual([]);

    history.tell({ ...lost, component: 'tts' }).tell(of('llm', 'reconnected'));
    history.checked.converged('active', 60_000);
    expect(history.found).toEqual(['I17']);

    history.checked.converged('active', 60_000, 'speaking');
    history.checked.dialsOf('thinking').refusedForGood(0, 0);
    history.checked.dialsOf('speaking').dialled(0, 60_000);
    expect(history.found).toEqual(['I17', 'I17']);
  });

  test('a model that is not shown a call which waits may ask for the same', () => {
    const history = new History(20, true).tell({ type: 'reply.started' });
    const asks = (id: string) => history.tell(call(id, 't1'));

    asks('a').tell({ type: 'reply.ended' }).tell({ type: 'reply.started' });
    asks('b').tell({ type: 'reply.ended' });
    expect(history.found).toEqual([]);

    history.checked.calls.answered('b');
    history.tell({ type: 'reply.started' });
    asks('c');
    expect(history.found).toEqual(['I5']);
  });

  test('a final may span what was lost in the middle of what it heard', () => {
    const history = new History().gap(300, 400).final(0, 1_500, 'w1').final(1_500, 2_000);

    expect(history.end()).toEqual([]);
  });

  test('an order to connect, and a socket that opens, end what a refusal forbade', () => {
    const history = new History();

    history.checked.dials.refusedForGood(0, 0);
    history.checked.dials.ordered();
    history.checked.dials.dialled(0, 0);
    history.checked.dials.refusedForGood(0, 0);
    history.checked.dials.accepted(0);
    history.checked.dials.dialled(0, 0);

    expect(history.found).toEqual([]);
  });
});

function final(startMs: number, endMs: number): object {
  return { type: 'transcript', isFinal: true, startMs, endMs, text: 'w1', words: [] };
}

function item(id: string, text = ''): object {
  return { type: 'item', item: { kind: 'message', role: 'user', id, text } };
}

function call(callId: string, query: string): object {
  return { type: 'toolCall', callId, arguments: JSON.stringify({ query }) };
}

const RESULT = { kind: 'toolResult', id: 'r', callId: 'a', output: '' };

function kept(callId: string, status: string): object {
  return { kind: 'toolCall', id: callId, callId, status };
}

function asked(history: History): History {
  return history.tell(call('a', 't1'));
}

function answered(history: History): History {
  history.checked.calls.answered('a');
  return asked(history);
}

function books({ checked }: History, ledger: Partial<SessionLedger>): void {
  checked.books({ ...BOOKS, ...ledger }, true);
}

function dials({ checked }: History, times: number): void {
  for (let dial = 0; dial < times; dial += 1) checked.dials.dialled(0, dial * 1_000);
}
