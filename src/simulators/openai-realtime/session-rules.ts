/** Which fields a session has, and which values they take. */
import { isObject, stringAt } from '../../providers/wire/json.ts';
import { complaint, missing } from './frames.ts';
import type { Complaint } from './frames.ts';

export type SessionType = 'realtime' | 'transcription';

/** The first thing that is wrong with what `session.update` asks of a session of this type. */
export function sessionProblem(asked: unknown, type: SessionType): Complaint | null {
  const wanted = stringAt(asked, 'type');
  if (wanted !== null && wanted !== type) {
    const problem = oneOf('realtime', 'transcription')(wanted, 'session.type');
    const message = `Passing a ${wanted} session update event to a ${type} session is not allowed.`;
    return problem ?? complaint('invalid_value', message, 'session.type');
  }
  return RULES[type](asked, 'session');
}

type Rule = (value: unknown, path: string) => Complaint | null;

const wrongType = (path: string, expected: string): Complaint =>
  complaint('invalid_type', `Invalid type for '${path}': expected ${expected}.`, path);

const anything: Rule = () => null;
const text: Rule = (value, path) =>
  typeof value === 'string' ? null : wrongType(path, 'a string');
const flag: Rule = (value, path) =>
  typeof value === 'boolean' ? null : wrongType(path, 'a boolean');
const orNull =
  (rule: Rule): Rule =>
  (value, path) =>
    value === null ? null : rule(value, path);

function oneOf(...values: readonly (string | number)[]): Rule {
  return (value, path) => {
    if (values.includes(value as string)) return null;
    const supported = values.map((one) => `'${one}'`).join(', ');
    const message = `Invalid value: '${String(value)}'. Supported values are: ${supported}.`;
    return complaint('invalid_value', message, path);
  };
}

function between(kind: 'integer' | 'decimal', min: number, max: number): Rule {
  return (value, path) => {
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) {
      return wrongType(path, kind === 'integer' ? 'an integer' : 'a decimal');
    }
    const said = `Invalid '${path}': ${kind} ${value < min ? 'below minimum' : 'above maximum'} value.`;
    if (value < min)
      return complaint(
        `${kind}_below_min_value`,
        `${said} Expected a value >= ${min}, but got ${value} instead.`,
        path,
      );
    if (value > max)
      return complaint(
        `${kind}_above_max_value`,
        `${said} Expected a value <= ${max}, but got ${value} instead.`,
        path,
      );
    return null;
  };
}

function list(rule: Rule): Rule {
  return (value, path) => {
    if (!Array.isArray(value)) return wrongType(path, 'an array');
    return firstOf(value.map((part, at) => () => rule(part, `${path}[${at}]`)));
  };
}

function fields(rules: Readonly<Record<string, Rule>>): Rule {
  const known = new Map(Object.entries(rules));
  return (value, path) => {
    if (!isObject(value)) return wrongType(path, 'an object');
    return firstOf(
      Object.entries(value).map(([name, field]) => () => {
        const rule = known.get(name);
        const param = `${path}.${name}`;
        if (rule !== undefined) return rule(field, param);
        return complaint('unknown_parameter', `Unknown parameter: '${param}'.`, param);
      }),
    );
  };
}

function firstOf(checks: readonly (() => Complaint | null)[]): Complaint | null {
  for (const check of checks) {
    const problem = check();
    if (problem !== null) return problem;
  }
  return null;
}

/** Either alone: both at once are refused. */
const modalities: Rule = (value, path) => {
  const one = Array.isArray(value) ? value.join() : '';
  if (one === 'audio' || one === 'text') return null;
  const message = "Invalid modalities. Supported combinations are: ['text'] and ['audio'].";
  return complaint('invalid_value', message, path);
};

const format: Rule = (value, path) =>
  stringAt(value, 'type') === 'audio/pcm'
    ? fields({ type: anything, rate: between('integer', 24_000, 24_000) })(value, path)
    : fields({ type: oneOf('audio/pcm', 'audio/pcmu', 'audio/pcma') })(value, path);

const tool: Rule = (value, path) => {
  if (stringAt(value, 'type') === 'mcp') return null;
  if (stringAt(value, 'name') === null) return missing(`${path}.name`);
  return fields({ type: oneOf('function'), name: text, description: text, parameters: anything })(
    value,
    path,
  );
};

const turnDetection = orNull(
  fields({
    type: oneOf('server_vad', 'semantic_vad'),
    threshold: between('decimal', 0, 1),
    prefix_padding_ms: between('integer', 0, 60_000),
    silence_duration_ms: between('integer', 0, 60_000),
    idle_timeout_ms: orNull(between('integer', 5_000, 30_000)),
    eagerness: oneOf('low', 'medium', 'high', 'auto'),
    create_response: flag,
    interrupt_response: flag,
  }),
);

const input = fields({
  format,
  noise_reduction: orNull(fields({ type: oneOf('near_field', 'far_field'), strength: anything })),
  transcription: orNull(
    fields({
      model: text,
      language: orNull(text),
      languages: list(text),
      keywords: list(text),
      prompt: orNull(text),
      delay: oneOf('minimal', 'low', 'medium', 'high', 'xhigh'),
    }),
  ),
  turn_detection: turnDetection,
});

const output = fields({ format, voice: anything, speed: between('decimal', 0.25, 1.5) });

const RULES: Readonly<Record<SessionType, Rule>> = {
  realtime: fields({
    type: anything,
    object: anything,
    id: anything,
    model: text,
    instructions: text,
    output_modalities: modalities,
    tools: list(tool),
    tool_choice: anything,
    parallel_tool_calls: flag,
    reasoning: anything,
    max_output_tokens: anything,
    tracing: anything,
    truncation: anything,
    prompt: anything,
    include: anything,
    audio: fields({ input, output }),
  }),
  transcription: fields({
    type: anything,
    object: anything,
    id: anything,
    include: anything,
    audio: fields({ input }),
  }),
};
