/**
 * A name for a clip that is the same whenever the same audio is posted by the same provider, and another otherwise.
 *
 * Two FNV-1a hashes of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/), begun differently: nobody is kept out by
 * it, and of a session's clips no two are alike by accident.
 */
const PRIME = 0x0100_0193;
const BASES = [0x811c_9dc5, 0x9747_b28c] as const;

export function clipKeyOf(session: string, pcm: Uint8Array): string {
  let [one, two]: readonly number[] = BASES;
  one ??= 0;
  two ??= 0;
  for (const byte of pcm) {
    one = Math.imul(one ^ byte, PRIME);
    two = Math.imul(two ^ (byte + 1), PRIME);
  }
  return `${session}-${pcm.length}-${hex(one)}${hex(two)}`;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** @param unit a number in [0, 1), twice asked. */
export function sessionNameOf(unit: () => number): string {
  return `tenuto-${hex(unit() * 2 ** 32)}${hex(unit() * 2 ** 32)}`;
}
