/** Text that comes in pieces, as sentences. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SentenceCutter, isSpeakable } from '../../src/voice/sentences.ts';

function cut(...deltas: readonly string[]): readonly string[] {
  const cutter = new SentenceCutter();
  const sentences = deltas.flatMap((delta) => cutter.push(delta));
  const rest = cutter.finish();
  return rest === null ? sentences : [...sentences, rest];
}

describe('a cutter of sentences', () => {
  it.each([
    [['One. Two! Three?'], ['One. ', 'Two! ', 'Three?']],
    [
      ['It is 3.14', ' or so. Yes'],
      ['It is 3.14 or so. ', 'Yes'],
    ],
    [
      ['"Go," he said. "Now!" She', ' went.'],
      ['"Go," he said. ', '"Now!" ', 'She went.'],
    ],
    [['First line\n\nSecond'], ['First line\n\n', 'Second']],
    [['今日は。元気?'], ['今日は。', '元気?']],
    [
      ['Well…', ' then.'],
      ['Well… ', 'then.'],
    ],
    [['   '], []],
  ])('makes of %j these: %j', (deltas, expected) => {
    const sentences = cut(...deltas);

    expect(sentences).toEqual(expected);
  });

  it('waits for no end longer than a breath lasts', () => {
    const cutter = new SentenceCutter();

    const [sentence = ''] = cutter.push('word '.repeat(100));

    expect(sentence.length).toBe(400);
    expect(sentence.endsWith('word ')).toBe(true);
  });

  it('neither loses nor changes a character, however the text is cut', () => {
    const text = fc.array(fc.constantFrom('a', ' ', '. ', '!', '\n', '。', 'word ', '"', '9.9'));

    fc.assert(
      fc.property(fc.array(text.map((parts) => parts.join(''))), (deltas) => {
        const sentences = cut(...deltas);

        const whole = deltas.join('');
        expect(whole.startsWith(sentences.join(''))).toBe(true);
        expect(whole.slice(sentences.join('').length).trim()).toBe('');
      }),
    );
  });

  it.each([
    ['Yes.', true],
    ['9', true],
    ['… — !', false],
    [' \n', false],
  ])('knows whether a voice has anything to say of %j: %s', (text, expected) => {
    const is = isSpeakable(text);

    expect(is).toBe(expected);
  });
});
