/** Which language models a voice agent takes. */
import { describe, expect, it } from 'vitest';

import { thinkersOf } from '../../src/voice/thinkers.ts';
import { ScriptedModel } from './voice-world.ts';

const model = new ScriptedModel('a');

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

  it('have no option that there is not', () => {
    expect(() => thinkersOf([{ model, regoin: 'eu' }])).toThrow(
      'There is no language model option "regoin".',
    );
  });
});
