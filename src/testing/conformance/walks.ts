/** The paths that a conformance run takes: few that together take each transition by each of its causes. */
import { distinguish } from './moments.ts';
import { hintIn } from './hints.ts';
import { stimuli } from './stimuli.ts';
import { waysOf } from './provider-server.ts';
import type { AnyScript, Ending, Refusal, Ways } from './provider-server.ts';
import { canRefuseDials, isByRequest, isVoice } from './script-kinds.ts';
import { SETTINGS } from './settings.ts';
import type { Setting } from './settings.ts';
import { connectionMachine } from '../../../machines/connection.machine.ts';
import type { ConnectionInput } from '../../../machines/connection.types.ts';
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
  readonly setting: Setting;
  readonly steps: readonly ModelStep[];
}

const known = new Map<string, readonly Walk[]>();

/** The walks for one provider and its service. The same two give the same walks. */
export function walksFor(provider: Provider, script: AnyScript): readonly Walk[] {
  const settings = SETTINGS.filter((setting) => setting.isPossible(provider, script));
  const form = [isByRequest(script), isVoice(script), canRefuseDials(script)];
  const key = JSON.stringify([
    provider.component,
    provider.traits,
    settings,
    kindsIn(script),
    form,
  ]);
  const walks =
    known.get(key) ??
    chosenFrom(
      settings.flatMap((setting) => {
        const input = inputOf(provider, setting);
        const events = stimuli(script, provider.traits, setting);
        const { paths } = modelPaths(connectionMachine, { input, events, distinguish });
        return paths.map((path) => ({ setting, path }));
      }),
    );
  known.set(key, walks);
  return walks;
}

/** What the session tells the connection when it makes it. */
function inputOf(provider: Provider, { traits, policy, lane, role }: Setting): ConnectionInput {
  const { refreshesCredential, answersPings, hedges, makesBeforeBreaks, liveness } = {
    ...provider.traits,
    ...traits,
  };
  return {
    component: provider.component,
    policy,
    lane,
    role,
    candidate: lane > 1 && role === 'carrier' ? 1 : 0,
    refreshesCredential,
    canProbe: answersPings,
    hedges: hedges ?? makesBeforeBreaks ?? true,
    limits: liveness ?? {},
  };
}

/** All of a script that its walks depend on. */
function kindsIn({ refusals, endings }: AnyScript): unknown {
  return [refusals, endings].map((ways: Ways<Refusal | Ending>) =>
    (Object.keys(ways) as FailureKind[]).map((kind) => [kind, waysOf(ways, kind).map(hintOf)]),
  );
}

/** As JSON keeps it. */
function hintOf(way: Refusal | Ending): number | null {
  return hintIn(way) ?? null;
}

interface Found {
  readonly setting: Setting;
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
    const { setting } = each;
    const name = `${setting.lead}${sentenceOf({ start: each.path.start, steps })}`;
    walks.push({ name, setting, steps });
  }
  return walks.reverse();
}

/** A transition, its cause, and for what the whole chart answers the state in which it does. */
function sightsOf(step: ModelStep): readonly string[] {
  return step.to.edges.map((edge) => `${edge.id} by ${step.label}${placeOf(edge, step)}`);
}

/** What the whole chart answers, and a standby, is seen in each state. */
function placeOf({ sourceId }: ChartEdge, { from }: ModelStep): string {
  const state = stateOf(from);
  const isSeen = sourceId === connectionMachine.root.id || state === 'connected.standingBy';
  return isSeen ? ` in ${state}` : '';
}
