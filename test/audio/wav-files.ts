/** WAV files written byte by byte, so that the reader is not tested by its own library. */
export interface WavParts {
  readonly tag?: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly bits?: number;
  readonly data: Uint8Array;
  readonly container?: 'RIFF' | 'RIFX' | 'RF64';
  /** What the data chunk says of its length; the truth by default. */
  readonly statedBytes?: number;
  /** What stands between the header and the format chunk, and after the data. */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
  /** The format chunk's body, instead of the plain one. */
  readonly fmt?: Uint8Array;
}

export function wavFile(parts: WavParts): Uint8Array {
  const { container = 'RIFF', data, statedBytes = data.length } = parts;
  const isBig = container === 'RIFX';
  const fmt = parts.fmt ?? plainFmt(parts);
  const body = [
    ascii('WAVE'),
    parts.before ?? new Uint8Array(),
    chunk('fmt ', fmt, isBig),
    ascii('data'),
    u32(statedBytes, isBig),
    data,
    new Uint8Array(parts.after === undefined ? 0 : data.length % 2),
    parts.after ?? new Uint8Array(),
  ];
  const size = body.reduce((sum, part) => sum + part.length, 0);
  return joined([ascii(container), u32(size, isBig), ...body]);
}

export function plainFmt(parts: Partial<WavParts>): Uint8Array {
  const { tag = 1, channels = 1, rateHz = 16_000, bits = 16, container = 'RIFF' } = parts;
  const isBig = container === 'RIFX';
  const frameBytes = channels * Math.ceil(bits / 8);
  return joined([
    u16(tag, isBig),
    u16(channels, isBig),
    u32(rateHz, isBig),
    u32(rateHz * frameBytes, isBig),
    u16(frameBytes, isBig),
    u16(bits, isBig),
  ]);
}

/** An extensible format chunk: the real tag stands in the format id, after the valid bits and the channel mask. */
export function extensibleFmt(parts: Partial<WavParts>, validBits: number): Uint8Array {
  const guid = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];
  const plain = plainFmt({ ...parts, tag: 0xfffe });
  return joined([
    plain,
    u16(22),
    u16(validBits),
    u32(3),
    u16(parts.tag ?? 1),
    Uint8Array.from(guid),
  ]);
}

export function chunk(id: string, body: Uint8Array, isBig = false): Uint8Array {
  return joined([ascii(id), u32(body.length, isBig), body, new Uint8Array(body.length % 2)]);
}

export type SampleKind = 'u8' | 's16' | 's16be' | 's24' | 's32' | 'f32' | 'f64';

const WRITERS: Readonly<
  Record<SampleKind, { bytes: number; write(view: DataView, at: number, value: number): void }>
> = {
  u8: { bytes: 1, write: (view, at, value) => view.setUint8(at, value) },
  s16: { bytes: 2, write: (view, at, value) => view.setInt16(at, value, true) },
  s16be: { bytes: 2, write: (view, at, value) => view.setInt16(at, value, false) },
  s24: {
    bytes: 3,
    write: (view, at, value) => {
      view.setUint16(at, value & 0xffff, true);
      view.setInt8(at + 2, value >> 16);
    },
  },
  s32: { bytes: 4, write: (view, at, value) => view.setInt32(at, value, true) },
  f32: { bytes: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  f64: { bytes: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
};

export function samples(kind: SampleKind, values: ArrayLike<number>): Uint8Array {
  const { bytes, write } = WRITERS[kind];
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (let index = 0; index < values.length; index += 1) write(view, index * bytes, values[index]!);
  return new Uint8Array(view.buffer);
}

export function tone(
  frequencyHz: number,
  rateHz: number,
  seconds: number,
  peak = 16_000,
): number[] {
  const count = Math.round(rateHz * seconds);
  return Array.from({ length: count }, (_, index) =>
    Math.round(peak * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz)),
  );
}

export interface ToneFit {
  /** Power of the tone over the power of all else. */
  readonly snrDb: number;
  readonly peak: number;
  /** How far the tone is from starting at zero with the recording. */
  readonly lagMs: number;
}

/** Fits one tone to `values` by least squares, leaving `skip` samples out at either end. */
export function fitTone(
  values: ArrayLike<number>,
  frequencyHz: number,
  rateHz: number,
  skip: number,
): ToneFit {
  const omega = (2 * Math.PI * frequencyHz) / rateHz;
  let [ss, cc, sc, xs, xc] = [0, 0, 0, 0, 0];
  for (let index = skip; index < values.length - skip; index += 1) {
    const [s, c, x] = [Math.sin(omega * index), Math.cos(omega * index), values[index]!];
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += x * s;
    xc += x * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  let [signal, noise] = [0, 0];
  for (let index = skip; index < values.length - skip; index += 1) {
    const fitted = a * Math.sin(omega * index) + b * Math.cos(omega * index);
    signal += fitted ** 2;
    noise += (values[index]! - fitted) ** 2;
  }
  return {
    snrDb: 10 * Math.log10(signal / noise),
    peak: Math.hypot(a, b),
    lagMs: (-Math.atan2(b, a) / (2 * Math.PI * frequencyHz)) * 1_000,
  };
}

export function int16(pcm: Uint8Array): Int16Array {
  return new Int16Array(pcm.slice().buffer);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function u16(value: number, isBig = false): Uint8Array {
  const view = new DataView(new ArrayBuffer(2));
  view.setUint16(0, value, !isBig);
  return new Uint8Array(view.buffer);
}

export function u32(value: number, isBig = false): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, !isBig);
  return new Uint8Array(view.buffer);
}
