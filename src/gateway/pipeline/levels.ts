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

/** Of the stream that the recogniser hears, counted in samples from its first. */
export class Levels {
  readonly #blockSamples: number;
  readonly #stride: number;
  /** Sums of squares of what was looked at, oldest first; block n begins at sample n × `blockSamples`. */
  #sums: number[] = [];
  #firstBlock = 0;
  #heard = 0;

  constructor(sampleRateHz: number) {
    this.#blockSamples = Math.round(sampleRateHz / BLOCKS_PER_S);
    this.#stride = Math.floor(sampleRateHz / HEARD_HZ);
  }

  /** @param pcm whole samples. */
  hear(pcm: Uint8Array): void {
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.length);
    const samples = Math.floor(pcm.length / BYTES_PER_SAMPLE);
    for (let at = 0; at < samples;) {
      const block = Math.floor((this.#heard + at) / this.#blockSamples);
      const end = Math.min(samples, (block + 1) * this.#blockSamples - this.#heard);
      let sum = 0;
      for (; at < end; at += this.#stride) {
        const sample = view.getInt16(at * BYTES_PER_SAMPLE, true);
        sum += sample * sample;
      }
      this.#add(block, sum);
    }
    this.#heard += samples;
  }

  /** Finals cover what lies before. */
  forget(through: number): void {
    this.#drop(Math.floor(through / this.#blockSamples) - this.#firstBlock);
  }

  /** The loudest 100 ms, in dB below full scale: -Infinity where there is no sound at all, 0 where that is not known any more. */
  loudestDbfs(from: number, to: number): number {
    const sums = this.#between(from, to);
    return sums === null ? 0 : this.#dbfs(Math.max(0, ...sums));
  }

  /** How much of it is loud enough for a voice; Infinity where that is not known any more. */
  voicedMs(from: number, to: number): number {
    const sums = this.#between(from, to);
    if (sums === null) return Infinity;
    return sums.filter((sum) => this.#dbfs(sum) > VOICE_DBFS).length * BLOCK_MS;
  }

  #between(from: number, to: number): readonly number[] | null {
    const first = Math.floor(from / this.#blockSamples) - this.#firstBlock;
    const end = Math.ceil(to / this.#blockSamples) - this.#firstBlock;
    return first < 0 ? null : this.#sums.slice(first, Math.max(first + 1, end));
  }

  #add(block: number, sum: number): void {
    const place = block - this.#firstBlock;
    while (this.#sums.length <= place) this.#sums.push(0);
    this.#sums[place] = (this.#sums[place] ?? 0) + sum;
    this.#drop(this.#sums.length - MAX_BLOCKS);
  }

  #drop(blocks: number): void {
    const gone = Math.min(blocks, this.#sums.length);
    if (gone <= 0) return;
    this.#sums.splice(0, gone);
    this.#firstBlock += gone;
  }

  #dbfs(sum: number): number {
    const power = (sum * this.#stride) / this.#blockSamples;
    return 10 * Math.log10(power / (FULL_SCALE * FULL_SCALE));
  }
}
