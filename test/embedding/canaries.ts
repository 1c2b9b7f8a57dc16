/** Secrets and audio that can be told wherever they turn up, in whatever form they got there. */

export interface Canary {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Three bytes become four letters, so the same bytes look different at each of three places. */
const ALIGNMENTS = [0, 1, 2];

export function textCanary(text: string): Canary {
  return { name: text, bytes: Buffer.from(text) };
}

/** Audio that says the same over and over, readable even where somebody takes it for text. */
export const SPOKEN = textCanary('pcm-Canary+7/f3!');

/** So much audio, a whole number of canaries. */
export function canaryChunk(times: number): Uint8Array {
  return Buffer.from(SPOKEN.name.repeat(times));
}

/** The canaries that stand in what went over the wire, each with the form in which it does. */
export function leaksIn(wire: string, canaries: readonly Canary[]): readonly string[] {
  // A typed array is written as an object with its indices; a definition is JSON inside of JSON.
  const plain = wire.replaceAll('\\', '').replaceAll(/"\d+":|\s/g, '');
  return canaries.flatMap((canary) =>
    formsOf(canary)
      .filter(({ letters }) => plain.includes(letters))
      .map(({ form }) => `${canary.name} as ${form}`),
  );
}

function formsOf({ name, bytes }: Canary): readonly { form: string; letters: string }[] {
  const even = Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return [
    { form: 'text', letters: name },
    { form: 'URL', letters: encodeURIComponent(name) },
    { form: 'hex', letters: Buffer.from(bytes).toString('hex') },
    { form: 'bytes', letters: bytes.join(',') },
    { form: 'samples', letters: new Int16Array(even.buffer).join(',') },
    ...ALIGNMENTS.flatMap((at) => {
      const whole = bytes.subarray(at, at + 3 * Math.floor((bytes.length - at) / 3));
      return [
        { form: 'base64', letters: Buffer.from(whole).toString('base64') },
        { form: 'base64url', letters: Buffer.from(whole).toString('base64url') },
      ];
    }),
  ];
}
