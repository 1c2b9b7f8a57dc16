/** What a server of another version may add to its answers: fields that no client has heard of. */
import type { Random } from '../../ports/random.ts';
import { objectAt, objectIn, objectsAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { HttpAnswer } from '../server/http-answer.ts';

const ODD = { x_new_field: { nested: [1, null, '…'] }, constructor: 'x' };

/**
 * In the answer, in its error, and in each of its segments and words. What is no JSON object stays as it is.
 * @param ratio how often, 0 to 1.
 */
export function withOddities(answer: HttpAnswer, ratio: number, random: Random): HttpAnswer {
  if (ratio === 0 || random.unit() >= ratio) return answer;
  const body = objectIn(answer.body ?? '');
  if (body === null) return answer;
  const odd: JsonObject = {
    ...body,
    ...(objectAt(body, 'error') === null ? {} : { error: { ...objectAt(body, 'error'), ...ODD } }),
    ...oddly(body, 'segments'),
    ...oddly(body, 'words'),
    ...ODD,
  };
  return { ...answer, body: JSON.stringify(odd) };
}

function oddly(body: JsonObject, name: 'segments' | 'words'): JsonObject {
  if (body[name] === undefined) return {};
  return { [name]: objectsAt(body, name).map((one) => ({ ...one, ...ODD })) };
}
