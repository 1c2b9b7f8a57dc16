/** How loud the audio was for which no final has come yet, each 100 ms: a text about silence was never spoken. */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';

const BLOCKS_PER_S = 10;
const BLOCK_MS = 1_000 / BLOCKS_PER_S;
/** Five minutes: more waits for no final. */
const MAX_BLOCKS = 3_000;
/** Softer than this nobody speaks: as `SpeechMeter`. */
const VOICE_DBFS = -50;
/** One sample in so many is looked at: energy does not mind aliasing. */
const HEARD_HZ = 2_000;
const FULL_SCALE = 32_768;

/** Positions are samples of the session. */
export class Levels {
  readonly #blockSamples: number;
  readonly #stride: number;
  /** Sums of squares of what was looked at, oldest first; block n begins at sample n × `blockSamples`. */
  #sums: number[] = [];
  #firstBlock: number;

  constructor(sampleRateHz: number, from: number) {
    this.#blockSamples = Math.round(sampleRateHz / BLOCKS_PER_S);
    this.#stride = Math.floor(sampleRateHz / HEARD_HZ);
    this.#firstBlock = Math.floor(from / this.#blockSamples);
  }

  /** @param pcm whole samples, from `position` on. What was passed over is silent. */
  hear(position: number, pcm: Uint8Array): void {
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.length);
    const samples = Math.floor(pcm.length / BYTES_PER_SAMPLE);
    for (let at = 0; at < samples;) {
      const block = Math.floor((position + at) / this.#blockSamples);
      const end = Math.min(samples, (block + 1) * this.#blockSamples - position);
      let sum = 0;
      for (; at < end; at += this.#stride) {
        const sample = view.getInt16(at * BYTES_PER_SAMPLE, true);
        sum += sample * sample;
      }
      this.#add(block, sum);
    }
  }

  /** Finals cover what lies before. */
  forget(through: number): void {
    const gone = Math.floor(through / this.#blockSamples) - this.#firstBlock;
    if (gone <= 0) return;
    this.#sums.splice(0, gone);
    this.#firstBlock += gone;
  }

  /** The loudest 100 ms, in dB below full scale: -Infinity where there is no sound at all. */
  loudestDbfs(from: number, to: number): number {
    return this.#dbfs(Math.max(0, ...this.#between(from, to)));
  }

  /** How much of it is loud enough for a voice. */
  voicedMs(from: number, to: number): number {
    return this.#between(from, to).filter((sum) => this.#dbfs(sum) > VOICE_DBFS).length * BLOCK_MS;
  }

  #between(from: number, to: number): readonly number[] {
    const first = Math.floor(from / this.#blockSamples) - this.#firstBlock;
    const end = Math.ceil(to / this.#blockSamples) - this.#firstBlock;
    return this.#sums.slice(Math.max(0, first), Math.max(0, end));
  }

  #add(block: number, sum: number): void {
    const at = block - this.#firstBlock;
    if (at < 0) return;
    if (at >= this.#sums.length + MAX_BLOCKS) {
      this.#sums = [];
      this.#firstBlock = block;
    }
    const place = block - this.#firstBlock;
    while (this.#sums.length <= place) this.#sums.push(0);
    this.#sums[place] = (this.#sums[place] ?? 0) + sum;
    const tooMany = this.#sums.length - MAX_BLOCKS;
    if (tooMany > 0) {
      this.#sums.splice(0, tooMany);
      this.#firstBlock += tooMany;
    }
  }

  #dbfs(sum: number): number {
    const power = (sum * this.#stride) / this.#blockSamples;
    return 10 * Math.log10(power / (FULL_SCALE * FULL_SCALE));
  }
}
