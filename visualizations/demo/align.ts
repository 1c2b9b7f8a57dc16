/** Which words of what was said arrived: the longest common sequence of two texts. */
export interface AlignedWord {
  readonly text: string;
  /** `other`: this was heard in the place of another word. `missing`: nothing was. `extra`: there was nothing to be heard. */
  readonly fate: 'heard' | 'missing' | 'other' | 'extra';
}

export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/**
 * @param isOver whether no more is to come: else what lies behind the last word that was heard is not missed yet, and is left out.
 */
export function align(
  said: readonly string[],
  heard: readonly string[],
  isOver: boolean,
): readonly AlignedWord[] {
  const common = commonLengths(said, heard);
  const words: AlignedWord[] = [];
  let i = 0;
  let j = 0;
  while (i < said.length || j < heard.length) {
    const from = { i, j };
    while (!(i < said.length && said[i] === heard[j]) && (i < said.length || j < heard.length)) {
      if (j >= heard.length || (i < said.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
        i += 1;
      } else j += 1;
    }
    const unheard = said.slice(from.i, i);
    const instead = heard.slice(from.j, j);
    const isTail = i === said.length && j === heard.length;
    words.push(...stretch(unheard, instead, isTail && !isOver));
    if (i < said.length) words.push({ text: said[i] ?? '', fate: 'heard' });
    i += 1;
    j += 1;
  }
  return words;
}

/** What lies between two words that both have: for each word that was heard instead, one is not missing. */
function stretch(
  unheard: readonly string[],
  instead: readonly string[],
  isOpen: boolean,
): readonly AlignedWord[] {
  const missing = isOpen ? [] : unheard.slice(0, Math.max(0, unheard.length - instead.length));
  return [
    ...missing.map((text) => ({ text, fate: 'missing' }) as const),
    ...instead.map((text, at) => {
      const fate: AlignedWord['fate'] = at < unheard.length || isOpen ? 'other' : 'extra';
      return { text, fate };
    }),
  ];
}

export function countOf(words: readonly AlignedWord[], fate: AlignedWord['fate']): number {
  return words.filter((word) => word.fate === fate).length;
}

function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] =
        a[i] === b[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly Uint16Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
