/** What decides for a session: one connection, or an orchestrator with several. */
import { needsOrchestrator } from './candidates.ts';
import type { Decider, DeciderHandlers } from './decider.types.ts';
import { failoverOf } from './failover-part.ts';
import { OneConnection } from './one-connection.ts';
import type { ResolvedOptions } from './options.ts';
import type { Wiring } from './wiring.ts';

type Deciding = readonly [decider: Decider, stopNetwork: (() => void) | null];

/** From now on it decides, and hears of the network. Where that cannot be, the spool that has joined may be another session's. */
export function startDeciding(
  options: ResolvedOptions,
  wiring: Wiring,
  handlers: DeciderHandlers,
): Deciding {
  let decider: Decider | null = null;
  try {
    decider = startDecider(options, wiring, handlers);
    return [decider, followNetwork(options, decider)];
  } catch (error) {
    decider?.stop();
    void options.spool?.end(false);
    throw error;
  }
}

function startDecider(
  options: ResolvedOptions,
  wiring: Wiring,
  handlers: DeciderHandlers,
): Decider {
  const failover = failoverOf(options);
  const { reporter } = wiring;
  reporter.dealing = failover?.deals(options, () => reporter.owner) ?? null;
  return failover === null || !needsOrchestrator(options.candidates)
    ? new OneConnection(options, wiring, handlers)
    : failover.startDecider(options, wiring, handlers);
}

/** Tells what is judged of the network, from now until the returned function is called. */
function followNetwork(
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
