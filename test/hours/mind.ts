/** Who answers in an hour: on a socket that is told in words what a tool answered on the one before, too. */
import { afterTool, simpleMind } from '../../src/simulators/persona/mind.ts';
import type { Mind } from '../../src/simulators/persona/mind.ts';

const TOLD = /^\[The tool \S+ answered: (.*)\]$/;

export const mind: Mind = (turns, tools) => {
  const heard = turns.filter(({ role }) => role === 'user').at(-1)?.text ?? '';
  const [, output] = TOLD.exec(heard) ?? [];
  return output === undefined
    ? simpleMind(turns, tools)
    : { text: afterTool(output), toolCall: null };
};
