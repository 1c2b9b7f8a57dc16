/** What `tenuto transcribe --provider NAME --simulated --faults …` does for each: over real sockets and a network that fails. */
import { describe, expect, it, onTestFinished } from 'vitest';

import type { ProviderName } from '../../src/cli/providers.ts';
import { streamRecording } from '../../src/cli/recording.ts';
import type { Recording, StreamReport } from '../../src/cli/recording.ts';
import { startServices } from '../../src/cli/services.ts';
import type { Services } from '../../src/cli/services.ts';
import { startVoice } from '../../src/cli/voice.ts';
import { VOICE_PARTS } from '../../src/cli/voice-parts.ts';
import type { MessageItem } from '../../src/ports/conversation.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import { parseFaultPlan } from '../../src/simulators/faults/plan.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const SPEED = 8;
const RATE_HZ = 16_000;
const SENTENCES = ['the first sentence is short', 'and the second one is a little longer'];
const WORDS = SENTENCES.join(' ');
/** Where audio is brought to another rate its end is only known so well. */
const RESAMPLING_MS = 10;
const RECORDING = recordingOf(SENTENCES);
const FAULTS = 'reset@700ms,http-503@1500ms:2x,stall@4s:500ms,reset@5s';

function recordingOf(sentences: readonly string[]): Recording {
  const pause = new Uint8Array(1.5 * RATE_HZ * 2);
  const pieces = sentences.flatMap((sentence) => [speak(sentence, RATE_HZ), pause]);
  const pcm = new Uint8Array(Buffer.concat(pieces));
  const format = { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ } as const;
  return { name: 'spoken', pcm, format, durationMs: pcm.length / 32 };
}

interface Run {
  readonly report: StreamReport;
  readonly events: readonly SessionEvent[];
  readonly services: Services;
}

async function run(provider: ProviderName | 'voice', faults: string): Promise<Run> {
  const recogniser = createToneRecogniser();
  const isVoice = provider === 'voice';
  const plan = parseFaultPlan(faults, {
    seed: 1,
    lengthMs: RECORDING.durationMs,
    targets: isVoice ? VOICE_PARTS : [provider],
  });
  const common = { simulated: true, plan, speedRatio: SPEED, recogniser };
  const services = isVoice
    ? await startVoice(common)
    : await startServices({ ...common, providers: [provider] });
  onTestFinished(async () => {
    await services.close();
    await recogniser.close();
  });
  const events: SessionEvent[] = [];
  const { candidates, openAgent } = services;
  const report = await streamRecording({
    recording: RECORDING,
    candidates,
    ...(openAgent === undefined ? {} : { openAgent }),
    speedRatio: SPEED,
    seed: 1,
    signal: new AbortController().signal,
    reconnect: { baseMs: 20, capMs: 100 },
    session: { admission: createAdmission() },
    onEvent: (event) => events.push(event),
  });
  return { report, events, services };
}

/** Every sample is covered by one final or one gap, none by two. */
function expectExactCover({ finals, gaps, ledger }: StreamReport): void {
  const ranges = [
    ...finals.map(({ startMs, endMs }) => [startMs, endMs] as const),
    ...gaps.map(({ fromMs, toMs }) => [fromMs, toMs] as const),
  ].sort(([one], [other]) => one - other);
  let coveredMs = 0;
  for (const [fromMs, toMs] of ranges) {
    expect(Math.abs(fromMs - coveredMs)).toBeLessThan(1);
    coveredMs = toMs;
  }
  expect(Math.abs(coveredMs - RECORDING.durationMs)).toBeLessThan(RESAMPLING_MS);
  expect(ledger).toMatchObject({ gap: 0, buffered: 0 });
  expect(ledger.capturedMs).toBeCloseTo(RECORDING.durationMs, 3);
}

/** Messages by id, as they stood at last. */
function messagesIn(events: readonly SessionEvent[]): readonly MessageItem[] {
  const items = events.flatMap((event) => (event.type === 'item' ? [event.item] : []));
  const messages = items.filter((item) => item.kind === 'message');
  return [...new Map(messages.map((item) => [item.id, item])).values()];
}

describe('a recording over a failing network', () => {
  it.each(['deepgram', 'flux', 'openai', 'gemini', 'whisper'] as const)(
    'is heard by %s word for word, each sample once',
    async (provider) => {
      const { report, events, services } = await run(provider, FAULTS);

      expect(report.transcript).toBe(WORDS);
      expect(report.status).toBe('complete');
      expectExactCover(report);
      const said = messagesIn(events).filter(
        ({ role, status, text }) => role === 'user' && status === 'completed' && text !== '',
      );
      const answers = ['openai', 'gemini'].includes(provider);
      expect(said.map(({ text }) => text).join(' ')).toBe(answers ? WORDS : '');
      expect(services.faults().length).toBeGreaterThan(0);
    },
  );

  it('is heard by a voice agent, and each turn is answered aloud, though each of its parts breaks', async () => {
    const faults = 'reset@700ms,llm:http-503@0s:1x,tts:reset@0s';

    const { report, events, services } = await run('voice', faults);

    const messages = messagesIn(events).filter(({ status }) => status === 'completed');
    const texts = messages.map(({ role, text }) => `${role}: ${text}`);
    expect(report.transcript).toBe(WORDS);
    expectExactCover(report);
    expect(report.voice).toMatchObject({ unanswered: 0, unspoken: 0 });
    expect(new Set(texts).size).toBe(texts.length);
    expect(services.pendingFaults()).toBe(0);
    expect(report.voice?.parts.map(({ part, isDown }) => [part, isDown])).toEqual([
      ['stt', false],
      ['llm', false],
      ['tts', false],
    ]);
    expect(report.voice?.parts.every(({ failures, recoveries }) => failures === recoveries)).toBe(
      true,
    );
    expect(report.voice?.parts.every(({ failures }) => failures > 0)).toBe(true);
  });

  it('is not answered aloud where nobody speaks any more, and the report says so', async () => {
    const { report } = await run('voice', 'tts:down@0s');

    expect(report.transcript).toBe(WORDS);
    expect(report.voice?.unspoken).toBeGreaterThan(0);
    expect(report.voice?.parts).toContainEqual(
      expect.objectContaining({ part: 'tts', recoveries: 0, isDown: true }),
    );
  });
});
