/** `generateContent` and `streamGenerateContent`, thought by the same mind. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterTool } from '../persona/mind.ts';
import type { Mind, Thought, Turn } from '../persona/mind.ts';
import { answer, bodyOf } from '../server/simulator-server.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { readJson, textIn } from './json.ts';
import { objectAt, objectsAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { toolNames } from './setup.ts';
import { httpError } from './wire.ts';

/** What has to come back with every call that was made here. */
const SIGNATURE = Buffer.from('a thought of tenuto').toString('base64');

/** Of a call that another model made; Google's guide "Thought signatures" has it. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** Of server-sent events: nothing. Once it is out, so is all before it. */
const COMMENT = ':\r\n\r\n';

const BODY_FIELDS: readonly string[] = [
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings',
  'cachedContent',
];

export async function answerContent(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly mind: Mind; readonly streams: boolean; readonly breaksOff: () => number },
): Promise<void> {
  const body = readJson(await bodyOf(request));
  const refusal = refusalOf(body);
  if (body === null || refusal !== null) {
    answer(response, refusal ?? invalid('The body is no JSON object.'));
    return;
  }
  const chunks = chunksOf(thoughtOf(objectsAt(body, 'contents'), toolNames(body), options.mind));
  if (!options.streams) {
    answer(response, { status: 200, body: JSON.stringify(merged(chunks)) });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const told = chunks.slice(0, options.breaksOff());
  for (const chunk of told) response.write(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
  if (told.length === chunks.length) response.end();
  else response.write(COMMENT, () => response.destroy());
}

function refusalOf(body: JsonObject | null): HttpAnswer | null {
  if (body === null) return invalid('Invalid JSON payload received.');
  const stray = Object.keys(body).find((name) => !BODY_FIELDS.includes(name));
  if (stray !== undefined) {
    return invalid(`Invalid JSON payload received. Unknown name "${stray}": Cannot find field.`);
  }
  const contents = objectsAt(body, 'contents');
  if (contents.length === 0)
    return invalid('* GenerateContentRequest.contents: contents is not specified');
  if (textIn(contents.at(-1), 'role') === 'model') {
    return invalid('Requests ending with a model turn are not supported.');
  }
  return (
    contents
      .map((content, at) => callRefusal(content, contents[at - 1], contents[at + 1]))
      .find((refusal) => refusal !== null) ?? null
  );
}

/** The rules for calls: after the user's turn, each with its signature, each with its result behind it. */
function callRefusal(
  content: JsonObject,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): HttpAnswer | null {
  const parts = objectsAt(content, 'parts');
  const calls = parts.filter((part) => objectAt(part, 'functionCall') !== null);
  if (calls.length === 0) return null;
  if (textIn(before, 'role') !== 'user') {
    return invalid(
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    );
  }
  const results = objectsAt(after, 'parts').filter(
    (part) => objectAt(part, 'functionResponse') !== null,
  );
  if (results.length !== calls.length) {
    return invalid(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
  return [SIGNATURE, NO_SIGNATURE].includes(textIn(calls[0], 'thoughtSignature'))
    ? null
    : invalid('Function call is missing a thought_signature in functionCall parts.');
}

function thoughtOf(contents: readonly JsonObject[], tools: readonly string[], mind: Mind): Thought {
  const results = objectsAt(contents.at(-1), 'parts').flatMap((part) => {
    const response = objectAt(objectAt(part, 'functionResponse'), 'response');
    return response === null ? [] : [response];
  });
  if (results.length > 0) {
    const outputs = results.map(({ output }) =>
      typeof output === 'string' ? output : JSON.stringify(output ?? null),
    );
    return { text: afterTool(outputs.join(', ')), toolCall: null };
  }
  const turns = contents.map((content): Turn => {
    const role = textIn(content, 'role') === 'model' ? 'assistant' : 'user';
    const text = objectsAt(content, 'parts')
      .map((part) => textIn(part, 'text'))
      .join('');
    return { role, text };
  });
  return mind(turns, tools);
}

/** Two words a chunk; counts in the middle differ from those at the end, as the service's do. */
function chunksOf({ text, toolCall }: Thought): readonly JsonObject[] {
  const parts: JsonObject[] = (text.match(/\s*\S+(?:\s+\S+)?/g) ?? []).map((words) => ({
    text: words,
  }));
  if (toolCall !== null) {
    const args = JSON.parse(toolCall.arguments) as unknown;
    parts.push({ functionCall: { name: toolCall.name, args }, thoughtSignature: SIGNATURE });
  }
  if (parts.length === 0) parts.push({ text: '' });
  return parts.map((part, at) => {
    const isLast = at === parts.length - 1;
    return {
      candidates: [
        {
          content: { parts: [part], role: 'model' },
          index: 0,
          ...(isLast ? { finishReason: 'STOP' } : {}),
        },
      ],
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: isLast ? parts.length * 2 : 1,
        totalTokenCount: 10 + parts.length * 2,
      },
      modelVersion: 'tenuto-local',
    };
  });
}

function merged(chunks: readonly JsonObject[]): JsonObject {
  const parts = chunks.flatMap((chunk) =>
    objectsAt(objectAt(objectsAt(chunk, 'candidates')[0], 'content'), 'parts'),
  );
  const candidate = { content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 };
  return { ...chunks.at(-1), candidates: [candidate] };
}

function invalid(message: string): HttpAnswer {
  return httpError({ status: 400, name: 'INVALID_ARGUMENT', message });
}
