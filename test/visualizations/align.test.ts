import { describe, expect, it } from 'vitest';

import { align, countOf, wordsOf } from '../../visualizations/demo/align.ts';

const told = (said: string, heard: string, isOver = true): string =>
  align(wordsOf(said), wordsOf(heard), isOver)
    .map(({ text, fate }) => {
      return { heard: text, missing: `[${text}]`, other: `(${text})`, extra: `+${text}` }[fate];
    })
    .join(' ');

describe('the words that arrived', () => {
  it.each([
    ['all of them', 'ask not what', 'ask not what', 'ask not what'],
    ['none', 'ask not', '', '[ask] [not]'],
    ['a hole in the middle', 'ask not what you can', 'ask you can', 'ask [not] [what] you can'],
    ['another word in the place of one', 'ask not what', 'ask that what', 'ask (that) what'],
    ['one in the place of two', 'ask not what you', 'ask knot you', 'ask [not] (knot) you'],
    ['more than was said', 'ask what', 'ask me what', 'ask +me what'],
    ['a word twice', 'ask not what', 'ask not not what', 'ask not +not what'],
    ['the end twice', 'ask not', 'ask not ask not', 'ask not +ask +not'],
    ['two in the place of one', 'ask not what', 'ask know it what', 'ask (know) +it what'],
  ])('are told where there are: %s', (_what, said, heard, expected) => {
    expect(told(said, heard)).toBe(expected);
  });

  it('are not missed while they may still come', () => {
    expect(told('ask not what you can', 'ask what', false)).toBe('ask [not] what');
    expect(told('ask not what you can', 'ask what', true)).toBe('ask [not] what [you] [can]');
  });

  it('are counted where nothing was heard in their place', () => {
    expect(countOf(align(['a', 'b', 'c', 'd'], ['a', 'x', 'd'], true), 'missing')).toBe(1);
  });
});
