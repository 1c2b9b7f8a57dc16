/** What a service that tells no times can have heard when it said what comes now. */
import { describe, expect, it } from 'vitest';

import { geminiLive } from '../../src/providers/index.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';
import { rates } from '../../src/session/counting.ts';
import { Lateness } from '../../src/session/lateness.ts';
import { Pings } from '../../src/session/pings.ts';
import { ratesOf } from '../../src/session/rates-part.ts';
import { audio, conversationOf, heard } from '../providers/gemini-support.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const SECOND = new Uint8Array(32_000);
const MEMORY = { conversation: () => conversationOf([]), handle: null };

/** Ten seconds of audio, and then a word of it that is answered. */
function finalsAfter(pings: Pings, bufferedBytes = 0): readonly ProviderEvent[] {
  const provider = geminiLive({ apiKey: 'a-key' });
  const stream = ratesOf({ parts: [rates] })!.streamFor(
    { candidate: { provider }, format: FORMAT, memory: MEMORY, createResampler: null },
    (failure) => expect.fail(failure.detail),
  );
  for (let second = 0; second < 10; second += 1) {
    stream.encodeAudio(SECOND, 1_000 * second, 32_000 * second, 1_000 * second);
  }
  const timing = { pings, lateness: new Lateness() };
  const events = [heard('One'), audio()].flatMap((message) =>
    stream.eventsOf(JSON.stringify(message), timing, bufferedBytes),
  );
  stream.free();
  return events.filter((event) => event.kind === 'transcript' && event.isFinal);
}

function answeredAfter(tookMs: number): Pings {
  const pings = new Pings();
  pings.send(0, 0, () => true);
  pings.answered(tookMs);
  return pings;
}

describe('the final of a service that tells no times', () => {
  it('ends a moment before what was sent last, on a line that is fast', () => {
    expect(finalsAfter(answeredAfter(500))).toEqual([
      expect.objectContaining({ text: 'One', endSample: 155_200 }),
    ]);
  });

  it('waits on a line that is slow: how much was heard nobody can tell', () => {
    expect(finalsAfter(answeredAfter(501))).toEqual([]);
  });

  it('ends at what was sent before a ping that is not answered, where the socket holds more', () => {
    const pings = answeredAfter(50);
    pings.send(5_000, 6 * 16_000, () => true);

    expect(finalsAfter(pings, 40_000)).toEqual([
      expect.objectContaining({ text: 'One', endSample: 96_000 }),
    ]);
  });
});
