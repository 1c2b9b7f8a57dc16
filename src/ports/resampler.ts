/** Changes the sample rate of one stream of PCM s16le mono, piece by piece, without a seam between the pieces. */
export interface Resampler {
  /** The result may be empty where the piece is short; its bytes are the caller's. */
  process(bytes: Uint8Array): Uint8Array;
  free(): void;
}

export type CreateResampler = (fromHz: number, toHz: number) => Promise<Resampler>;
