/** What nobody in a session can do is refused at once: an id would promise that something comes of it. */
import { describe, expect, it } from 'vitest';

import { createSession, createVoiceAgent } from '../../src/node.ts';
import {
  deepgramFlux,
  deepgramListen,
  deepgramSpeak,
  deepgramSpeakHttp,
  geminiLive,
  geminiLlm,
  openaiRealtime,
  whisper,
} from '../../src/providers/index.ts';

const key = { apiKey: 'local' };
const LISTENERS = [deepgramListen(key), deepgramFlux(key), whisper({})];
const SPEAKERS = [deepgramSpeak(key), deepgramSpeakHttp(key)];
const ANSWERERS = [openaiRealtime(key), geminiLive(key)];

const refusedWith = (message: RegExp) =>
  expect.objectContaining({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(message) as string,
  }) as Error;

const conversationOf = (...candidates: Parameters<typeof createSession>[0]['candidates']) =>
  createSession({ candidates }).conversation;

describe('say', () => {
  it.each([...LISTENERS, ...ANSWERERS])(
    'is refused where nobody speaks what it is told: $name',
    (provider) => {
      expect(() => conversationOf(provider).say('hi')).toThrow(
        refusedWith(
          new RegExp(`conversation\\.say: no candidate of this session \\(${provider.name}\\)`),
        ),
      );
    },
  );

  it.each(SPEAKERS)('is taken by $name, and where it is one of several', (provider) => {
    expect(conversationOf(provider).say('hi')).toBe('say_1');
    expect(conversationOf(openaiRealtime(key), provider).say('hi')).toBe('say_1');
  });

  it('that is refused interrupts nothing', () => {
    const session = createSession({ candidates: [openaiRealtime(key)] });
    const told: string[] = [];
    session.on('*', ({ type }) => told.push(type));

    expect(() => session.conversation.say('hi', { interrupt: true })).toThrow(refusedWith(/say/));

    expect(told).toEqual([]);
  });
});

describe('send', () => {
  it.each([...LISTENERS, ...SPEAKERS])('is refused where nobody answers: $name', (provider) => {
    const conversation = conversationOf(provider);

    expect(() => conversation.send('hi')).toThrow(
      refusedWith(
        new RegExp(`conversation\\.send: no candidate of this session \\(${provider.name}\\)`),
      ),
    );
    expect(conversation.items).toEqual([]);
  });

  it.each(ANSWERERS)('is taken where $name answers', (provider) => {
    expect(conversationOf(provider).send('hi')).toMatch(/./);
  });

  it('is only noted where no answer is asked for', () => {
    const conversation = conversationOf(deepgramListen(key));

    conversation.send('hi', { reply: false });

    expect(conversation.items).toMatchObject([{ text: 'hi' }]);
  });
});

describe('a voice agent', () => {
  const parts = { hearing: [LISTENERS[0]!], thinking: geminiLlm(key), speaking: [SPEAKERS[0]!] };

  it.each(SPEAKERS)('does not hear by $name', (provider) => {
    for (const candidate of [provider, { provider, region: 'eu' }]) {
      expect(() => createVoiceAgent({ ...parts, hearing: [LISTENERS[0]!, candidate] })).toThrow(
        refusedWith(new RegExp(`^hearing has ${provider.name}, which hears nothing\\.$`)),
      );
    }
  });

  it.each([...LISTENERS, ...ANSWERERS])('does not speak by $name', (provider) => {
    expect(() => createVoiceAgent({ ...parts, speaking: [provider] })).toThrow(
      refusedWith(
        new RegExp(`^speaking has ${provider.name}, which speaks nothing that it is told`),
      ),
    );
  });

  it.each([undefined, null, 'deepgram', [], [null], [{}]])('does not hear by %j', (hearing) => {
    expect(() => createVoiceAgent({ ...parts, hearing: hearing as never })).toThrow(
      refusedWith(/^candidates is empty, or is not a list/),
    );
  });

  it.each(LISTENERS)('hears by $name', (provider) => {
    for (const speaker of SPEAKERS) {
      expect(() =>
        createVoiceAgent({ ...parts, hearing: [provider], speaking: [speaker] }),
      ).not.toThrow();
    }
  });
});
