/** From which states of a chart one can still come to an end, as far as its own transitions tell. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

import { edgesOf } from '../../testing/model/edges.ts';

const known = new WeakMap<AnyStateMachine, ReadonlySet<string>>();

/** Ids of states without states in them, from which `active` or a final state can be reached. */
export function statesWithAnEnd(machine: AnyStateMachine): ReadonlySet<string> {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const nodes = nodesOf(machine.root);
  const leads = new Set(nodes.filter(isAnEnd).map(({ id }) => entered(id)));
  const steps = [
    ...edgesOf(machine).flatMap(({ sourceId, targetIds }) =>
      targetIds.map((targetId) => [sourceId, entered(targetId)] as const),
    ),
    // Who enters a state enters what is initial in it, and may leave by what any state around it allows.
    ...nodes.flatMap(({ id, states, initial }) =>
      Object.keys(states).length === 0
        ? [[entered(id), id] as const]
        : initial.target.map((target) => [entered(id), entered(target.id)] as const),
    ),
    ...nodes.flatMap(({ id, parent }) => (parent ? [[id, parent.id] as const] : [])),
  ];
  let size = -1;
  while (size !== leads.size) {
    size = leads.size;
    for (const [from, to] of steps) if (leads.has(to)) leads.add(from);
  }
  const atomic = nodes.filter(({ states }) => Object.keys(states).length === 0);
  const found = atomic.filter((node) => isAnEnd(node) || leads.has(node.id)).map(({ id }) => id);
  const ends = new Set(found);
  known.set(machine, ends);
  return ends;
}

/** Being in a state and entering it are not the same: around it are states that are entered elsewhere. */
function entered(id: string): string {
  return `> ${id}`;
}

function isAnEnd({ key, type }: AnyStateNode): boolean {
  return type === 'final' || key === 'active';
}

function nodesOf(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values<AnyStateNode>(node.states).flatMap(nodesOf)];
}
