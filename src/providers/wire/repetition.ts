/** Text that goes round in circles, which is what a speech model writes where there is no speech. */

/** How often something has to come in a row to be a loop, by how many words it has; longer ones as the last. */
const LEAST_TURNS = [6, 4, 3] as const;
const LONGEST_LOOP = 12;
/** Where words are not told apart by spaces, characters are looked at, and more of them. */
const LONGEST_LOOP_CHARS = 24;
const LEAST_TURNS_CHARS = 4;
/** So much of the text has to be the loop: a person may say "no, no, no" and go on. */
const LEAST_SHARE = 0.6;
/** Text beyond this is not looked at. */
const MAX_TOKENS = 400;

/** True where a group of words comes again and again in a row and is most of the text. */
export function isLooping(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
  if (loops(words.slice(0, MAX_TOKENS), LONGEST_LOOP, turnsOfWords)) return true;

  const chars = Array.from(words.join('')).slice(0, MAX_TOKENS);
  const isUnspaced = words.length > 0 && chars.length / words.length > 8;
  return isUnspaced && loops(chars, LONGEST_LOOP_CHARS, () => LEAST_TURNS_CHARS);
}

function turnsOfWords(period: number): number {
  return LEAST_TURNS[Math.min(period, LEAST_TURNS.length) - 1] ?? 3;
}

function loops(
  tokens: readonly string[],
  longest: number,
  leastTurns: (period: number) => number,
): boolean {
  for (let period = 1; period <= longest; period += 1) {
    const run = longestRun(tokens, period);
    const isLoop = run >= leastTurns(period) * period;
    if (isLoop && run >= LEAST_SHARE * tokens.length) return true;
  }
  return false;
}

/** How many tokens in a row, at the most, are those that came `period` before, the first turn counted too. */
function longestRun(tokens: readonly string[], period: number): number {
  let longest = 0;
  let run = 0;
  for (let at = period; at < tokens.length; at += 1) {
    run = tokens[at] === tokens[at - period] ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest === 0 ? 0 : longest + period;
}

/** Bits of a literal and of a reference to what came before, about as DEFLATE spends them on prose. */
const LITERAL_BITS = 6;
const REFERENCE_BITS = 20;
const HEADER_BYTES = 6; // of zlib (RFC 1950): two before, four after
const LEAST_MATCH = 4;
const LONGEST_MATCH = 258;
const MAX_BYTES = 16_384;

const encoder = new TextEncoder();

/**
 * How many times smaller zlib would make the text, about: what Whisper calls its compression ratio, for servers that do
 * not tell it. It is an estimate, by matches as LZ77 finds them, and close to zlib where text repeats itself.
 */
export function compressionRatioOf(text: string): number {
  const bytes = encoder.encode(text.slice(0, MAX_BYTES)).slice(0, MAX_BYTES);
  const seenAt = new Map<number, number>();
  let bits = HEADER_BYTES * 8;
  let at = 0;
  while (at < bytes.length) {
    const match = matchAt(bytes, at, seenAt);
    const length = Math.max(1, match);
    bits += match === 0 ? LITERAL_BITS : REFERENCE_BITS;
    for (let passed = at; passed < at + length; passed += 1)
      seenAt.set(wordAt(bytes, passed), passed);
    at += length;
  }
  return (bytes.length * 8) / bits;
}

function matchAt(bytes: Uint8Array, at: number, seenAt: ReadonlyMap<number, number>): number {
  const earlier = seenAt.get(wordAt(bytes, at));
  if (earlier === undefined) return 0;
  let length = 0;
  const most = Math.min(LONGEST_MATCH, bytes.length - at);
  while (length < most && bytes[earlier + length] === bytes[at + length]) length += 1;
  return length >= LEAST_MATCH ? length : 0;
}

function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let next = at; next < at + LEAST_MATCH; next += 1) word = word * 256 + (bytes[next] ?? 0);
  return word;
}
