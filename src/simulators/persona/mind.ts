/** What a stand-in answers: little, always the same, and enough to hold a conversation with tools. */

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface Thought {
  /** What it says; empty where it only calls a tool. */
  readonly text: string;
  readonly toolCall: { readonly name: string; readonly arguments: string } | null;
}

/** `turns`: the conversation so far, the user's last turn at its end. `tools`: names of what may be called. */
export type Mind = (turns: readonly Turn[], tools: readonly string[]) => Thought;

/** A tool is called when a word of its name is said: `get_weather` by "how is the weather". */
export const simpleMind: Mind = (turns, tools) => {
  const heard = turns.filter(({ role }) => role === 'user').at(-1)?.text ?? '';
  const words = new Set(heard.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const name = tools.find((tool) =>
    tool.split(/[_\W]+/).some((part) => part.length > 3 && words.has(part.toLowerCase())),
  );
  if (name !== undefined) {
    return { text: '', toolCall: { name, arguments: JSON.stringify({ query: heard }) } };
  }
  return { text: heard === '' ? 'I am here.' : `You said: ${heard}.`, toolCall: null };
};

/** What it says once a tool has answered. */
export function afterTool(output: string): string {
  return `The answer is ${output}.`;
}
