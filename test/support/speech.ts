/** Runs of real speech against local services, for scenario tests. */
import { fileURLToPath } from 'node:url';

import { watchedTransport } from './watched-sockets.ts';
import type { SocketFact } from './watched-sockets.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { readRecording } from '../../src/cli/commands/transcribe.ts';
import { outagesOf } from '../../src/cli/outages.ts';
import type { Outage } from '../../src/cli/outages.ts';
import { parseProviders } from '../../src/cli/providers.ts';
import { streamRecording } from '../../src/cli/recording.ts';
import type { Recording, StreamOptions, StreamReport } from '../../src/cli/recording.ts';
import { startServices } from '../../src/cli/services.ts';
import type { ProviderTraits } from '../../src/providers/contract.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { CandidateOptions } from '../../src/session/candidates.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { parseFaultPlan } from '../../src/simulators/faults/plan.ts';
import { FaultTimeline } from '../../src/simulators/faults/proxy.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

/** What the session told, and what became of its sockets, in the order in which it happened. */
export type Fact = SocketFact | { readonly what: 'told'; readonly event: SessionEvent };

export interface SpeechRun extends StreamReport {
  readonly outages: readonly Outage[];
  readonly pendingFaults: number;
  readonly facts: readonly Fact[];
}

export interface SpeechRunOptions {
  readonly recogniser: Recogniser;
  readonly recording: Recording;
  /** As `--provider` takes them. Default `local`. */
  readonly providers?: string;
  readonly standby?: boolean;
  /** Other traits than the providers have. */
  readonly traits?: Partial<ProviderTraits>;
  readonly faults?: string;
  readonly seed?: number;
  readonly speedRatio?: number;
  readonly retentionMs?: number;
  readonly apiKey?: string;
  readonly reconnect?: Partial<ReconnectPolicy>;
  readonly session?: StreamOptions['session'];
  /** Faults are counted from the first final on, not from the first byte. */
  readonly faultsFromFirstFinal?: boolean;
}

/** Begins when it is told, and not before. */
class HeldTimeline extends FaultTimeline {
  override start(): void {
    // The first byte does not count.
  }

  release(): void {
    super.start(systemClock.nowMs());
  }
}

export function speechFile(name: string): Promise<Recording> {
  const file = fileURLToPath(new URL(`../fixtures/speech/${name}`, import.meta.url));
  return readRecording(file, () => undefined);
}

export async function runSpeech(options: SpeechRunOptions): Promise<SpeechRun> {
  const { recogniser, recording, faults = 'none', seed = 1, speedRatio = 4 } = options;
  const providers = parseProviders(options.providers ?? 'local');
  const lengthMs = recording.durationMs;
  const timeline = new HeldTimeline();
  const services = await startServices({
    providers,
    simulated: true,
    plan: parseFaultPlan(faults, { seed, lengthMs, targets: providers }),
    speedRatio,
    standby: options.standby ?? false,
    recogniser,
    ...(options.faultsFromFirstFinal === true ? { timeline } : {}),
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  });
  const facts: Fact[] = [];
  try {
    const report = await streamRecording({
      recording,
      candidates: services.candidates.map((candidate) => watched(candidate, options, facts)),
      speedRatio,
      seed,
      signal: new AbortController().signal,
      // What one run finds out about its services is not for the next.
      session: { admission: createAdmission(), ...options.session },
      onEvent: (event) => {
        facts.push({ what: 'told', event });
        if (event.type === 'transcript' && event.isFinal) timeline.release();
      },
      ...(options.retentionMs === undefined ? {} : { retentionMs: options.retentionMs }),
      ...(options.reconnect === undefined ? {} : { reconnect: options.reconnect }),
    });
    return {
      ...report,
      outages: outagesOf(services.faults(), report.story),
      pendingFaults: services.pendingFaults(),
      facts,
    };
  } finally {
    await services.close();
  }
}

function watched(
  candidate: CandidateOptions,
  { traits }: SpeechRunOptions,
  facts: Fact[],
): CandidateOptions {
  const { provider } = candidate;
  return {
    ...candidate,
    provider: { ...provider, traits: { ...provider.traits, ...traits } },
    transport: watchedTransport(nodeWebSocketTransport, provider.name, facts),
  };
}
