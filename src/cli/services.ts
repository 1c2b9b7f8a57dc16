/** The services that a session has to choose from, each with an address of its own, so that one can fail alone. */
import { vendorOf } from './access.ts';
import type { Environment } from './access.ts';
import type { ProviderList, ProviderName } from './providers.ts';
import type { OpenStream } from './stream.ts';
import { Recognisers } from './recognisers.ts';
import { standInOf } from './stand-ins.ts';
import { isOnThisMachine, startService } from './service.ts';
import type { Service } from './service.ts';
import { TenutoError } from '../ports/errors.ts';
import type { CandidateOptions } from '../session/candidates.ts';
import { planFor } from '../simulators/faults/plan.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import { FaultTimeline } from '../simulators/faults/proxy.ts';
import type { FaultRecord } from '../simulators/faults/proxy.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';

export interface ServicesOptions {
  /** In order of preference. */
  readonly providers: ProviderList;
  /** Against the providers' local simulators. `local` and `backup` always are. */
  readonly simulated: boolean;
  /** A fault that names no provider is put before the first. */
  readonly plan: FaultPlan;
  /** How many times real time the recording goes out. */
  readonly speedRatio: number;
  /** Keeps a configured socket ready: at every provider but the first, or at the only one. Default false. */
  readonly standby?: boolean;
  /** Of several providers, that of the vendor: the only one there is. */
  readonly apiKey?: string;
  /** Keys and addresses that no option gives. Default: none. */
  readonly environment?: Environment;
  /** Another address of the service, where there is but one. */
  readonly url?: string;
  /** Port of the first local service; the next ones follow it. Default: free ones. */
  readonly port?: number;
  /** When the plan's time begins. Default: with the first byte to any of the services. */
  readonly timeline?: FaultTimeline;
  /** A recogniser of the caller's; it is not closed with the services. */
  readonly recogniser?: Recogniser;
}

export interface Services {
  /** For a session to choose from. */
  readonly candidates: readonly CandidateOptions[];
  /** Where they are parts of a voice agent: opens it, with the candidates as those who hear. */
  readonly openAgent?: OpenStream;
  /** What has fired, in order of time; of several services with the name of the one that it hit. */
  faults(): readonly FaultRecord[];
  /** Faults that found nothing to break yet. */
  pendingFaults(): number;
  close(): Promise<void>;
}

const LAST_PORT = 65_535;

/** @throws TenutoError where the options do not fit together, or a port is in use. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { providers } = options;
  checkOptions(options);
  const recognisers = new Recognisers();
  const timeline = options.timeline ?? new FaultTimeline();
  const services: { readonly name: ProviderName; readonly service: Service }[] = [];
  const close = async (): Promise<void> => {
    for (const { service } of services.splice(0).reverse()) await service.close();
    await recognisers.close();
  };
  try {
    for (const name of providers) {
      const isLocal = isOnThisMachine(name, options);
      const service = await startService({
        ...optionsFor(name, options, services.length),
        timeline,
        ...(isLocal
          ? { recogniser: options.recogniser ?? recognisers.behind(standInOf(name)) }
          : {}),
      });
      services.push({ name, service });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const isAlone = providers.length === 1;
  const standsBy = (at: number): boolean => options.standby === true && (isAlone || at > 0);
  const records = services.map(({ name, service }) => {
    return () => (isAlone ? service.faults() : service.faults().map((record) => of(name, record)));
  });

  return {
    candidates: services.map(({ service }, at) => {
      return { provider: service.provider, standby: standsBy(at) ? 1 : 0 };
    }),
    faults: () =>
      records.flatMap((read) => read()).sort((one, other) => one.firedAtMs - other.firedAtMs),
    pendingFaults: () => services.reduce((sum, { service }) => sum + service.pendingFaults(), 0),
    close,
  };
}

function optionsFor(name: ProviderName, options: ServicesOptions, started: number) {
  const { providers, simulated, plan, speedRatio, apiKey, url, port, environment } = options;
  const isFirst = name === providers[0];
  const hasKey = apiKey !== undefined && (providers.length === 1 || vendorOf(name) !== null);
  return {
    provider: name,
    simulated,
    speedRatio,
    plan: planFor(plan, name, isFirst),
    ...(hasKey ? { apiKey } : {}),
    ...(url === undefined ? {} : { url }),
    ...(environment === undefined ? {} : { environment }),
    ...(port === undefined ? {} : { port: port === 0 ? 0 : port + started }),
  };
}

function of(target: ProviderName, record: FaultRecord): FaultRecord {
  return { ...record, fault: { ...record.fault, target } };
}

/** What is said of one service must not be said of several. */
function checkOptions(options: ServicesOptions): void {
  const { providers, url, apiKey, port, simulated } = options;
  const local = providers.filter((name) => isOnThisMachine(name, options));
  if (simulated && url !== undefined) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: '--simulated starts a service on this machine, and --url names another.',
      remediation: 'Leave one of them out.',
    });
  }
  if (port !== undefined && local.length === 0) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: '--port is for a service on this machine, and none is started.',
      remediation: 'Leave --port out, or take --provider local.',
    });
  }
  if (port !== undefined && port + providers.length - 1 > LAST_PORT) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `From port ${port} on there are not ${providers.length} ports.`,
      remediation: 'Choose another port, or 0 for free ones.',
    });
  }
  if (providers.length === 1) return;
  if (url !== undefined) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `--url is the address of one service, and ${providers.length} providers are named.`,
      remediation: 'Name one provider, or leave --url out.',
    });
  }
  if (apiKey !== undefined) checkKey(providers);
}

/** One key opens one vendor's services. */
function checkKey(providers: ProviderList): void {
  const vendors = [...new Set(providers.map(vendorOf))].filter((vendor) => vendor !== null);
  if (vendors.length === 1) return;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message:
      vendors.length === 0
        ? `None of ${providers.join(', ')} needs a key.`
        : `--api-key is one key, and ${vendors.map(({ name }) => name).join(' and ')} have one each.`,
    remediation:
      vendors.length === 0
        ? 'Leave --api-key out.'
        : `Set ${vendors.map(({ keyVariable }) => keyVariable).join(' and ')} instead.`,
  });
}
