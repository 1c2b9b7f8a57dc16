/** What is said in an hour, and when something goes wrong: drawn from a seed before it begins. */
import { seededRandom } from '../../src/ports/random.ts';
import { speak } from '../../src/simulators/persona/voice.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const RATE_HZ = 16_000;

/** What is called by "tell weather 3". */
export const TOOL = 'get_weather';

export interface Utterance {
  readonly atMs: number;
  readonly text: string;
  readonly asksTool: boolean;
  /** PCM s16le at `RATE_HZ`. */
  readonly pcm: Uint8Array;
}

const FIRST_AT_MS = 2_000;
/** No turn begins so late that its answer would not be heard. */
const LAST_BEFORE_END_MS = 20_000;
const PAUSE_MS = { least: 6_000, most: 14_000 } as const;
const THINGS = ['apple', 'bridge', 'candle', 'dolphin', 'engine', 'forest', 'garden', 'harbour'];

/** A turn each 6 to 14 s after the one before; each says something else, and every fifth asks for the tool. */
export function utterancesOf(seed: number, lengthMs: number): readonly Utterance[] {
  const random = seededRandom(seed);
  const utterances: Utterance[] = [];
  let atMs = FIRST_AT_MS;
  while (atMs < lengthMs - LAST_BEFORE_END_MS) {
    const turn = utterances.length;
    const asksTool = turn % 5 === 3;
    const thing = THINGS[Math.floor(random.unit() * THINGS.length)] ?? '';
    const text = asksTool ? `tell weather ${turn}` : `${thing} number ${turn}`;
    const pcm = speak(text, RATE_HZ);
    utterances.push({ atMs, text, asksTool, pcm });
    const lastsMs = (pcm.length * 1_000) / (RATE_HZ * 2);
    atMs += lastsMs + PAUSE_MS.least + random.unit() * (PAUSE_MS.most - PAUSE_MS.least);
  }
  return utterances;
}

/** A moment in each minute but the last, in which all must come to rest. */
export function faultMomentsOf(seed: number, lengthMs: number): readonly number[] {
  const random = seededRandom(seed);
  const minutes = Math.floor(lengthMs / MINUTE_MS) - 1;
  return Array.from({ length: minutes }, (_, minute) => (minute + random.unit()) * MINUTE_MS);
}
