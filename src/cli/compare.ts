/** Two transcripts, word for word. */
export interface WordDifference {
  /** Number of the word, from 1, in the first transcript. */
  readonly at: number;
  readonly first: string;
  readonly second: string;
}

/** The stretches in which two texts differ, found by their longest common sequence of words. */
export function differencesOf(first: string, second: string): readonly WordDifference[] {
  const a = wordsOf(first);
  const b = wordsOf(second);
  const common = commonLengths(a, b);
  const differences: WordDifference[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const start = { i, j };
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) i += 1;
      else j += 1;
    }
    differences.push({
      at: start.i + 1,
      first: a.slice(start.i, i).join(' '),
      second: b.slice(start.j, j).join(' '),
    });
  }

  return differences;
}

export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] =
        a[i] === b[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
