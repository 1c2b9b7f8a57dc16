/** Through what a recording is streamed: a gateway that runs already, a voice agent, or providers. */
import type { Environment } from './access.ts';
import { GATEWAY, startGatewayService } from './gateway-service.ts';
import { isVoice, parseProviders, VOICE } from './providers.ts';
import type { Services } from './services.ts';
import { startServices } from './services.ts';
import { startVoice } from './voice.ts';
import { VOICE_PARTS } from './voice-parts.ts';
import { TenutoError } from '../ports/errors.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';

export interface ThroughOptions {
  /** Names, with commas between them. Default `local`; with `gateway` none. */
  readonly provider?: string;
  /** The address of a gateway that runs already: it chooses the providers. */
  readonly gateway?: string;
  /** The environment variable that holds the gateway's bearer. */
  readonly tokenEnv?: string;
  /** Other gateways to which it may send its clients. */
  readonly mayMoveTo?: readonly string[];
  /** A gateway on another machine may be spoken to in the clear. */
  readonly insecure?: boolean;
  readonly standby: boolean;
  readonly simulated: boolean;
  readonly apiKey?: string;
  readonly url?: string;
  readonly port?: number;
  /** Where keys and addresses are that no option gives. Default: nowhere. */
  readonly environment?: Environment;
}

type Given = ThroughOptions & { readonly plan: FaultPlan; readonly speedRatio: number };

export interface Through {
  /** What faults can be aimed at. */
  readonly targets: readonly string[];
  start(given: Given): Promise<Services>;
}

/** Who hears where nobody is named. */
const LOCAL = 'local';

/** @throws TenutoError OPTION_INVALID or PROVIDER_UNKNOWN. */
export function throughOf(options: ThroughOptions): Through {
  const { gateway: url, provider = LOCAL } = options;
  if (url !== undefined) {
    checkAlone(options);
    return { targets: [GATEWAY], start: (given) => startGatewayService({ ...given, url }) };
  }
  if (options.tokenEnv !== undefined) throw onlyWithGateway('token-env');
  if (options.insecure === true) throw onlyWithGateway('insecure');
  if (options.mayMoveTo !== undefined) throw onlyWithGateway('may-move-to');
  if (isVoice(provider)) return { targets: VOICE_PARTS, start: startVoice };
  const providers = parseProviders(provider, [VOICE]);
  return { targets: providers, start: (given) => startServices({ ...given, providers }) };
}

/** As a summary calls it. */
export function nameOf({ gateway, provider = LOCAL }: ThroughOptions): string {
  return gateway === undefined ? provider : GATEWAY;
}

/** What a gateway decides is not for its clients to say. */
function checkAlone({ provider, apiKey, url, simulated, standby }: ThroughOptions): void {
  const others = { provider, 'api-key': apiKey, url, simulated, standby };
  const given = Object.entries(others).find(([, value]) => value !== undefined && value !== false);
  if (given === undefined) return;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `--gateway and --${given[0]} exclude each other: a gateway has providers of its own.`,
    remediation: 'Leave one of them out; what serves behind a gateway is told to tenuto serve.',
  });
}

function onlyWithGateway(option: string): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `--${option} is for a gateway, and none is given.`,
    remediation: `Add --gateway and its address, or leave --${option} out.`,
  });
}
