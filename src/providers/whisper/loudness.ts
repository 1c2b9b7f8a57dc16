/** How loud each frame was since the last cut: what is nearly as loud as a voice, and where it is quietest. */

/** A strict detector knows a voice late and leaves it early: what is nearly as loud beside it, for so long, is part of it. */
export const FRINGE_MS = 500;
/** Of energies: -20 dB. */
const FRINGE_RATIO = 0.01;
/** Where an utterance is too long, the quietest place is looked for in its last seconds. */
const LOOK_BACK_MS = 3_000;

export class Loudness {
  readonly #frameSamples: number;
  readonly #fringeFrames: number;
  readonly #lookBackFrames: number;
  /** Mean squares; full scale is 1. */
  #energies: number[] = [];

  constructor(frameSamples: number, samplesPerMs: number) {
    this.#frameSamples = frameSamples;
    this.#fringeFrames = Math.ceil((FRINGE_MS * samplesPerMs) / frameSamples);
    this.#lookBackFrames = Math.ceil((LOOK_BACK_MS * samplesPerMs) / frameSamples);
  }

  add(frame: Int16Array): void {
    this.#energies.push(energyOf(frame));
  }

  clear(): void {
    this.#energies = [];
  }

  /**
   * How far it is nearly as loud as a voice, beyond one of its ends: `from` in direction -1, `to` in direction 1.
   * @param voice positions in samples, at the edges of frames.
   */
  fringeOf(
    { from, to }: { readonly from: number; readonly to: number },
    direction: 1 | -1,
  ): number {
    const voice = this.#energies.slice(from / this.#frameSamples, to / this.#frameSamples);
    const least = (FRINGE_RATIO * sumOf(voice)) / voice.length;
    const edge = direction < 0 ? from : to;
    const first = edge / this.#frameSamples + (direction < 0 ? -1 : 0);
    let frames = 0;
    while (
      frames < this.#fringeFrames &&
      (this.#energies[first + direction * frames] ?? 0) > least
    ) {
      frames += 1;
    }
    return edge + direction * frames * this.#frameSamples;
  }

  /** The middle of the three quietest frames of the last seconds, in samples. */
  quietestPlace(): number {
    const frames = this.#energies.length;
    let best = frames - 1;
    let least = Infinity;
    for (
      let middle = Math.max(1, frames - this.#lookBackFrames);
      middle < frames - 1;
      middle += 1
    ) {
      const sum = sumOf(this.#energies.slice(middle - 1, middle + 2));
      if (sum < least) [best, least] = [middle, sum];
    }
    return best * this.#frameSamples + Math.floor(this.#frameSamples / 2);
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function energyOf(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return frame.length === 0 ? 0 : sum / frame.length / 32_768 ** 2;
}
