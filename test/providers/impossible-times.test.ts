/** A service's times are not believed: whatever it says, positions are whole samples, in order, and not beyond reason. */
import { describe, expect, it } from 'vitest';

import { openStream as openFlux, seconds, turn } from './deepgram-flux-support.ts';
import { openStream as openGemini, sendMs } from './gemini-support.ts';
import { World as OpenAiWorld } from './openai-world.ts';
import type { ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const IMPOSSIBLE = [1e300, -1e300, -5, 1e16, 2 ** 53, -0.001, 1e-320];

/** Everything in it that is a place in the audio. */
function placesIn(event: ProviderEvent): readonly unknown[] {
  const words = event.kind === 'transcript' ? event.words : [];
  return [event, ...words].flatMap((holder) =>
    Object.entries(holder).flatMap(([name, value]) =>
      /Samples?$|^samples$/.test(name) ? [value] : [],
    ),
  );
}

function expectReason(events: readonly ProviderEvent[]): void {
  for (const event of events) {
    for (const place of placesIn(event)) expect(place).toSatisfy(Number.isSafeInteger);
    for (const place of placesIn(event)) expect(place).toBeGreaterThanOrEqual(0);
    if (event.kind !== 'transcript') continue;
    for (const range of [event, ...event.words]) {
      expect(range.endSample).toBeGreaterThanOrEqual(range.startSample);
    }
    for (const { confidence } of event.words) {
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  }
}

function decode(stream: ProviderStream, messages: readonly object[]): readonly ProviderEvent[] {
  return messages.flatMap((message) => stream.decode(JSON.stringify(message)));
}

const openListen = (): ProviderStream => deepgramListen({ apiKey: 'key' }).openStream(FORMAT);

describe.each(IMPOSSIBLE)('the time %d', (at) => {
  it.each(['start', 'duration'])('as the %s of what Deepgram heard is none', (name) => {
    const words = [{ word: 'hello', start: at, end: 0.5, confidence: at }];
    const channel = { alternatives: [{ transcript: 'hello', words }] };
    const whole = { type: 'Results', start: 1, duration: 2, is_final: true, channel };

    const events = decode(openListen(), [{ ...whole, [name]: at }]);

    expect(events).toMatchObject([{ kind: 'transcript', text: 'hello' }]);
    expectReason(events);
  });

  it('is nowhere where Deepgram heard somebody begin, end, or nobody any more', () => {
    const stream = openListen();
    stream.encodeGoodbye();

    const events = decode(stream, [
      { type: 'SpeechStarted', timestamp: at },
      { type: 'UtteranceEnd', last_word_end: at },
      { type: 'Metadata', duration: at },
    ]);

    expect(events.map(({ kind }) => kind)).toEqual(['speechStarted', 'ignored', 'finished']);
    expectReason(events);
  });

  it('bounds no turn of Flux', () => {
    const words = [{ word: 'hello', start: at, end: at, confidence: at }];
    for (const name of ['audio_window_start', 'audio_window_end']) {
      const stream = openFlux();
      stream.encodeAudio(seconds(2));

      const events = decode(stream, [
        turn('Update', 1, 'hello', { [name]: at, words }),
        turn('EndOfTurn', 1, 'hello', { [name]: at, words }),
      ]);

      expect(events.filter((event) => event.kind === 'transcript' && event.isFinal)).toHaveLength(
        1,
      );
      expectReason(events);
    }
  });

  it("bounds no turn of OpenAI's beyond what was sent", () => {
    const world = new OpenAiWorld();
    world.configure();
    world.sendAudio(1_000);

    const events = [
      ...world.hear('item_1', at, at),
      ...world.transcribe('item_1', 'hello'),
      ...world.hear('item_2', 200, at),
      ...world.transcribe('item_2', 'hello'),
    ];

    expect(events.filter((event) => event.kind === 'transcript')).toHaveLength(2);
    expectReason(events);
    expect(Math.max(...events.flatMap(placesIn).map(Number))).toBeLessThanOrEqual(24_000);
  });

  it('takes no word of Whisper out of its clip', () => {
    const segment = { text: 'hello', start: at, end: at, words: [{ word: 'hello', start: at }] };
    const body = JSON.stringify({ text: 'hello', segments: [segment] });
    const clip = { lead: 0, from: 1_600, to: 16_000, flush: false, voicedMs: 800, pause: true };
    const stream = whisper().openStream(FORMAT);

    const events = decode(stream, [{ type: 'answer', ...clip, body }]);

    expect(events.some((event) => event.kind === 'transcript' && event.text === 'hello')).toBe(
      true,
    );
    expectReason(events);
    expect(Math.max(...events.flatMap(placesIn).map(Number))).toBeLessThanOrEqual(16_000);
  });

  it('is no time that Gemini has left', () => {
    const events = decode(openGemini(), [{ goAway: { timeLeft: `${at}s` } }]);

    const [announced] = events.flatMap((event) =>
      event.kind === 'endAnnounced' ? [event.inMs] : [],
    );
    expect(announced).toSatisfy(Number.isSafeInteger);
    expect(announced).toBeGreaterThanOrEqual(0);
    expect(announced).toBeLessThanOrEqual(86_400_000);
  });
});

describe('gemini live', () => {
  it('counts whole samples, though audio came in halves of them', () => {
    const stream = openGemini();
    stream.encodeAudio(new Uint8Array(33));
    sendMs(stream, 1_000);

    const events = decode(stream, [
      { serverContent: { inputTranscription: { text: 'Hello' } } },
      { serverContent: { outputTranscription: { text: 'Hi' } } },
    ]);

    expectReason(events);
  });
});
