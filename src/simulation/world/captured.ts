/** What a client brought, chunk by chunk and life by life: whatever stands in a log is held against it. */
import type { Span } from '../checks/spans.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { u32At } from '../../protocol/bytes.ts';

/** `TNTO`, the client's number and the take's, the chunk's: so each chunk says whose it is. */
const MARK = 0x4f544e54;
const STAMP_BYTES = 12;
const TAKE_BITS = 16;
const CLIENT_MASK = 0xffff;
const noise = noiseOf(65_536);

export interface Stamp {
  readonly client: number;
  /** What a client records from nothing on: another one where it comes back, and has nothing of the one before. */
  readonly take: number;
  readonly chunk: number;
}

/** A process that brought some of it. */
interface Life {
  /** The first chunk that it brought. */
  readonly first: number;
  /** Where that stands, in samples: what its session has said of it. Of another life it knows late how much the other end has. */
  readonly bases: number[];
  /** A gateway has let it in, and it has heard how much that has of the lives before. */
  isPlaced: boolean;
}

interface Brought {
  /** By the client's clock. */
  readonly capturedAtMs: number;
  /** By the world's. */
  readonly atMs: number;
  isLogged: boolean;
}

export class CapturedAudio {
  readonly client: number;
  readonly take: number;
  readonly chunkMs: number;
  readonly chunkSamples: number;
  readonly sampleRateHz: number;
  /** A clock of its client's was set, or went wrong: times across its lives are not what they were. */
  isClockWrong = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #chunks: Brought[] = [];
  readonly #lives: Life[] = [{ first: 0, bases: [0], isPlaced: false }];

  constructor(client: number, chunkMs: number, sampleRateHz: number, take = 0) {
    this.client = client;
    this.take = take;
    this.chunkMs = chunkMs;
    this.sampleRateHz = sampleRateHz;
    this.chunkSamples = (chunkMs * sampleRateHz) / 1_000;
    this.#bytes = new Uint8Array(this.chunkSamples * BYTES_PER_SAMPLE);
    this.#view = new DataView(this.#bytes.buffer);
    this.#view.setUint32(0, MARK, true);
    this.#view.setUint32(4, client | (take << TAKE_BITS), true);
  }

  get chunks(): number {
    return this.#chunks.length;
  }

  /** Those that the newest life brought. */
  get chunksOfLife(): number {
    return this.chunks - (this.#lives.at(-1)?.first ?? 0);
  }

  get lives(): number {
    return this.#lives.length;
  }

  /** Another process goes on with it. */
  goesOn(): void {
    this.#lives.push({ first: this.chunks, bases: [], isPlaced: false });
  }

  /** A session says that what the newest life brings begins at that sample. */
  begins(base: number): void {
    const bases = this.#lives.at(-1)?.bases ?? [];
    if (bases.includes(base)) return;
    const before = bases.at(-1);
    bases.push(base);
    if (before !== undefined) this.#moveUnplaced(base - before);
  }

  /** The newest life was let in. */
  placed(): void {
    const life = this.#lives.at(-1);
    if (life !== undefined) life.isPlaced = true;
  }

  /** What lives before have brought that were never let in stands behind what the gateway has, too. */
  #moveUnplaced(by: number): void {
    for (let at = this.#lives.length - 2; this.#lives[at]?.isPlaced === false; at -= 1) {
      const bases = this.#lives[at]?.bases ?? [];
      bases.push((bases.at(-1) ?? 0) + by);
    }
  }

  /** The next chunk, valid until the one after it. */
  next(capturedAtMs: number, atMs = capturedAtMs): Uint8Array {
    this.#view.setUint32(8, this.chunks, true);
    this.#bytes.set(this.#noiseOf(this.chunks), STAMP_BYTES);
    this.#chunks.push({ capturedAtMs, atMs, isLogged: false });
    return this.#bytes;
  }

  /** Where a chunk may stand, in samples. */
  placesOf(chunk: number): readonly number[] {
    let at = this.#lives.length - 1;
    while ((this.#lives[at]?.first ?? 0) > chunk) at -= 1;
    const life = this.#lives[at] ?? { bases: [], first: 0 };
    return life.bases.map((base) => base + (chunk - life.first) * this.chunkSamples);
  }

  /** The same, in milliseconds. */
  spansOf(chunk: number): readonly Span[] {
    return this.placesOf(chunk).map((place) => {
      const from = (place * 1_000) / this.sampleRateHz;
      return { from, to: from + this.chunkMs };
    });
  }

  /** Whether some of a chunk may stand there. */
  meets(chunk: number, fromMs: number, toMs: number): boolean {
    return this.spansOf(chunk).some(({ from, to }) => from < toMs && to > fromMs);
  }

  /** It stands in a log. */
  logged(chunk: number): void {
    const brought = this.#chunks[chunk];
    if (brought !== undefined) brought.isLogged = true;
  }

  isLogged(chunk: number): boolean {
    return this.#chunks[chunk]?.isLogged === true;
  }

  broughtAtMs(chunk: number): number {
    return this.#chunks[chunk]?.atMs ?? Number.NaN;
  }

  /** Whether a chunk that has come so far is what it was, to the last byte. */
  isAsCaptured(chunk: number, payload: Uint8Array): boolean {
    return Buffer.compare(payload.subarray(STAMP_BYTES), this.#noiseOf(chunk)) === 0;
  }

  capturedAtMs(chunk: number): number {
    return this.#chunks[chunk]?.capturedAtMs ?? Number.NaN;
  }

  /** A stretch of its own. */
  #noiseOf(chunk: number): Uint8Array {
    const length = this.#bytes.length - STAMP_BYTES;
    const at =
      mixed(Math.imul(this.client + 1 + (this.take << TAKE_BITS), 0x9e3779b1) + chunk) %
      (noise.length - length);
    return noise.subarray(at, at + length);
  }
}

/** Null for what no client of this world brought. */
export function stampOf(payload: Uint8Array): Stamp | null {
  if (payload.length < STAMP_BYTES) return null;
  if (u32At(payload, 0) !== MARK) return null;
  const whose = u32At(payload, 4);
  return { client: whose & CLIENT_MASK, take: whose >>> TAKE_BITS, chunk: u32At(payload, 8) };
}

function noiseOf(bytes: number): Uint8Array {
  const words = Uint32Array.from({ length: bytes / 4 }, (_, at) => mixed(at));
  return new Uint8Array(words.buffer);
}

/** The end of murmur3: numbers that are alike have nothing in common. */
function mixed(number: number): number {
  let mix = number | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
