import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  audio,
  callOf,
  decodeAll,
  kindsOf,
  openStream,
  sendMs,
  spoken,
  turnComplete,
} from './gemini-support.ts';

describe('gemini live, what else it tells', () => {
  it('tells a tool call once, with what has to go back with it', () => {
    const stream = openStream();
    const part = { functionCall: { name: 'f', args: {}, id: 'fc_2' }, thoughtSignature: 'c2ln' };

    const events = decodeAll(stream, callOf('fc_1'), callOf('fc_1'), {
      serverContent: { modelTurn: { parts: [part] } },
    });

    expect(events).toEqual([
      { kind: 'replyStarted' },
      { kind: 'toolCall', callId: 'fc_1', name: 'get_weather', arguments: '{"city":"London"}' },
      { kind: 'toolCall', callId: 'fc_2', name: 'f', arguments: '{}', signature: 'c2ln' },
    ]);
  });

  it('names calls that have no id, and answers them without one', () => {
    const stream = openStream();
    const [, call] = decodeAll(stream, callOf());
    const item = { kind: 'toolResult', id: 'i', callId: 'get_weather_1', output: '{}' } as const;

    const [frame] = stream.encodeOrder!({ kind: 'toolResult', item, name: 'get_weather' })!;

    expect(call).toMatchObject({ callId: 'get_weather_1' });
    expect(JSON.parse(frame as string).toolResponse.functionResponses[0]).not.toHaveProperty('id');
  });

  it('says something new after a call in an item of its own, in the same answer', () => {
    const events = decodeAll(
      openStream(),
      spoken('Let me see.'),
      callOf('fc_1'),
      spoken('Foggy.'),
      turnComplete,
    );

    expect(kindsOf(events)).toEqual([
      'replyStarted',
      'item inProgress',
      'replyText',
      'item completed',
      'toolCall',
      'item inProgress',
      'replyText',
      'item completed',
      'replyEnded completed',
    ]);
  });

  it('does not take for speech what is only thought', () => {
    const events = decodeAll(openStream(), {
      serverContent: { modelTurn: { parts: [{ text: '**Crafting**', thought: true }] } },
    });

    expect(events).toEqual([]);
  });

  it('takes text for an answer only where text was asked for', () => {
    const frame = { serverContent: { modelTurn: { parts: [{ text: 'Hello' }] } } };

    expect(decodeAll(openStream(), frame)).toEqual([]);
    expect(kindsOf(decodeAll(openStream({ responseModalities: ['TEXT'] }), frame))).toEqual([
      'replyStarted',
      'item inProgress',
      'replyText',
    ]);
  });

  it.each([
    [{ newHandle: 'h1', resumable: true }, [{ kind: 'handleOffered', handle: 'h1' }]],
    [{ newHandle: '', resumable: true }, []],
    [{ resumable: true }, []],
    [{ newHandle: 'h1', resumable: false }, []],
    [{ newHandle: 'h1' }, []],
  ])('of %j it keeps %j', (update, events) => {
    expect(decodeAll(openStream(), { sessionResumptionUpdate: update })).toEqual(events);
  });

  it.each([
    ['50s', 50_000],
    ['9.5s', 9_500],
    ['49.500s', 49_500],
    ['0s', 0],
    [undefined, 50_000],
    ['soon', 50_000],
    ['-3s', 50_000],
    [12, 50_000],
  ])('a goAway with %j ends in %d ms', (timeLeft, inMs) => {
    expect(decodeAll(openStream(), { goAway: { timeLeft } })).toEqual([
      { kind: 'endAnnounced', inMs },
    ]);
  });

  it('reads binary frames, several members of one, and nothing from an empty one', () => {
    const stream = openStream();
    const both = {
      serverContent: {
        modelTurn: audio().serverContent.modelTurn,
        outputTranscription: { text: 'Hi' },
      },
      usageMetadata: { totalTokenCount: 1 },
      goAway: {},
      whatIsNew: {},
    };

    const events = stream.decode(new TextEncoder().encode(JSON.stringify(both)));

    expect(kindsOf(events)).toEqual([
      'replyStarted',
      'item inProgress',
      'audio',
      'replyText',
      'endAnnounced',
      'ignored',
    ]);
    expect(events.at(-1)).toEqual({ kind: 'ignored', what: 'whatIsNew' });
    expect(decodeAll(stream, { serverContent: {} })).toEqual([]);
  });

  it('tells when somebody speaks, where the service does', () => {
    const stream = openStream();
    sendMs(stream, 1_000);

    const events = decodeAll(
      stream,
      { voiceActivity: { voiceActivityType: 'ACTIVITY_START' } },
      { voiceActivityDetectionSignal: { vadSignalType: 'VAD_SIGNAL_TYPE_EOS' } },
    );

    expect(events).toEqual([
      { kind: 'speechStarted', atSample: 16_000 },
      { kind: 'utteranceEnded', atSample: 16_000 },
    ]);
  });
});

const RECORDED = process.env['TENUTO_RECORDED_FRAMES'];

describe.skipIf(RECORDED === undefined)('gemini live, recorded', () => {
  const folder = `${RECORDED ?? '.'}/gemini-live`;
  const names = RECORDED === undefined ? [] : readdirSync(folder);

  it.each(names)('understands every frame of %s', (name) => {
    const frames = readFileSync(`${folder}/${name}`, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
      .filter(({ direction }) => direction === 'received')
      .map(({ data }) => data);

    const events = decodeAll(openStream(), ...frames);

    expect(events.filter(({ kind }) => kind === 'ignored' || kind === 'failed')).toEqual([]);
    expect(kindsOf(events).filter((kind) => kind.startsWith('reply'))).toContain(
      'replyEnded completed',
    );
  });
});
