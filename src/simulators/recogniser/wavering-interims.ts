/**
 * Interims as real services make them: each restates its segment, and may know less than the one before it, or have
 * another first word. Finals stay as they are.
 */
import type { Recogniser, RecogniserResult } from './recogniser.ts';
import type { Random } from '../../ports/random.ts';

/**
 * @param ratio of all interims, how many waver by now: half of them lose words, half begin with another one. 0 to 1.
 * @returns the same recogniser, with such interims; whoever closes one closes the other.
 */
export function waveringInterims(
  recogniser: Recogniser,
  ratio: () => number,
  random: Random,
): Recogniser {
  return {
    open: (options) =>
      recogniser.open({
        ...options,
        onResult: (result) => {
          const wavers = result.kind === 'interim' && ratio() > 0 && random.unit() < ratio();
          options.onResult(wavers ? wavered(result, random) : result);
        },
      }),
    close: () => recogniser.close(),
  };
}

/** As a recogniser writes what it half heard. */
const GUESS = 'uh';

function wavered(result: RecogniserResult, random: Random): RecogniserResult {
  const words = result.text.split(' ').filter((word) => word !== '');
  const kept = Math.floor(words.length / 2);
  const shrinks = random.unit() < 0.5 && kept > 0;
  const text = shrinks
    ? words.slice(0, kept)
    : words.length === 0
      ? []
      : [GUESS, ...words.slice(1)];
  return { ...result, text: text.join(' '), words: shrinks ? result.words.slice(0, kept) : [] };
}
