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

describe('gemini live, turns', () => {
  it('settles what was heard when the model begins to answer, but for the last moment', () => {
    const stream = openStream();
    sendMs(stream, 2_000);

    const events = decodeAll(stream, heard(' How is'), heard(' the weather?'), audio());

    expect(kindsOf(events)).toEqual([
      'item inProgress',
      'transcript',
      'item inProgress',
      'transcript',
      'item completed',
      'transcript',
      'replyStarted',
      'item inProgress',
      'audio',
    ]);
    expect(events[4]).toMatchObject({
      role: 'user',
      text: 'How is the weather?',
      endSample: 27_200,
    });
    expect(finalsOf(events)).toEqual([
      expect.objectContaining({
        text: 'How is the weather?',
        startSample: 0,
        endSample: 27_200,
        endsUtterance: true,
      }),
    ]);
  });

  it('lets finals tile over many turns', () => {
    const stream = openStream();
    const events: ProviderEvent[] = [];
    for (const text of ['one', 'two', 'three']) {
      sendMs(stream, 1_500);
      events.push(...decodeAll(stream, heard(text), audio()));
      sendMs(stream, 700);
      events.push(...decodeAll(stream, generationComplete, turnComplete));
      sendMs(stream, 6_000);
      events.push(...stream.settleSilence!(4_000));
    }

    const finals = finalsOf(events);

    expect(finals.map(({ text }) => text).join('')).toBe('onetwothree');
    finals.forEach((final, index) => {
      expect(final.startSample).toBe(finals[index - 1]?.endSample ?? 0);
      expect(final.endSample).toBeGreaterThan(final.startSample);
    });
  });

  it('gives words that come late to the turn that is being answered', () => {
    const stream = openStream();
    sendMs(stream, 2_000);

    const events = decodeAll(stream, heard('How is'), audio(), heard(' the weather?'));
    sendMs(stream, 1_000);
    const done = decodeAll(stream, generationComplete, turnComplete);

    expect(events.at(-1)).toMatchObject({
      kind: 'item',
      ref: 'heard_1',
      text: 'How is the weather?',
      status: 'completed',
    });
    expect(finalsOf([...events, ...done]).map(({ text }) => text)).toEqual([
      'How is',
      'the weather?',
    ]);
  });

  it('keeps the place of a turn whose words all come after the answer began', () => {
    const stream = openStream();
    sendMs(stream, 2_000);

    const events = decodeAll(stream, audio(), heard('Hello'));

    const items = events.flatMap((event) => (event.kind === 'item' ? [event] : []));
    expect(items.map(({ ref }) => ref)).toEqual(['heard_1', 'said_1', 'heard_1']);
    expect(items.at(-1)).toMatchObject({ text: 'Hello', status: 'completed' });
  });

  it.each([
    ['both', [generationComplete, turnComplete]],
    ['the first alone', [generationComplete]],
    ['the second alone', [turnComplete]],
    ['both in one', [{ serverContent: { generationComplete: true, turnComplete: true } }]],
  ])('ends an answer once, told by %s', (_what, endings) => {
    const events = decodeAll(openStream(), spoken('Hello'), audio(), ...endings);

    expect(kindsOf(events)).toEqual([
      'replyStarted',
      'item inProgress',
      'replyText',
      'audio',
      'item completed',
      'replyEnded completed',
    ]);
  });

  it('adds words that come after the end to the answer that has ended', () => {
    const stream = openStream();

    const events = decodeAll(stream, audio(), generationComplete, spoken(' there.'), turnComplete);

    expect(events.filter(({ kind }) => kind === 'replyStarted')).toHaveLength(1);
    expect(events.at(-1)).toEqual({ kind: 'replyText', ref: 'said_1', delta: ' there.' });
  });

  it('starts a new answer after each end, also where turnComplete never comes', () => {
    const stream = openStream();
    const once = () => {
      sendMs(stream, 4_000);
      return decodeAll(stream, heard('a'), spoken('b'), audio(), generationComplete);
    };

    const events = [...once(), ...once()];

    expect(finalsOf(events).map(({ text }) => text)).toEqual(['a', 'a']);
    expect(kindsOf(events).filter((kind) => /^reply(Started|Ended)/.test(kind))).toEqual([
      'replyStarted',
      'replyEnded completed',
      'replyStarted',
      'replyEnded completed',
    ]);
  });

  it('is interrupted by the user, whose words are not settled with the answer', () => {
    const stream = openStream();
    sendMs(stream, 1_000);
    decodeAll(stream, heard('Tell me a story'), audio());
    sendMs(stream, 2_000);

    const events = decodeAll(stream, interrupted, turnComplete, heard('Stop'));
    const silence = stream.settleSilence!(40_000);

    expect(kindsOf(events)).toEqual([
      'interrupted',
      'item interrupted',
      'replyEnded interrupted',
      'item inProgress',
      'transcript',
    ]);
    expect(finalsOf([...events, ...silence])).toEqual([]);
  });

  it('takes silence for silence, but nothing while somebody is being written down', () => {
    const stream = openStream();
    sendMs(stream, 8_000);

    const silence = stream.settleSilence!(48_000);
    decodeAll(stream, heard('Hello'));
    const speech = stream.settleSilence!(120_000);

    expect(silence).toEqual([
      expect.objectContaining({ text: '', startSample: 0, endSample: 48_000, isFinal: true }),
    ]);
    expect(speech).toEqual([]);
  });

  it('waits longer for silence where nothing is written down', () => {
    const stream = openStream({ inputTranscription: false });
    sendMs(stream, 40_000);

    expect(stream.settleSilence!(30 * 16_000)).toEqual([
      expect.objectContaining({ endSample: 5 * 16_000 }),
    ]);
  });

  it('answers a flush with a final of everything sent before it', () => {
    const stream = openStream();
    sendMs(stream, 1_000);
    const frame = stream.encodeFlush();

    const events = decodeAll(stream, heard('Hello'), audio());

    expect(frame).toBe('{"realtimeInput":{"audioStreamEnd":true}}');
    expect(finalsOf(events)).toEqual([
      expect.objectContaining({ endSample: 16_000, answersFlush: true }),
    ]);
  });

  it('passes nothing on of an answer that the application stopped', () => {
    const stream = openStream();
    decodeAll(stream, spoken('Once upon'), audio());
    stream.encodeOrder!({ kind: 'interrupt', ref: 'said_1', heardMs: 100 });

    const rest = decodeAll(stream, spoken(' a time'), audio(), generationComplete, turnComplete);
    const next = decodeAll(stream, spoken('Yes?'));

    expect(kindsOf(rest)).toEqual(['item interrupted', 'replyEnded interrupted']);
    expect(kindsOf(next)).toEqual(['replyStarted', 'item inProgress', 'replyText']);
  });
});
