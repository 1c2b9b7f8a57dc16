/** What stands below the options of a command: exit statuses, and the grammar of faults. */
import { STAND_IN_FAULTS } from './stand-ins.ts';
import {
  FAULT_LIST_GRAMMAR,
  FAULT_LIST_NOTES,
  faultListHelp,
} from '../simulators/control/fault-list.ts';
import { FAULT_KINDS, FAULT_PLAN_GRAMMAR, FAULT_PLAN_NOTES } from '../simulators/faults/plan.ts';

export const EXIT_HELP = `
Exit status: 0 where every captured chunk was delivered (and a voice agent answered each turn aloud), 1 where not, 2 where it
cannot begin (the command, its file, a port or a package cannot be used) or nothing can be written, 130 where it was interrupted, 141 where nobody reads on.`;

export function faultsHelp(): string {
  const kinds = FAULT_KINDS.map(({ kind, description }) => `  ${kind.padEnd(15)} ${description}`);
  return ['', 'Faults:', FAULT_PLAN_GRAMMAR, FAULT_PLAN_NOTES, '', ...kinds].join('\n');
}

export function standInFaultsHelp(): string {
  const more = 'docs/simulators.md has every parameter, name and code.';
  const table = faultListHelp(STAND_IN_FAULTS);
  return ['', 'Faults:', FAULT_LIST_GRAMMAR, FAULT_LIST_NOTES, more, '', table].join('\n');
}
