/** How candidates and their connections are called, and what a connection is told when it is dialled. */
import type { ConnectionInput } from './connection.types.ts';
import type { Candidate, Lane, OrchestratorContext } from './orchestrator.types.ts';

/** A lane's actor id. Unique for every connection that is dialled: the same id twice would orphan the first. */
export function laneName(lane: number | undefined): string {
  return `connection.${lane ?? 'none'}`;
}

export function nameOf(candidate: Candidate | undefined): string {
  if (candidate === undefined) return 'none';
  return candidate.region === ''
    ? candidate.provider
    : `${candidate.provider} (${candidate.region})`;
}

/** What a connection is told when it is dialled. */
export function connectionInput(
  { candidates, outage }: OrchestratorContext,
  { id, candidate }: Lane,
  role: 'carrier' | 'standby',
): ConnectionInput {
  const { component, policy, refreshesCredential, canProbe, hedges, limits, hasBeenConnected } =
    candidates[candidate] ?? candidates[0];
  return {
    lane: id,
    candidate,
    role,
    outage: role === 'carrier' ? outage : null,
    component,
    policy,
    refreshesCredential,
    canProbe,
    hedges,
    limits,
    hasBeenConnected: id === 1 && hasBeenConnected === true,
  };
}
