/** What is posted: PCM s16le mono behind the 44 bytes that make a WAV file of it. */
const HEADER_BYTES = 44;
const BITS = 16;

export function wavOf(pcm: Uint8Array, sampleRateHz: number): Uint8Array {
  const wav = new Uint8Array(HEADER_BYTES + pcm.length);
  const view = new DataView(wav.buffer);
  const text = (at: number, chars: string): void => {
    for (let index = 0; index < chars.length; index += 1) wav[at + index] = chars.charCodeAt(index);
  };
  text(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + pcm.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // length of this chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, (sampleRateHz * BITS) / 8, true);
  view.setUint16(32, BITS / 8, true);
  view.setUint16(34, BITS, true);
  text(36, 'data');
  view.setUint32(40, pcm.length, true);
  wav.set(pcm, HEADER_BYTES);

  return wav;
}

/** The loudest 100 ms of it, in dB below full scale; -Infinity where it is digital silence. */
export function peakLevelDbfs(pcm: Uint8Array, sampleRateHz: number): number {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const samples = Math.floor(pcm.length / 2);
  const window = Math.max(1, Math.round(sampleRateHz / 10));
  let loudest = 0;
  for (let from = 0; from < samples; from += window) {
    const to = Math.min(samples, from + window);
    let sum = 0;
    for (let at = from; at < to; at += 1) sum += view.getInt16(2 * at, true) ** 2;
    loudest = Math.max(loudest, sum / (to - from));
  }
  return 10 * Math.log10(loudest / 32_768 ** 2);
}
