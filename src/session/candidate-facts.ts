/** What the orchestrator knows of each candidate. */
import { facultiesOf } from './abilities.ts';
import { limitsOf, mayHedge } from './candidates.ts';
import type { ResolvedCandidate } from './candidates.ts';
import type { SessionSpool } from './spooling.types.ts';
import type { Candidate } from '../../machines/orchestrator.types.ts';

/** @param spool may have a session to go on with; among several, a first dial that fails is answered by the next all the same. */
export function factsOfAll(
  candidates: readonly [ResolvedCandidate, ...ResolvedCandidate[]],
  spool: SessionSpool | null,
): readonly [Candidate, ...Candidate[]] {
  const isAlone = candidates.length === 1;
  const [first, ...others] = candidates;
  const hasBeenConnected = isAlone && spool?.isKept(first.key) === true;
  return [
    { ...factsOf(first, isAlone), hasBeenConnected },
    ...others.map((other) => factsOf(other, isAlone)),
  ];
}

function factsOf(
  { provider, region, policy, standby }: ResolvedCandidate,
  isAlone: boolean,
): Candidate {
  const { traits, component, name } = provider;
  return {
    provider: name,
    region,
    component,
    policy,
    standby,
    refreshesCredential: traits.refreshesCredential,
    canProbe: traits.answersPings,
    hedges: mayHedge(traits),
    limits: limitsOf(traits, isAlone),
    faculties: facultiesOf(provider),
    makesBeforeBreaks: traits.makesBeforeBreaks ?? true,
    takesOver: traits.takesOver ?? false,
    endsAfterMs: traits.endsAfterMs ?? null,
  };
}
