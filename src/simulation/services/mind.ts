/** Who answers: of each turn it says which words it heard, or asks the tool about them. */
import type { Mind, Thought } from '../../simulators/persona/mind.ts';

export const TOOL = 'look_up';

const TALKS_OF_EVERY = 3;
const MORE =
  'There is more to be told of it than one would have thought. Some of that is known to nobody. The rest has to wait.';

const WORDS = /\b[wt]\d+\b/g;
/** On a socket that is told in words what a tool answered on the one before. */
const TOLD = /^\[The tool \S+ answered: (.*)\]$/;

export const mind: Mind = (turns, tools): Thought => {
  const heard = turns.filter(({ role }) => role === 'user').at(-1)?.text ?? '';
  const [, output] = TOLD.exec(heard) ?? [];
  if (output !== undefined) return { text: `So ${output}.`, toolCall: null };
  const words = heard.match(WORDS) ?? [];
  const asked = words.filter((word) => word.startsWith('t'));
  if (asked.length === 0 || !tools.includes(TOOL))
    return { text: `Re ${words.at(-1) ?? ''}.`, toolCall: null };
  return {
    text: '',
    toolCall: { name: TOOL, arguments: JSON.stringify({ query: asked.join(' ') }) },
  };
};

/** Of every third it has more to say. */
export const talker: Mind = (turns, tools) => {
  const thought = mind(turns, tools);
  const [, number] = /(\d+)\.$/.exec(thought.text) ?? [];
  if (number === undefined || Number(number) % TALKS_OF_EVERY !== 0) return thought;
  return { ...thought, text: `${thought.text} ${MORE}` };
};
