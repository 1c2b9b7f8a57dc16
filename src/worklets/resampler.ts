/**
 * From one sample rate to another, as the samples come: a windowed sinc, with a row of coefficients for each place
 * between two samples that an output may have (polyphase).
 *
 * It lets through up to 7/8 of half the lower rate, and nothing from that half on: what is above would be heard as
 * something else (an alias). Output n stands exactly where input n × inputHz / outputHz does: there is no delay in its
 * times, only in when it comes.
 */

/** Where stop and pass band meet, of half the lower rate. */
const PASS_RATIO = 7 / 8;
const STOP_DB = 90;
/** Kaiser and Schafer, 1980: the window for that much. */
const BETA = 0.110_2 * (STOP_DB - 8.7);
/** Rows; a ratio that needs more is interpolated between two. */
const MOST_ROWS = 512;

export class Resampler {
  /** A step of output is `#step / #rows × …` of input: both whole, so that nothing drifts. */
  readonly #up: number;
  readonly #down: number;
  readonly #half: number;
  readonly #rows: readonly Float32Array[];
  /** Of the input: what outputs to come may still need. */
  #kept: Float32Array;
  #keptFrom: number;
  #keptTo = 0;
  /** The next output stands at `#at + #part / #up` of the input. */
  #at = 0;
  #part = 0;

  constructor(inputHz: number, outputHz: number) {
    const shared = divisorOf(inputHz, outputHz);
    this.#up = outputHz / shared;
    this.#down = inputHz / shared;
    this.#half = halfOf(inputHz, outputHz);
    this.#rows = rowsOf(this.#up, this.#half, Math.min(1, outputHz / inputHz));
    this.#keptFrom = -this.#half; // before the first sample there was silence
    this.#kept = new Float32Array(4 * this.#half + 1_024);
  }

  /** How much comes of so many samples at the most. */
  mostOf(samples: number): number {
    return Math.ceil(((samples + 1) * this.#up) / this.#down) + 1;
  }

  /** Takes samples, writes what comes of them into `output`, and returns how many those are. */
  push(input: Float32Array, output: Float32Array): number {
    this.#keep(input);
    let made = 0;
    while (this.#at + this.#half < this.#keptTo) {
      output[made] = this.#sample();
      made += 1;
      this.#step();
    }
    return made;
  }

  /** No more comes: the rest, as if silence followed. To be used once. */
  end(output: Float32Array): number {
    const total = this.#keptTo;
    this.#keep(new Float32Array(this.#half + 1));
    let made = 0;
    while (this.#at < total && made < output.length) {
      output[made] = this.#sample();
      made += 1;
      this.#step();
    }
    return made;
  }

  /** Of `end`, at the most. */
  get mostAtEnd(): number {
    return this.mostOf(this.#half + 1);
  }

  #step(): void {
    this.#part += this.#down;
    this.#at += Math.floor(this.#part / this.#up);
    this.#part %= this.#up;
  }

  #sample(): number {
    const rows = this.#rows;
    const place = (this.#part * (rows.length - 1)) / this.#up;
    const row = Math.floor(place);
    const from = this.#at - this.#half + 1 - this.#keptFrom;
    const one = this.#sum(rows[row], from);
    const rest = place - row;
    return rest === 0 ? one : one + rest * (this.#sum(rows[row + 1], from) - one);
  }

  #sum(row: Float32Array | undefined, from: number): number {
    if (row === undefined) return 0;
    const kept = this.#kept;
    let sum = 0;
    for (let tap = 0; tap < row.length; tap += 1) sum += (row[tap] ?? 0) * (kept[from + tap] ?? 0);
    return sum;
  }

  #keep(input: Float32Array): void {
    const needed = this.#at - this.#half;
    const used = this.#keptTo - this.#keptFrom;
    if (used + input.length > this.#kept.length) {
      const drop = Math.max(0, needed - this.#keptFrom);
      const left = used - drop;
      if (left + input.length > this.#kept.length) {
        const larger = new Float32Array(2 * (left + input.length));
        larger.set(this.#kept.subarray(drop, used));
        this.#kept = larger;
      } else this.#kept.copyWithin(0, drop, used);
      this.#keptFrom += drop;
    }
    this.#kept.set(input, this.#keptTo - this.#keptFrom);
    this.#keptTo += input.length;
  }
}

/** Taps on either side: the narrower the band between pass and stop, the more. */
function halfOf(inputHz: number, outputHz: number): number {
  if (inputHz === outputHz) return 1;
  const bandHz = ((1 - PASS_RATIO) * Math.min(inputHz, outputHz)) / 2;
  return Math.ceil(((STOP_DB - 7.95) * inputHz) / (2 * 14.36 * bandHz));
}

/** One row more than there are places: the last is the first, a sample on. */
function rowsOf(up: number, half: number, scale: number): readonly Float32Array[] {
  const places = Math.min(up, MOST_ROWS);
  const isSame = half === 1;
  const edge = (scale * (1 + PASS_RATIO)) / 2;
  return Array.from({ length: places + 1 }, (_, row) => {
    const taps = Float32Array.from({ length: 2 * half }, (_tap, tap) => {
      const x = row / places + half - 1 - tap;
      return isSame ? Number(x === 0) : edge * sinc(edge * x) * kaiser(x / half);
    });
    const gain = taps.reduce((sum, tap) => sum + tap, 0);
    return gain === 0 ? taps : taps.map((tap) => tap / gain);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param x from -1 to 1. */
function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of the first kind, of order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function divisorOf(a: number, b: number): number {
  return b === 0 ? a : divisorOf(b, a % b);
}
