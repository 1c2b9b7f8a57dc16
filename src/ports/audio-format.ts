/** Raw audio as tenuto carries it: PCM, signed 16-bit little-endian, one channel. */
export interface AudioFormat {
  readonly encoding: 'pcm_s16le';
  /** 8,000 to 48,000. */
  readonly sampleRateHz: number;
}
