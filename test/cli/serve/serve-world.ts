/** `tenuto serve` within a test, with a recogniser of tones, and recordings streamed through it. */
import { onTestFinished } from 'vitest';

import { runServe } from '../../../src/cli/commands/serve.ts';
import type { ServeCommand } from '../../../src/cli/commands/serve.ts';
import { GATEWAY, startGatewayService } from '../../../src/cli/gateway-service.ts';
import { streamRecording } from '../../../src/cli/recording.ts';
import type { Recording, StreamReport } from '../../../src/cli/recording.ts';
import { createAdmission } from '../../../src/session/admission/admission.ts';
import { parseFaultPlan } from '../../../src/simulators/faults/plan.ts';
import { speak } from '../../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../../src/simulators/recogniser/tone-recogniser.ts';

const RATE_HZ = 16_000;
const SPEED = 4;

export interface Serving {
  readonly lines: string[];
  readonly notes: string[];
  readonly ended: Promise<number>;
  /** Resolves to its port once it listens. */
  readonly port: Promise<number>;
  /** The first signal, and the second. */
  stop(): void;
  hurry(): void;
  /** Resolves when it has told such an object. */
  told(type: string): Promise<Record<string, unknown>>;
}

export function serving(options: Partial<ServeCommand> = {}): Serving {
  const first = new AbortController();
  const second = new AbortController();
  const lines: string[] = [];
  const notes: string[] = [];
  const waiting = new Set<() => void>();
  const ended = runServe(
    {
      port: 0,
      simulated: false,
      json: true,
      speed: SPEED,
      environment: {},
      createRecogniser: createToneRecogniser,
      ...options,
    },
    {
      write: (line) => {
        lines.push(line);
        for (const look of waiting) look();
      },
      note: (line) => notes.push(line),
      signal: first.signal,
      haste: second.signal,
    },
  );
  const told = (type: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((line) => line.includes(`"type":"${type}"`));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(JSON.parse(found) as Record<string, unknown>);
      };
      waiting.add(look);
      look();
      void ended.then((status) => {
        reject(new Error(`ended with ${status}: ${[...lines, ...notes].join('\n')}`));
      }, reject);
    });
  const port = told('gateway').then((facts) => Number(facts['port']));
  port.catch(() => undefined);
  onTestFinished(async () => {
    first.abort();
    second.abort();
    await ended.catch(() => undefined);
  });
  return {
    lines,
    notes,
    ended,
    port,
    told,
    stop: () => first.abort(),
    hurry: () => second.abort(),
  };
}

/** Sentences with pauses between them, in the voice that the recogniser of tones knows. */
export function spoken(...sentences: readonly string[]): Recording {
  const silence = new Uint8Array(RATE_HZ * 2);
  const pcm = Buffer.concat(sentences.flatMap((sentence) => [speak(sentence, RATE_HZ), silence]));
  const format = { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ } as const;
  return { name: 'spoken', pcm, format, durationMs: pcm.length / 2 / (RATE_HZ / 1_000) };
}

export interface Streamed extends StreamReport {
  readonly pendingFaults: number;
}

export async function streamThrough(
  port: number,
  recording: Recording,
  { faults = 'none', seed = 1, tokenEnv = '', token = '', onFlowing = nothing } = {},
): Promise<Streamed> {
  const plan = parseFaultPlan(faults, {
    seed,
    lengthMs: recording.durationMs,
    targets: [GATEWAY],
  });
  const service = await startGatewayService({
    url: `ws://127.0.0.1:${port}`,
    plan,
    speedRatio: SPEED,
    ...(tokenEnv === '' ? {} : { tokenEnv, environment: { [tokenEnv]: token } }),
  });
  try {
    const report = await streamRecording({
      recording,
      candidates: service.candidates,
      speedRatio: SPEED,
      seed,
      signal: new AbortController().signal,
      session: { admission: createAdmission() },
      onEvent: ({ type }) => {
        if (type === 'audio.flowing') onFlowing();
      },
    });
    return { ...report, pendingFaults: service.pendingFaults() };
  } finally {
    await service.close();
  }
}

function nothing(): void {
  // nobody wants to know
}
