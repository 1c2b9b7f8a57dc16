/** Recorded answers of a Whisper in our adapter's hands: each is the answer to a clip, one after the other. */
import type { Script } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { numberAt, objectIn, objectsAt, stringAt } from '../../src/providers/wire/json.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';

const RATE_HZ = 16_000;
const CLIP_S = 25;

export function whisperScript(_recording: Recording): Script {
  let from = 0;
  return {
    provider: whisper(),
    sampleRateHz: RATE_HZ,
    nameOf: () => 'post',
    asked: () => ({ ask: 'unknown', what: 'post' }),
    renamed: (frame) => {
      const body = typeof frame === 'string' ? frame : new TextDecoder().decode(frame);
      const answer = objectIn(body);
      const ends = objectsAt(answer, 'segments').map((segment) => numberAt(segment, 'end') ?? 0);
      const lastsS = Math.max(numberAt(answer, 'duration') ?? 0, ...ends) || CLIP_S;
      const to = from + Math.round(Math.min(lastsS, 10 * CLIP_S) * RATE_HZ);
      const clip = { lead: from, from, to, flush: false, voicedMs: lastsS * 1_000, pause: true };
      from = to;
      return stringAt(answer, 'text') === null
        ? JSON.stringify({ type: 'refused', ...clip, status: 400, body })
        : JSON.stringify({ type: 'answer', ...clip, body });
    },
  };
}
