/** Turns that overlap: who speaks into what, and what comes late. */
import { describe, expect, it } from 'vitest';

import type { ProviderEvent } from '../../src/providers/contract.ts';
import {
  audio,
  decodeAll,
  generationComplete,
  heard,
  interrupted,
  kindsOf,
  openStream,
  sendMs,
  spoken,
  turnComplete,
} from './gemini-support.ts';

function finalsOf(events: readonly ProviderEvent[]) {
  return events.flatMap((event) => (event.kind === 'transcript' && event.isFinal ? [event] : []));
}

describe('gemini live, turns that overlap', () => {
  it('settles no speech by an answer to something written', () => {
    const stream = openStream();
    sendMs(stream, 2_000);
    stream.encodeOrder!({ kind: 'reply' });

    const events = decodeAll(stream, audio());

    expect(kindsOf(events)).toEqual(['replyStarted', 'item inProgress', 'audio']);
  });

  it('leaves what is said during an answer to something written to the next turn', () => {
    const stream = openStream();
    stream.encodeOrder!({ kind: 'reply' });
    decodeAll(stream, audio());
    sendMs(stream, 2_000);

    const events = decodeAll(stream, heard('Wait'), generationComplete, turnComplete);
    const next = decodeAll(stream, audio());

    expect(finalsOf(events)).toEqual([]);
    expect(finalsOf(next)).toEqual([
      expect.objectContaining({ text: 'Wait', startSample: 0, endSample: 27_200 }),
    ]);
  });

  it('takes nothing for silence that was sent before or after a goAway, until something is said again', () => {
    const stream = openStream();
    sendMs(stream, 4_000);
    decodeAll(stream, { goAway: { timeLeft: '50s' } });
    sendMs(stream, 20_000);

    const mute = stream.settleSilence!(160_000);
    decodeAll(stream, heard('One'), audio(), generationComplete, turnComplete);
    sendMs(stream, 20_000);
    const speaking = stream.settleSilence!(480_000);

    expect(mute).toEqual([]);
    expect(finalsOf(speaking)).toEqual([expect.objectContaining({ text: '', endSample: 480_000 })]);
  });

  it('takes for silence what was sent after a goAway where nobody heard speech in it', () => {
    const stream = openStream();
    decodeAll(stream, { goAway: { timeLeft: '50s' } });
    sendMs(stream, 20_000);

    const quiet = stream.settleSilence!(160_000, true);

    expect(finalsOf(quiet)).toEqual([expect.objectContaining({ text: '', endSample: 160_000 })]);
  });

  it('settles nothing by what may have been long on its way, and tells it with what comes after', () => {
    const stream = openStream();
    sendMs(stream, 40_000);
    const late = [heard('One'), audio(), generationComplete, turnComplete].flatMap((message) =>
      stream.decode(JSON.stringify(message), { isLate: true, atMostSample: Infinity }),
    );

    sendMs(stream, 2_000);
    const before = stream.settleSilence!(480_000);
    const silence = stream.settleSilence!(640_000);
    const next = decodeAll(stream, heard('Two'), audio());

    expect(kindsOf(late)).toContain('item completed');
    expect(finalsOf(late)).toEqual([]);
    expect(before).toEqual([]);
    expect(finalsOf(silence)).toEqual([
      expect.objectContaining({ text: 'One', startSample: 0, endSample: 640_000 }),
    ]);
    expect(finalsOf(next)).toEqual([expect.objectContaining({ text: 'Two' })]);
  });

  it('ends a final where a line that is slow had brought no more, and holds words that were heard before that', () => {
    const stream = openStream();
    const say = (text: string, atMostSample: number) =>
      [heard(text), audio(), generationComplete, turnComplete].flatMap((message) =>
        stream.decode(JSON.stringify(message), { isLate: false, atMostSample }),
      );
    sendMs(stream, 10_000);

    const slow = say('One', 64_000);
    const slower = say('Two', 64_000);
    const silence = stream.settleSilence!(80_000);

    expect(finalsOf(slow)).toEqual([expect.objectContaining({ text: 'One', endSample: 64_000 })]);
    expect(finalsOf(slower)).toEqual([]);
    expect(finalsOf(silence)).toEqual([
      expect.objectContaining({ text: 'Two', startSample: 64_000, endSample: 80_000 }),
    ]);
  });

  it('takes the words that an answer is overtaken by for none of the silence before it', () => {
    const stream = openStream();
    sendMs(stream, 40_000);
    decodeAll(stream, heard('One'), audio(), heard(' two'));

    const silence = stream.settleSilence!(639_000);
    const end = decodeAll(stream, generationComplete, turnComplete);

    expect(finalsOf(silence).map(({ text }) => text)).toEqual(['']);
    expect(finalsOf(end)).toEqual([expect.objectContaining({ text: 'two' })]);
  });

  it('keeps the words of turns that come at once for the next final', () => {
    const stream = openStream();
    sendMs(stream, 4_000);
    decodeAll(stream, heard('One'), audio(), generationComplete, turnComplete);
    decodeAll(stream, heard(' two'), audio(), generationComplete, turnComplete);

    const crowded = decodeAll(stream, heard(' three'), audio(), generationComplete, turnComplete);
    sendMs(stream, 2_000);
    const next = decodeAll(stream, heard(' four'), audio());

    expect(finalsOf(crowded)).toEqual([]);
    expect(finalsOf(next)).toEqual([expect.objectContaining({ text: 'three four' })]);
  });

  it('waits for who interrupts, but not for ever', () => {
    const stream = openStream();
    decodeAll(stream, audio());
    sendMs(stream, 1_000);
    decodeAll(stream, interrupted, turnComplete);
    sendMs(stream, 9_999);
    const early = stream.settleSilence!(5 * 16_000);
    sendMs(stream, 1);

    const late = stream.settleSilence!(5 * 16_000);

    expect(early).toEqual([]);
    expect(finalsOf(late)).toEqual([expect.objectContaining({ text: '', endSample: 80_000 })]);
  });

  it('takes what is written down along with an interruption for the next turn', () => {
    const stream = openStream();
    sendMs(stream, 1_000);
    decodeAll(stream, heard('Tell me a story'), audio());
    sendMs(stream, 1_000);

    const events = decodeAll(stream, {
      serverContent: { interrupted: true, inputTranscription: { text: 'Stop' } },
    });

    expect(events.find((event) => event.kind === 'item' && event.role === 'user')).toMatchObject({
      ref: 'heard_2',
      text: 'Stop',
      status: 'inProgress',
    });
  });

  it('tells late words once', () => {
    const stream = openStream();
    const events: ProviderEvent[] = [];
    for (const late of [' there?', '']) {
      sendMs(stream, 1_000);
      events.push(...decodeAll(stream, heard('Hello'), audio(), heard(late)));
      sendMs(stream, 1_000);
      events.push(...decodeAll(stream, generationComplete, turnComplete));
    }

    expect(finalsOf(events).map(({ text }) => text)).toEqual(['Hello', 'there?', 'Hello', '']);
  });

  it('tells late words with the next final where the answer was interrupted', () => {
    const stream = openStream();
    sendMs(stream, 1_000);
    decodeAll(stream, heard('Hello'), audio(), heard(' there'), interrupted, turnComplete);
    sendMs(stream, 1_000);

    const events = decodeAll(stream, heard(' Stop'), audio());

    expect(finalsOf(events).map(({ text }) => text)).toEqual(['there Stop']);
  });

  it.each([
    ['3 s of audio later', (stream: ReturnType<typeof openStream>) => sendMs(stream, 3_000)],
    ['after the user spoke', (stream) => decodeAll(stream, heard('And you?'))],
    ['after another question', (stream) => stream.encodeOrder!({ kind: 'reply' })],
  ])('takes words for a new answer %s', (_what, passes) => {
    const stream = openStream();
    decodeAll(stream, audio(), generationComplete);

    passes(stream);
    const events = decodeAll(stream, spoken('Fine.'));

    expect(kindsOf(events)).toContain('replyStarted');
    expect(events.at(-1)).toMatchObject({ kind: 'replyText', ref: 'said_2' });
  });

  it('tells a turn that the model leaves unanswered', () => {
    const stream = openStream();
    sendMs(stream, 1_000);

    const events = decodeAll(stream, heard('Hm'), turnComplete);

    expect(kindsOf(events)).toEqual([
      'item inProgress',
      'transcript',
      'item completed',
      'transcript',
    ]);
    expect(finalsOf(events)).toEqual([expect.objectContaining({ text: 'Hm', endSample: 11_200 })]);
  });

  it('says that an answer failed where the service says why a turn is done', () => {
    const stream = openStream();

    const events = decodeAll(stream, audio(), {
      serverContent: { turnComplete: true, turnCompleteReason: 'MALFORMED_FUNCTION_CALL' },
    });

    expect(events).toContainEqual({ kind: 'replyEnded', status: 'failed' });
  });
});
