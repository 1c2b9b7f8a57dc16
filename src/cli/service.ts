/** The service that a recording is sent to: a cloud's, or one on this machine behind a proxy that breaks things. */
import { accessOf, addressOf, vendorOf } from './access.ts';
import type { Environment } from './access.ts';
import { adapterOf, paced } from './adapters.ts';
import type { ProviderName } from './providers.ts';
import { Recognisers } from './recognisers.ts';
import { localBaseUrl, standInOf, startStandIn } from './stand-ins.ts';
import type { Provider } from '../providers/contract.ts';
import { TenutoError } from '../ports/errors.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import { FaultTimeline, startFaultProxy } from '../simulators/faults/proxy.ts';
import type { FaultRecord } from '../simulators/faults/proxy.ts';
import { systemClock } from '../ports/clock.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';

export interface ServiceOptions {
  readonly provider: ProviderName;
  /** Against the provider's local simulator: the one at `url`, or else one that is started. `local` and `backup` always are. */
  readonly simulated: boolean;
  readonly plan: FaultPlan;
  /** What several services share whose faults are parts of one plan. Default: its own. */
  readonly timeline?: FaultTimeline;
  /** How many times real time the recording goes out. */
  readonly speedRatio: number;
  readonly apiKey?: string;
  /** Another address of the service; no simulator is started then. */
  readonly url?: string;
  /** Keys and addresses that no option gives. Default: none. */
  readonly environment?: Environment;
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

const LOCAL_KEY = 'local';
/** A stand-in answers within a second or two, and on a busy machine within some more: what takes longer is broken. */
const LOCAL_TIMEOUT_MS = 20_000;

/** Whether a service is started here for it. */
export function isOnThisMachine(
  provider: ProviderName,
  { url, simulated }: { readonly url?: string; readonly simulated: boolean },
): boolean {
  return url === undefined && (vendorOf(provider) === null || simulated);
}

export async function startService(options: ServiceOptions): Promise<Service> {
  if (isOnThisMachine(options.provider, options)) return startLocalService(options);
  if (options.simulated && options.url !== undefined) return standInAt(options.url, options);

  const { provider: name, environment = {}, speedRatio } = options;
  const given = { ...options, environment };
  const { baseUrl } = addressOf(name, given);
  // An address that is none is told before a key is asked for.
  adapterOf(name, { apiKey: LOCAL_KEY, ...(baseUrl === undefined ? {} : { baseUrl }) });
  if (options.plan.faults.length > 0) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: 'Faults can only be put before a service on this machine.',
      remediation:
        'Take --provider local, add --simulated, aim the faults at a local one, or leave --faults out.',
    });
  }
  const provider = adapterOf(name, accessOf(name, given));
  const { replayRateRatio } = provider.traits;
  if (speedRatio > replayRateRatio) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `${vendorOf(name)?.name ?? 'Deepgram'} does not take audio at ${speedRatio} times real time.`,
      remediation: `Take --speed ${replayRateRatio} at the most, or --simulated.`,
    });
  }

  return {
    provider,
    faults: () => [],
    pendingFaults: () => 0,
    close: () => Promise.resolve(),
  };
}

/** A stand-in that somebody else has started (`tenuto simulators --speed`), and ends. */
function standInAt(baseUrl: string, { provider, speedRatio }: ServiceOptions): Service {
  const adapter = adapterOf(provider, { apiKey: () => LOCAL_KEY, baseUrl });
  return {
    provider: paced(adapter, speedRatio),
    faults: () => [],
    pendingFaults: () => 0,
    close: () => Promise.resolve(),
  };
}

async function startLocalService(options: ServiceOptions): Promise<Service> {
  const { provider: name, speedRatio, plan, apiKey } = options;
  const own = new Recognisers();
  const recogniser = options.recogniser ?? own.behind(standInOf(name));
  const closers: (() => Promise<void>)[] = [() => own.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const withProxy = plan.faults.length > 0;
    const timeline = options.timeline ?? new FaultTimeline();
    const standIn = await startStandIn(standInOf(name), {
      recogniser,
      apiKeys: [LOCAL_KEY],
      speedRatio,
      ...(withProxy || options.port === undefined ? {} : { port: options.port }),
    });
    closers.push(() => standIn.close());
    const proxy = withProxy
      ? await startFaultProxy({
          targetPort: standIn.port,
          plan,
          carries: name === 'whisper' ? 'requests' : 'sockets',
          timeScaleRatio: speedRatio,
          timeline,
          ...(options.port === undefined ? {} : { port: options.port }),
        })
      : null;
    if (proxy !== null) closers.push(() => proxy.close());
    const adapter = adapterOf(name, {
      // A function stands for a key that can be renewed, so that one refusal is survived; a given key is final.
      apiKey: apiKey ?? (() => LOCAL_KEY),
      baseUrl: localBaseUrl(name, proxy?.port ?? standIn.port),
      timeoutMs: LOCAL_TIMEOUT_MS,
    });

    return {
      provider: beginning(timeline, paced(adapter, speedRatio)),
      faults: () => proxy?.faults() ?? [],
      pendingFaults: () => proxy?.pending() ?? 0,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Who is asked by requests hears the first byte when somebody has paused; a plan's time begins with the recording. */
function beginning(timeline: FaultTimeline, provider: Provider): Provider {
  if (provider.over === undefined) return provider;
  return {
    ...provider,
    dial: (...asked) => {
      timeline.start(systemClock.nowMs());
      return provider.dial(...asked);
    },
  };
}
