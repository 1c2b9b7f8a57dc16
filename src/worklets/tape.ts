/** What is played, without a seam: sounds one after the other, each brought to the context's rate. */
import type { FromPlayback, PlaybackSettings } from './playback.types.ts';
import { Resampler } from './resampler.ts';

/** One sound, as far as it came. */
interface Sound {
  readonly id: string;
  readonly rateHz: number;
  readonly resampler: Resampler;
  readonly waiting: Float32Array[];
  /** In frames of the context. */
  waitingFrames: number;
  playedFrames: number;
  /** Nothing is left in the resampler. More of the same sound is another piece. */
  isEnded: boolean;
}

/** After a cut a sound fades for so long: a step would be heard as a click. */
const FADE_MS = 4;
/** How often it is told what was played. */
const TOLD_EVERY_MS = 40;

export class Tape {
  readonly #settings: PlaybackSettings;
  readonly #contextHz: number;
  readonly #tell: (message: FromPlayback) => void;
  #sounds: Sound[] = [];
  /** Whether enough waits to begin; and since when it has waited, in frames. */
  #isRunning = false;
  #waitedFrames = 0;
  /** The sound that ran dry, and how long ago. */
  #dry: { readonly id: string; silentFrames: number } | null = null;
  #untoldFrames = 0;
  #fade: Float32Array | null = null;

  constructor(
    settings: PlaybackSettings,
    contextHz: number,
    tell: (message: FromPlayback) => void,
  ) {
    this.#settings = settings;
    this.#contextHz = contextHz;
    this.#tell = tell;
  }

  get waitingMs(): number {
    return this.#msOf(this.#sounds.reduce((sum, { waitingFrames }) => sum + waitingFrames, 0));
  }

  take(id: string, samples: Int16Array, rateHz: number): void {
    const ms = (samples.length * 1_000) / rateHz;
    if (this.waitingMs + ms > this.#settings.capacityMs) {
      this.#tell({ kind: 'overflow', id, ms });
      return;
    }
    const sound = this.#soundOf(id, rateHz);
    const input = Float32Array.from(samples, (sample) => sample / 32_768);
    const output = new Float32Array(sound.resampler.mostOf(input.length));
    this.#add(sound, output.subarray(0, sound.resampler.push(input, output)));
    if (this.#dry?.id !== id) return;
    const silentMs = this.#msOf(this.#dry.silentFrames);
    this.#tell({ kind: 'underrun', id, ms: this.#msOf(sound.playedFrames), silentMs });
    this.#dry = null;
  }

  clear(frame: number): void {
    const sounding = this.#sounds[0];
    const ms = this.#msOf(sounding?.playedFrames ?? 0);
    this.#fade = sounding === undefined || !this.#isRunning ? null : this.#tailOf(sounding);
    this.#tell({ kind: 'cleared', id: sounding?.id ?? null, ms, frame });
    this.#sounds = [];
    this.#isRunning = false;
    this.#dry = null;
  }

  /** Fills one output. @param frame where it begins. */
  fill(output: Float32Array, frame: number): void {
    let filled = this.#faded(output);
    if (!this.#mayRun(output.length)) {
      if (this.#dry !== null) this.#dry.silentFrames += output.length;
      return;
    }
    while (filled < output.length) {
      const [sound, next] = this.#sounds;
      if (sound === undefined) break;
      filled += this.#play(sound, output.subarray(filled));
      if (sound.waitingFrames > 0) continue;
      if (!sound.isEnded) this.#end(sound);
      else if (next !== undefined) this.#over(sound, frame + filled);
      else {
        if (filled < output.length) this.#ranDry(sound, frame + filled);
        break;
      }
    }
    this.#untoldFrames += filled;
    const [sound] = this.#sounds;
    if (sound === undefined || this.#msOf(this.#untoldFrames) < TOLD_EVERY_MS) return;
    this.#untoldFrames = 0;
    const ms = this.#msOf(sound.playedFrames);
    this.#tell({ kind: 'played', id: sound.id, ms, frame: frame + filled });
  }

  /** Sound begins when enough of it waits, or when no more has come for as long. */
  #mayRun(frames: number): boolean {
    if (this.#isRunning) return true;
    const waitingMs = this.waitingMs;
    if (waitingMs === 0) return false;
    this.#waitedFrames += frames;
    const { startMs } = this.#settings;
    if (waitingMs < startMs && this.#msOf(this.#waitedFrames) < 2 * startMs) return false;
    this.#waitedFrames = 0;
    this.#isRunning = true;
    return true;
  }

  #ranDry(sound: Sound, frame: number): void {
    this.#isRunning = false;
    const ms = this.#msOf(sound.playedFrames);
    this.#dry = { id: sound.id, silentFrames: 0 };
    this.#tell({ kind: 'dry', id: sound.id, ms, frame });
  }

  #over(sound: Sound, frame: number): void {
    this.#sounds.shift();
    this.#tell({ kind: 'played', id: sound.id, ms: this.#msOf(sound.playedFrames), frame });
  }

  /** The resampler waits for more, and there is none just now: what it holds is played, as if silence followed. */
  #end(sound: Sound): void {
    const output = new Float32Array(sound.resampler.mostAtEnd);
    this.#add(sound, output.subarray(0, sound.resampler.end(output)));
    sound.isEnded = true;
  }

  #play(sound: Sound, output: Float32Array): number {
    let filled = 0;
    while (filled < output.length) {
      const [first] = sound.waiting;
      if (first === undefined) break;
      const piece = first.subarray(0, output.length - filled);
      output.set(piece, filled);
      filled += piece.length;
      if (piece.length === first.length) sound.waiting.shift();
      else sound.waiting[0] = first.subarray(piece.length);
    }
    sound.waitingFrames -= filled;
    sound.playedFrames += filled;
    return filled;
  }

  #soundOf(id: string, rateHz: number): Sound {
    const last = this.#sounds.at(-1);
    if (last?.id === id && last.rateHz === rateHz && !last.isEnded) return last;
    const sound: Sound = {
      id,
      rateHz,
      resampler: new Resampler(rateHz, this.#contextHz),
      waiting: [],
      waitingFrames: 0,
      playedFrames: last?.id === id ? last.playedFrames + last.waitingFrames : 0,
      isEnded: false,
    };
    this.#sounds.push(sound);
    return sound;
  }

  #add(sound: Sound, samples: Float32Array): void {
    if (samples.length === 0) return;
    sound.waiting.push(samples);
    sound.waitingFrames += samples.length;
  }

  #tailOf(sound: Sound): Float32Array {
    const frames = Math.round((FADE_MS * this.#contextHz) / 1_000);
    const tail = new Float32Array(frames);
    this.#play(sound, tail);
    return tail.map((sample, at) => sample * (1 - (at + 1) / frames));
  }

  #faded(output: Float32Array): number {
    const fade = this.#fade;
    if (fade === null) return 0;
    const piece = fade.subarray(0, output.length);
    output.set(piece);
    this.#fade = piece.length === fade.length ? null : fade.subarray(piece.length);
    return piece.length;
  }

  #msOf(frames: number): number {
    return (frames * 1_000) / this.#contextHz;
  }
}
