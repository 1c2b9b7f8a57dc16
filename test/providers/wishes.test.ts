/** What a service would refuse a whole session for is refused at the door, also where somebody writes JavaScript. */
import { describe, expect, it } from 'vitest';

import { createVoiceAgent } from '../../src/node.ts';
import * as providers from '../../src/providers/index.ts';

const key = { apiKey: 'local' };

const openai = (wishes: object) => providers.openaiRealtime({ ...key, ...wishes });
const gemini = (wishes: object) => providers.geminiLive({ ...key, ...wishes });
const agent = (wishes: object) =>
  createVoiceAgent({
    hearing: [providers.deepgramListen(key)],
    thinking: providers.geminiLlm(key),
    speaking: [providers.deepgramSpeak(key)],
    ...wishes,
  });

const MAKERS = [
  ['openaiRealtime', openai],
  ['geminiLive', gemini],
  ['voice agent', agent],
] as const;

const refusedWith = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'OPTION_INVALID',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  }) as Error;

describe('tools', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['get_weather', /^tools is not a list/],
    [[null], /^The name of a tool is undefined\.$/],
    [[{ name: '' }], /^The name of a tool is ""\.$/],
    [[{ name: 'my tool!' }], /^The name of a tool is "my tool!"\.$/],
    [[{ name: 'a'.repeat(129) }], /^The name of a tool is "a{64}"\.$/],
    [[{ name: 'a' }, { name: 'a' }], /^Two tools have the name "a"\.$/],
    [[{ name: 'a', description: 1 }], /^The description of the tool "a"/],
    [[{ name: 'a', parameters: 'object' }], /^The parameters of the tool "a"/],
  ];

  it.each(MAKERS.flatMap(([name, make]) => wrong.map((each) => [name, make, ...each] as const)))(
    'of %s are not %#',
    (_, make, tools, message) => {
      expect(() => make({ tools })).toThrow(refusedWith(message));
    },
  );

  it.each(MAKERS)('of %s have a name, and may have more', (_, make) => {
    const parameters = { type: 'object', properties: {} };

    expect(() =>
      make({
        tools: [{ name: 'get_weather-2', description: 'Says it.', parameters }, { name: 'b' }],
      }),
    ).not.toThrow();
  });

  it('are named as each service has it', () => {
    const dotted = { tools: [{ name: 'weather.get:now' }] };
    const digit = { tools: [{ name: '2nd' }] };

    expect(() => gemini(dotted)).not.toThrow();
    expect(() => openai(digit)).not.toThrow();
    expect(() => openai(dotted)).toThrow('weather.get:now');
    expect(() => gemini(digit)).toThrow('2nd');
  });
});

describe('openaiRealtime', () => {
  it.each([
    [{ turnDetection: { type: 'foo' } }, 'There is no turnDetection type "foo".'],
    [{ turnDetection: 'serverVad' }, 'There is no turnDetection type "undefined".'],
    [{ turnDetection: { type: 'serverVad', eagerness: 'low' } }, /option "eagerness"/],
    [{ turnDetection: { type: 'semanticVad', threshold: 0.5 } }, /option "threshold"/],
    [
      { turnDetection: { type: 'semanticVad', eagerness: 'some' } },
      'There is no eagerness "some".',
    ],
    [{ turnDetection: { type: 'serverVad', threshold: 1.1 } }, 'turnDetection.threshold is 1.1.'],
    [{ turnDetection: { type: 'serverVad', threshold: '0.5' } }, /threshold is 0\.5/],
    [{ turnDetection: { type: 'serverVad', silenceDurationMs: -1 } }, /silenceDurationMs is -1/],
    [{ turnDetection: { type: 'serverVad', prefixPaddingMs: NaN } }, /prefixPaddingMs is NaN/],
    [{ transcription: { modle: 'x' } }, /option "modle"/],
    [{ outputModalities: [] }, /^outputModalities is empty/],
    [{ outputModalities: ['AUDIO'] }, 'There is no output modality "AUDIO".'],
  ])('refuses %j at the door', (wishes, message) => {
    expect(() => openai(wishes)).toThrow(refusedWith(message));
  });

  it.each([
    {},
    { turnDetection: null },
    { turnDetection: { type: 'serverVad', threshold: 1, idleTimeoutMs: 6_000 } },
    { turnDetection: { type: 'semanticVad', eagerness: 'low', createsReply: false } },
    { transcription: null },
    { outputModalities: ['text'] },
  ])('takes %j', (wishes) => {
    expect(() => openai(wishes)).not.toThrow();
  });
});
