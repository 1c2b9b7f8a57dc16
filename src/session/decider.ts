/** What decides for a session: one connection, or an orchestrator with several. */
import { needsOrchestrator } from './candidates.ts';
import { connectionOf } from './connection-part.ts';
import type { Decider, DeciderHandlers } from './decider.types.ts';
import { failoverOf } from './failover-part.ts';
import type { ResolvedOptions } from './options.ts';
import type { Wiring } from './wiring.ts';

export function startDecider(
  options: ResolvedOptions,
  wiring: Wiring,
  handlers: DeciderHandlers,
): Decider {
  const failover = failoverOf(options);
  const { reporter } = wiring;
  reporter.dealing = failover?.deals(options, () => reporter.owner) ?? null;
  const isOne = failover === null || !needsOrchestrator(options.candidates);
  const part = isOne ? connectionOf(options) : failover;
  return part.startDecider(options, wiring, handlers);
}

/** Tells what is judged of the network, from now until the returned function is called. */
export function followNetwork(
  { network, random, clock }: ResolvedOptions,
  decider: Decider,
): (() => void) | null {
  if (network === null) return null;
  const stop = network.subscribe((judgement) => {
    if (judgement.type === 'network.lost') decider.tellNetwork(judgement);
    else decider.tellNetwork({ ...judgement, unit: random.unit() });
  });
  if (!network.isOnline) decider.tellNetwork({ type: 'network.lost', atMs: clock.nowMs() });
  return stop;
}
