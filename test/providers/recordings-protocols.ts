/** Whose message it is, and which side sends it, by its type or its members alone. */
import { isObject, objectAt, objectsAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export type Direction = 'sent' | 'received';

/** `service` is null where several have a message of that name. */
interface Known {
  readonly service: string | null;
  readonly direction: Direction;
}

const TYPES: readonly (readonly [type: RegExp, service: string | null, direction: Direction])[] = [
  [
    /^((transcription_)?session\.update|input_audio_buffer\.(append|commit|clear)|output_audio_buffer\.clear|conversation\.item\.(create|delete|retrieve|truncate)|response\.(create|cancel))$/,
    'openai',
    'sent',
  ],
  [
    /^((transcription_)?session|input_audio_buffer|output_audio_buffer|conversation|response|rate_limits)\.\w/,
    'openai',
    'received',
  ],
  [/^(Configure|ForceEndTurn)$/, 'flux', 'sent'],
  [/^(TurnInfo|Connected|Configure(Success|Failure))$/, 'flux', 'received'],
  [/^(Speak|Flush|Clear|Close)$/, 'speak', 'sent'],
  [/^(Flushed|Cleared|Warning)$/, 'speak', 'received'],
  [/^(Finalize|KeepAlive)$/, 'listen', 'sent'],
  [/^(Results|UtteranceEnd|SpeechStarted)$/, 'listen', 'received'],
  [/^CloseStream$/, null, 'sent'],
  [/^Metadata$/, null, 'received'],
];

const GEMINI: readonly (readonly [member: RegExp, direction: Direction])[] = [
  [/^(setup|client_?content|realtime_?input|tool_?response)$/i, 'sent'],
  [
    /^(setup_?complete|server_?content|tool_?call(_?cancellation)?|go_?away|session_?resumption_?update)$/i,
    'received',
  ],
];

/** Null for what is nobody's that we know: an envelope, a header, or something new. */
export function knownMessage(message: JsonObject): Known | null {
  const type = stringAt(message, 'type');
  if (type === null) return gemini(message) ?? whisper(message);
  // A socket's own end is also written down as `Close`.
  if (type === 'Close' && message['code'] !== undefined) return null;
  if (type === 'error' && objectAt(message, 'error') !== null) {
    return { service: 'openai', direction: 'received' };
  }
  if (type === 'Error' && ['description', 'message', 'err_msg'].some((name) => name in message)) {
    return { service: null, direction: 'received' };
  }
  const found = TYPES.find(([pattern]) => pattern.test(type));
  return found === undefined ? null : { service: found[1], direction: found[2] };
}

function gemini(message: JsonObject): Known | null {
  for (const [name, value] of Object.entries(message)) {
    const found = GEMINI.find(([member]) => member.test(name));
    if (found !== undefined && isObject(value)) return { service: 'gemini', direction: found[1] };
  }
  return null;
}

/** An answer to a clip: `verbose_json`, or a text alone, which may be anybody's. */
function whisper(message: JsonObject): Known | null {
  if (stringAt(message, 'text') === null) return null;
  const isVerbose = 'duration' in message || 'language' in message || 'task' in message;
  const segments = objectsAt(message, 'segments');
  const isAnswer = segments.length > 0 ? stringAt(segments[0], 'text') !== null : isVerbose;
  return isAnswer ? { service: 'whisper', direction: 'received' } : null;
}
