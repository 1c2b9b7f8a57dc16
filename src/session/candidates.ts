/** The candidates of a session: one provider at one endpoint each, in order of preference. */
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { LivenessLimits } from '../../machines/liveness.types.ts';
import { candidateKey } from './admission/candidate-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import { checkOptions, invalid } from '../ports/option-errors.ts';
import type { Transport } from '../ports/socket.ts';
import type { Provider, ProviderTraits } from '../providers/contract.ts';

export interface CandidateOptions {
  readonly provider: Provider;
  /** Where its endpoint is, such as `eu`: another region of the same provider is tried before another provider. Default ''. */
  readonly region?: string;
  /** Default: the session's. */
  readonly transport?: Transport;
  /** Changes to the session's reconnection policy for this candidate. */
  readonly reconnect?: Partial<ReconnectPolicy>;
  /** 1 keeps a configured socket ready beside the one that carries. Default 0. */
  readonly standby?: 0 | 1;
  /**
   * Names the account that its limits count for: candidates and sessions with the same provider, region and key share
   * one breaker and one limit of dials. Never the secret itself. Default `default`.
   */
  readonly key?: string;
}

export interface ResolvedCandidate {
  readonly provider: Provider;
  readonly region: string;
  readonly transport: Transport;
  readonly policy: ReconnectPolicy;
  readonly standby: 0 | 1;
  /** Under which breakers and limits of dials know it. */
  readonly key: string;
}

interface Defaults {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly policy: ReconnectPolicy;
  /** Of who keeps sessions (`keepsSessionForMs`). */
  readonly keeperPolicy: ReconnectPolicy;
  readonly check: (policy: ReconnectPolicy) => ReconnectPolicy;
}

export function noProviders(): TenutoError {
  return invalid(
    'candidates is empty, or is not a list of providers.',
    'Give one at least, such as candidates: [deepgramListen({ apiKey })].',
  );
}

/** @throws TenutoError OPTION_INVALID. */
export function resolveCandidate(
  given: Provider | CandidateOptions,
  { transport, clock, check, ...policies }: Defaults,
): ResolvedCandidate {
  const isOptions = 'provider' in Object(given);
  const options = (isOptions ? given : { provider: given }) as CandidateOptions;
  // Who writes JavaScript may give anything.
  if (!('openStream' in Object(options.provider))) throw noProviders();
  const { provider, region = '', standby = 0, key = 'default' } = options;
  const policy =
    (provider.traits.keepsSessionForMs ?? 0) > 0 ? policies.keeperPolicy : policies.policy;
  const names = { provider, region, standby, transport, reconnect: policy, key };
  checkOptions('candidate', options, names satisfies Record<keyof CandidateOptions, unknown>);
  if ((standby as number) !== 0 && (standby as number) !== 1) {
    throw invalid(`standby is ${String(standby)}.`, 'Give 0 or 1.');
  }
  const { makesBeforeBreaks, takesOver } = provider.traits;
  if (standby === 1 && (makesBeforeBreaks === false || takesOver === true)) {
    throw invalid(
      `${provider.name} allows no second session, so none can stand by.`,
      'Leave standby out, or ask another candidate for it.',
    );
  }

  return {
    provider,
    region,
    standby,
    transport: over(provider, options.transport ?? transport, clock),
    policy: options.reconnect === undefined ? policy : check({ ...policy, ...options.reconnect }),
    key: candidateKey({ provider: provider.name, region, keyId: key }),
  };
}

/** Some services are no socket: their provider makes one of what they are. */
function over(provider: Provider, transport: Transport, clock: Clock): Transport {
  return provider.over?.({ transport, clock }) ?? transport;
}

/**
 * Whether nothing less will do. A service that announces its end and gives a session to whoever asks last is left by a second
 * socket of the same connection, which the connection chart decides.
 */
export function mustFailOver(candidates: readonly ResolvedCandidate[]): boolean {
  const [{ standby, provider } = { standby: 0, provider: null }, ...others] = candidates;
  const { endsAfterMs = null, announcesEnd, takesOver } = provider?.traits ?? {};
  const isLeftFor = announcesEnd === true && takesOver !== true;
  return others.length > 0 || standby === 1 || endsAfterMs !== null || isLeftFor;
}

/** One candidate of which nothing has to be decided beyond its connection needs no orchestrator. */
export function needsOrchestrator(candidates: readonly ResolvedCandidate[]): boolean {
  return candidates.length > 1 || candidates.some(isPlannedFor);
}

function isPlannedFor({ provider: { traits }, standby }: ResolvedCandidate): boolean {
  return standby === 1 || traits.announcesEnd === true || (traits.endsAfterMs ?? null) !== null;
}

/** Where there is nothing to turn to but another socket, a silent one is worth keeping for longer. */
export function limitsOf({ liveness }: ProviderTraits, isAlone: boolean): LivenessLimits {
  const { deadAloneAtLeastMs, ...limits } = liveness ?? {};
  if (!isAlone || deadAloneAtLeastMs === undefined) return limits;
  return { ...limits, deadAtLeastMs: Math.max(limits.deadAtLeastMs ?? 0, deadAloneAtLeastMs) };
}

/** Whether a second socket may be dialled beside a silent one. */
export function mayHedge({ hedges, makesBeforeBreaks }: ProviderTraits): boolean {
  return hedges ?? makesBeforeBreaks ?? true;
}
