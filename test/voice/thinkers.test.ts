/** Which language models a voice agent takes. */
import { describe, expect, it, vi } from 'vitest';

import { createVoiceAgent, nodeWebSocketTransport } from '../../src/node.ts';
import { deepgramListen, deepgramSpeak, geminiLlm } from '../../src/providers/index.ts';
import type { Http } from '../../src/ports/http.ts';
import { thinkersOf } from '../../src/voice/thinkers.ts';
import { ScriptedModel } from './voice-world.ts';

const model = new ScriptedModel('a');

const QUESTION = {
  conversation: [
    {
      kind: 'message',
      id: 'item_1',
      role: 'user',
      text: 'Hi',
      status: 'completed',
      fromMs: null,
      toMs: null,
      heardMs: null,
    },
  ],
  instructions: '',
  tools: [],
} as const;

const ignored = () => undefined;
const HANDLERS = { onText: ignored, onToolCall: ignored, onEnd: ignored, onFailed: ignored };

function httpTelling(asked: () => void): Http {
  return {
    send: () => {
      asked();
      return { cancel: ignored };
    },
  };
}

describe('the language models of an agent', () => {
  it('are one, several, or with a region and a key', () => {
    const named = [model, { model }, { model, region: 'eu' }, { model, key: 'second' }];

    expect(thinkersOf(model)).toEqual([{ model, name: 'a', key: '["a","","default"]' }]);
    expect(thinkersOf(named).map(({ name, key }) => [name, key])).toEqual([
      ['a', '["a","","default"]'],
      ['a', '["a","","default"]'],
      ['a (eu)', '["a","eu","default"]'],
      ['a', '["a","","second"]'],
    ]);
  });

  it.each([undefined, null, 'a', [], {}, [model, {}], [null], { model: {} }, { model: null }])(
    'are not %j',
    (given) => {
      expect(() => thinkersOf(given)).toThrow(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: 'A voice agent takes at least one language model.',
        }),
      );
    },
  );

  it('ask over the network that they were made with, or else over the one of the agent', () => {
    const asked: string[] = [];
    const own = httpTelling(() => asked.push('own'));
    const lent = httpTelling(() => asked.push('lent'));
    const apiKey = () => Promise.resolve('local');

    const thinkers = thinkersOf([geminiLlm({ apiKey, http: own }), geminiLlm({ apiKey })], lent);
    const [first, second] = thinkers;
    first.model.reply(QUESTION, HANDLERS);
    second?.model.reply(QUESTION, HANDLERS);

    return vi.waitFor(() => expect(asked).toEqual(['own', 'lent']), { interval: 1 });
  });

  it('need a network: their own, or one of the agent', () => {
    const refused = { code: 'OPTION_INVALID', message: expect.stringMatching(/no network/) };

    expect(() => thinkersOf(geminiLlm({ apiKey: 'local' }))).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => geminiLlm({ apiKey: 'local' }).reply(QUESTION, HANDLERS)).toThrow(
      expect.objectContaining(refused),
    );
  });

  it('take the network of Node where they are made there', () => {
    const service = { apiKey: 'local' };
    const agent = { hearing: [deepgramListen(service)], speaking: [deepgramSpeak(service)] };
    const { http } = nodeWebSocketTransport;

    expect(() => createVoiceAgent({ ...agent, thinking: geminiLlm(service) })).not.toThrow();
    expect(() =>
      createVoiceAgent({ ...agent, thinking: geminiLlm({ ...service, http }) }),
    ).not.toThrow();
  });

  it('have no option that there is not', () => {
    expect(() => thinkersOf([{ model, regoin: 'eu' }])).toThrow(
      'There is no language model option "regoin".',
    );
  });
});
