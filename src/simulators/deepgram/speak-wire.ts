/** The messages of Deepgram speak v1. */
export const MODEL_UUID = '0f9c2a4e-6b1d-4e83-8c57-3a7d915be420';
const MODEL_VERSION = '2026-11-01.0';

export function metadataMessage(requestId: string, model: string): string {
  return JSON.stringify({
    type: 'Metadata',
    request_id: requestId,
    model_name: model,
    model_version: MODEL_VERSION,
    model_uuid: MODEL_UUID,
  });
}

export function sequenceMessage(type: 'Flushed' | 'Cleared', sequenceId: number): string {
  return JSON.stringify({ type, sequence_id: sequenceId });
}

export function warningMessage(code: string, description: string): string {
  return JSON.stringify({ type: 'Warning', code, description });
}

const PCM_FORMAT = 1;
const HEADER_BYTES = 44;
/** A length that nobody knows yet, as streaming writers put it. */
const UNKNOWN_BYTES = 0x7fff_ffff;

/** The header of a WAV file, PCM s16le mono, whose length is not known when it begins. */
export function wavHeader(sampleRateHz: number): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(UNKNOWN_BYTES, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM_FORMAT, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(UNKNOWN_BYTES - HEADER_BYTES, 40);
  return header;
}
