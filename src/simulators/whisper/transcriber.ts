/** One file to text, by a recogniser that was made for streams. */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { Recogniser, RecogniserResult } from '../recogniser/recogniser.ts';

/** A piece of text that the recogniser gave one final. */
export interface Segment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  readonly words: readonly SegmentWord[];
}

export interface SegmentWord {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A recogniser takes so much at a time before it has worked it off. */
const PIECE_SECONDS = 20;

/** @throws TenutoError of the recogniser. */
export function transcribe(
  recogniser: Recogniser,
  pcm: Uint8Array,
  sampleRateHz: number,
): Promise<readonly Segment[]> {
  const pieceBytes = PIECE_SECONDS * sampleRateHz * BYTES_PER_SAMPLE;
  return new Promise((resolve, reject) => {
    const segments: Segment[] = [];
    let sentBytes = 0;
    const stream = recogniser.open({
      sampleRateHz,
      onResult: (result) => {
        if (result.kind === 'interim') return;
        if (result.text !== '') segments.push(segmentOf(result, sampleRateHz));
        if (result.flushToken !== undefined) sendMore();
      },
      onError: reject,
    });
    const sendMore = (): void => {
      if (sentBytes >= pcm.length) {
        stream.close();
        resolve(segments);
        return;
      }
      stream.write(pcm.subarray(sentBytes, sentBytes + pieceBytes));
      sentBytes += pieceBytes;
      stream.flush(sentBytes);
    };
    sendMore();
  });
}

function segmentOf({ text, words, ...range }: RecogniserResult, sampleRateHz: number): Segment {
  const seconds = (sample: number): number => sample / sampleRateHz;
  return {
    startSeconds: seconds(range.startSample),
    endSeconds: seconds(range.endSample),
    text,
    words: words.map((word) => ({
      text: word.text,
      startSeconds: seconds(word.startSample),
      endSeconds: seconds(word.endSample),
      confidence: word.confidence,
    })),
  };
}
