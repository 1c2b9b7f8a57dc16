/** Tools at the door: a service that refuses one refuses the whole session. */
import { invalid } from '../../ports/option-errors.ts';

export interface ToolNameRule {
  /** As a person calls the service. */
  readonly service: string;
  readonly pattern: RegExp;
  /** What the pattern says, for a person. */
  readonly allows: string;
}

/** OpenAI API reference, "FunctionDefinition"; 64 characters. */
export const OPENAI_TOOL_NAMES: ToolNameRule = {
  service: 'OpenAI',
  pattern: /^[a-zA-Z0-9_-]{1,64}$/,
  allows: '1 to 64 of a-z, A-Z, 0-9, _ and -',
};

/** Google's API reference, "FunctionDeclaration"; 128 characters. */
export const GEMINI_TOOL_NAMES: ToolNameRule = {
  service: 'Gemini',
  pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/,
  allows: 'a letter or _, and then up to 127 of a-z, A-Z, 0-9, _, ., : and -',
};

/**
 * @param tools undefined where none are given.
 * @throws TenutoError OPTION_INVALID for what is no list of tools, a name that the service does not take, or one that is
 * given twice.
 */
export function checkTools(tools: unknown, rule: ToolNameRule): void {
  if (tools === undefined) return;
  if (!Array.isArray(tools)) {
    throw invalid('tools is not a list.', "Give a list, such as tools: [{ name: 'get_weather' }].");
  }
  const names = new Set<string>();
  for (const tool of tools as readonly unknown[]) {
    const name = nameOf(tool, rule);
    if (names.has(name)) {
      throw invalid(`Two tools have the name "${name}".`, 'Give each a name of its own.');
    }
    names.add(name);
  }
}

function nameOf(tool: unknown, { service, pattern, allows }: ToolNameRule): string {
  const { name, description, parameters } = Object(tool) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !pattern.test(name)) {
    const told = typeof name === 'string' ? `"${name.slice(0, 64)}"` : typeof name;
    throw invalid(`The name of a tool is ${told}.`, `${service} takes ${allows}.`);
  }
  if (description !== undefined && typeof description !== 'string') {
    throw invalid(`The description of the tool "${name}" is no text.`, 'Give a text, or none.');
  }
  if (parameters !== undefined && (typeof parameters !== 'object' || parameters === null)) {
    throw invalid(
      `The parameters of the tool "${name}" are no JSON schema.`,
      "Give a schema as an object, such as { type: 'object', properties: {} }, or none.",
    );
  }
  return name;
}
