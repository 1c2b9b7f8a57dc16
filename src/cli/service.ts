/** The service that a recording is sent to: a cloud's, or one on this machine behind a proxy that breaks things. */
import type { ProviderName } from './providers.ts';
import type { Provider } from '../providers/contract.ts';
import { deepgramListen } from '../providers/deepgram-listen/deepgram-listen.ts';
import { TenutoError } from '../ports/errors.ts';
import { startDeepgramSimulator } from '../simulators/deepgram/simulator.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import { startFaultProxy } from '../simulators/faults/proxy.ts';
import type { FaultRecord, FaultTimeline } from '../simulators/faults/proxy.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../simulators/recogniser/vosk-recogniser.ts';

export interface ServiceOptions {
  readonly provider: ProviderName;
  /** Against the provider's local simulator. `local` and `backup` always are. */
  readonly simulated: boolean;
  readonly plan: FaultPlan;
  /** What several services share whose faults are parts of one plan. Default: its own. */
  readonly timeline?: FaultTimeline;
  /** How many times real time the recording goes out. */
  readonly speedRatio: number;
  readonly apiKey?: string;
  /** Another address of the service; no simulator is started then. */
  readonly url?: string;
  /** Port of the local service. Default: a free one. */
  readonly port?: number;
  /** A recogniser that is shared by several services; it is not closed with them. */
  readonly recogniser?: Recogniser;
}

export interface Service {
  readonly provider: Provider;
  faults(): readonly FaultRecord[];
  /** Faults that found nothing to break yet. */
  pendingFaults(): number;
  close(): Promise<void>;
}

/** Deepgram refuses audio faster than 1.25 times real time; a backlog goes out at 1.2. */
const MAX_RATE_RATIO = 1.25;
const REPLAY_RATE_RATIO = 1.2;
const LOCAL_KEY = 'local';

/** Whether a service is started here for it. */
export function isOnThisMachine(
  provider: ProviderName,
  { url, simulated }: { readonly url?: string; readonly simulated: boolean },
): boolean {
  return url === undefined && (provider !== 'deepgram' || simulated);
}

export async function startService(options: ServiceOptions): Promise<Service> {
  if (isOnThisMachine(options.provider, options)) return startLocalService(options);
  // An address that is none is told before a key is asked for.
  if (options.url !== undefined) deepgramListen({ apiKey: LOCAL_KEY, baseUrl: options.url });

  if (options.plan.faults.length > 0) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: 'Faults can only be put before a service on this machine.',
      remediation:
        'Take --provider local, add --simulated, aim the faults at a local one, or leave --faults out.',
    });
  }
  if (options.speedRatio > REPLAY_RATE_RATIO) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `Deepgram does not take audio at ${options.speedRatio} times real time.`,
      remediation: `Take --speed ${REPLAY_RATE_RATIO} at the most, or --simulated.`,
    });
  }

  return {
    provider: deepgramListen({
      name: options.provider,
      apiKey: options.apiKey ?? requiredKey(options.url),
      ...(options.url === undefined ? {} : { baseUrl: options.url }),
    }),
    faults: () => [],
    pendingFaults: () => 0,
    close: () => Promise.resolve(),
  };
}

async function startLocalService(options: ServiceOptions): Promise<Service> {
  const { speedRatio, plan, apiKey } = options;
  const ownRecogniser = options.recogniser === undefined ? createVoskRecogniser() : null;
  const recogniser = options.recogniser ?? ownRecogniser;
  if (recogniser === null) throw new TypeError('a local service needs a recogniser');

  const closers: (() => Promise<void>)[] =
    ownRecogniser === null ? [] : [() => ownRecogniser.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const withProxy = plan.faults.length > 0;
    const simulator = await startDeepgramSimulator({
      recogniser,
      apiKeys: [LOCAL_KEY],
      maxRateRatio: MAX_RATE_RATIO * speedRatio,
      ...(withProxy || options.port === undefined ? {} : { port: options.port }),
    });
    closers.push(() => simulator.close());
    const proxy = withProxy
      ? await startFaultProxy({
          targetPort: simulator.port,
          plan,
          timeScaleRatio: speedRatio,
          ...(options.timeline === undefined ? {} : { timeline: options.timeline }),
          ...(options.port === undefined ? {} : { port: options.port }),
        })
      : null;
    if (proxy !== null) closers.push(() => proxy.close());

    return {
      provider: deepgramListen({
        name: options.provider,
        // A function stands for a key that can be renewed, so that one refusal is survived; a given key is final.
        apiKey: apiKey ?? (() => LOCAL_KEY),
        baseUrl: `ws://127.0.0.1:${proxy?.port ?? simulator.port}`,
        replayRateRatio: REPLAY_RATE_RATIO * speedRatio,
      }),
      faults: () => proxy?.faults() ?? [],
      pendingFaults: () => proxy?.pending() ?? 0,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function requiredKey(url: string | undefined): never {
  if (url !== undefined) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `The service at ${url} needs a key.`,
      remediation: 'Give it with --api-key.',
    });
  }
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: 'Deepgram needs a key.',
    remediation:
      'Set DEEPGRAM_API_KEY or give --api-key; or take --provider local, which needs none.',
  });
}
