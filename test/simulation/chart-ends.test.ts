import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import type { AnyStateNode } from 'xstate';

import { connectionMachine } from '../../machines/connection.machine.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { statesWithAnEnd } from '../../src/simulation/checks/chart-ends.ts';

describe('a chart', () => {
  it.each([connectionMachine, orchestratorMachine])(
    '%#: comes to an end from every state',
    (machine) => {
      const all = atomic(machine.root);

      expect(all.length).toBeGreaterThan(4);
      expect(all.filter((id) => !statesWithAnEnd(machine).has(id))).toEqual([]);
    },
  );

  it('I18: a state that nothing leads out of is found', () => {
    const machine = createMachine({
      id: 'trap',
      initial: 'open',
      states: {
        open: { on: { fell: 'pit', ended: 'over' } },
        pit: { initial: 'deep', states: { deep: { on: { moved: 'deeper' } }, deeper: {} } },
        over: { type: 'final' },
      },
    });

    const found = statesWithAnEnd(machine);

    expect(['open', 'over'].every((key) => found.has(`trap.${key}`))).toBe(true);
    expect(found.has('trap.pit.deeper')).toBe(false);
    expect(found.has('trap.pit.deep')).toBe(false);
  });
});

function atomic(node: AnyStateNode): readonly string[] {
  const within = Object.values<AnyStateNode>(node.states);
  return within.length === 0 ? [node.id] : within.flatMap(atomic);
}
