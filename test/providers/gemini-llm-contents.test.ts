/** What stands last in a request: the service answers nothing that ends with words of the model. */
import { describe, expect, it } from 'vitest';

import type { MessageItem } from '../../src/ports/conversation.ts';
import { contentsOf } from '../../src/providers/gemini-llm/contents.ts';

const CALL = {
  kind: 'toolCall',
  id: 'call',
  callId: 'c1',
  name: 'f',
  arguments: '{}',
  status: 'answered',
} as const;
const RESULT = { kind: 'toolResult', id: 'result', callId: 'c1', output: 'one' } as const;

describe('a request to Gemini', () => {
  it.each([
    ['that came late', [said('user', 'And?'), said('assistant', 'Soon.'), RESULT]],
    [
      'that came while something else was answered',
      [said('user', 'And?'), RESULT, said('assistant', 'Soon.')],
    ],
  ])('ends with a result %s', (_, since) => {
    const contents = contentsOf([said('user', 'Look it up'), CALL, ...since]);

    expect(contents).toMatchObject([
      { role: 'user', parts: [{ text: 'Look it up' }, { text: 'And?' }] },
      { role: 'model', parts: [{ text: 'Soon.' }, { functionCall: { id: 'c1' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'c1', response: { output: 'one' } } }] },
    ]);
  });

  it('ends with a result though the wait for it was bridged by words', () => {
    const contents = contentsOf([said('user', 'Look'), CALL, said('assistant', 'Well.'), RESULT]);

    expect(contents).toMatchObject([
      { role: 'user', parts: [{ text: 'Look' }] },
      { role: 'model', parts: [{ text: 'Well.' }, { functionCall: { id: 'c1' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'c1' } }] },
    ]);
  });

  it('ends with the newest result, and leaves the one before at its place', () => {
    const contents = contentsOf([
      said('user', 'Both'),
      CALL,
      RESULT,
      { ...CALL, callId: 'c2' },
      { ...RESULT, callId: 'c2' },
    ]);

    expect(contents).toMatchObject([
      { role: 'user' },
      { role: 'model', parts: [{ functionCall: { id: 'c1' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'c1' } }] },
      { role: 'model', parts: [{ functionCall: { id: 'c2' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'c2' } }] },
    ]);
  });

  it('ends with the words of the user, and shows nothing that was said since', () => {
    const contents = contentsOf([
      said('assistant', 'Welcome'),
      said('user', 'Hello'),
      said('assistant', 'One moment'),
    ]);

    expect(contents).toEqual([
      { role: 'model', parts: [{ text: 'Welcome' }] },
      { role: 'user', parts: [{ text: 'Hello' }] },
    ]);
  });

  it('has no words beside results', () => {
    const contents = contentsOf([said('user', 'Look'), CALL, RESULT, said('user', 'Well?')]);

    expect(contents.slice(2)).toMatchObject([
      { role: 'user', parts: [{ functionResponse: { id: 'c1' } }] },
      { role: 'user', parts: [{ text: 'Well?' }] },
    ]);
  });
});

function said(role: 'user' | 'assistant', text: string): MessageItem {
  const status = 'completed';
  return { kind: 'message', id: text, role, text, status, fromMs: null, toMs: null, heardMs: null };
}
