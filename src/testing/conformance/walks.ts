/** The paths that a conformance run takes: few that together take each transition by each of its causes. */
import { distinguish, stimuli } from './stimuli.ts';
import { waysOf } from './provider-server.ts';
import type { ServiceScript, Ways } from './provider-server.ts';
import { providerLinkPolicy } from '../../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../../machines/backoff.ts';
import { connectionMachine } from '../../../machines/connection.machine.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { ChartEdge } from '../model/edges.ts';
import { modelPaths } from '../model/paths.ts';
import type { ModelPath, ModelStep } from '../model/paths.ts';
import { sentenceOf, stateOf } from '../model/sentences.ts';
import type { Provider } from '../../providers/contract.ts';

/** A path and the session that it is taken on. */
export interface Walk {
  /** One sentence, unique in its set. */
  readonly name: string;
  readonly policy: ReconnectPolicy;
  readonly steps: readonly ModelStep[];
}

/** Without jitter the chart's waits are known to the millisecond. */
const PLAIN: ReconnectPolicy = { ...providerLinkPolicy, maxAttempts: 2, jitter: 'none' };

interface Setting {
  /** How the names of its walks begin. */
  readonly lead: string;
  readonly policy: ReconnectPolicy;
  /** Whether any dial succeeds. */
  readonly opens: boolean;
}

/** Between them these reach every transition: what is tried at first, what is tried again, and what is never. */
const SETTINGS: readonly Setting[] = [
  { lead: '', policy: PLAIN, opens: true },
  {
    lead: 'Where the first dial is tried again: ',
    policy: { ...PLAIN, retryInitialConnect: true },
    opens: false,
  },
  { lead: 'Without reconnection: ', policy: { ...PLAIN, maxAttempts: 0 }, opens: true },
];

const known = new Map<string, readonly Walk[]>();

/** The walks for one provider and its service. The same two give the same walks. */
export function walksFor(provider: Provider, script: ServiceScript): readonly Walk[] {
  const { refreshesCredential, answersPings } = provider.traits;
  const { component } = provider;
  const key = JSON.stringify([component, refreshesCredential, answersPings, kindsIn(script)]);
  const walks =
    known.get(key) ??
    chosenFrom(
      SETTINGS.flatMap(({ lead, policy, opens }) => {
        const input = { component, policy, refreshesCredential, canProbe: answersPings };
        const events = stimuli(script, { opens });
        const { paths } = modelPaths(connectionMachine, { input, events, distinguish });
        return paths.map((path) => ({ lead, policy, path }));
      }),
    );
  known.set(key, walks);
  return walks;
}

/** All of a script that its walks depend on. */
function kindsIn({ refusals, endings }: ServiceScript): unknown {
  return [refusals, endings].map((ways: Ways<object>) =>
    (Object.keys(ways) as FailureKind[]).map((kind) => [kind, waysOf(ways, kind).length]),
  );
}

interface Found {
  readonly lead: string;
  readonly policy: ReconnectPolicy;
  readonly path: ModelPath;
}

/** For each thing to be seen the shortest way to it, unless a longer way that is taken anyhow passes by. */
function chosenFrom(found: readonly Found[]): readonly Walk[] {
  const shortest = new Map<string, { readonly found: Found; readonly length: number }>();
  for (const each of found) {
    each.path.steps.forEach((step, index) => {
      for (const sight of sightsOf(step)) {
        const known = shortest.get(sight);
        if (known !== undefined && known.length <= index + 1) continue;
        shortest.set(sight, { found: each, length: index + 1 });
      }
    });
  }
  const ways = [...shortest].sort(([, a], [, b]) => b.length - a.length);
  const seen = new Set<string>();
  const walks: Walk[] = [];
  for (const [sight, { found: each, length }] of ways) {
    if (seen.has(sight)) continue;
    const steps = each.path.steps.slice(0, length);
    for (const step of steps) for (const passed of sightsOf(step)) seen.add(passed);
    const name = `${each.lead}${sentenceOf({ start: each.path.start, steps })}`;
    walks.push({ name, policy: each.policy, steps });
  }
  return walks.reverse();
}

/** A transition, its cause, and for what the whole chart answers the state in which it does. */
function sightsOf(step: ModelStep): readonly string[] {
  return step.to.edges.map((edge) => `${edge.id} by ${step.label}${placeOf(edge, step)}`);
}

function placeOf({ sourceId }: ChartEdge, { from }: ModelStep): string {
  return sourceId === connectionMachine.root.id ? ` in ${stateOf(from)}` : '';
}
