/** When to come back, as a service says it: what is added to a script, and what an adapter has to make of it. */
import type { Ending, Refusal, ServiceFacts, Ways } from './provider-server.ts';
import { waysOf } from './provider-server.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import { retryAfterMsOf } from '../../providers/retry-hints.ts';

const HINT_S = 7;
const HINT_MS = 4_782;

/** In the words of OpenAI's refusals; Google's and Azure's differ little. */
const HINT_TEXT = 'Please try again in 4.782s.';

const SAYS_WHAT_IS_WRONG = /message|msg|description|detail|reason/i;

const LONGEST_REASON_BYTES = 123;

type Hinting = Pick<ServiceFacts, 'refusals' | 'endings' | 'retryHints'>;
type Places = NonNullable<ServiceFacts['retryHints']>;

/** The script with a hint in every place where its service gives one and none is written out. */
export function withRetryHints<Script extends Hinting>(script: Script): Script {
  const places = script.retryHints ?? ['retry-after'];
  return {
    ...script,
    refusals: withHints(script.refusals, places),
    endings: withHints<Refusal | Ending>(script.endings, places),
  };
}

function withHints<Way extends Refusal | Ending>(ways: Ways<Way>, places: Places): Ways<Way> {
  const known = waysOf(ways, 'rateLimited');
  const bare = known.filter((each) => hintIn(each) === undefined);
  const refusal = bare.find((each): each is Way & Refusal => 'status' in each);
  const closing = bare.find((each) => 'code' in each);
  const moreRefusals = places.flatMap((place) =>
    refusal === undefined || known.some((each) => 'headers' in each && place in each.headers)
      ? []
      : hintedRefusal(refusal, place),
  );
  const isSaid = closing !== undefined && places.includes('reason');
  const moreEndings = isSaid ? [hinted(closing as Ending)] : [];
  return withMore<Refusal | Ending>(ways, known, [...moreRefusals, ...moreEndings]) as Ways<Way>;
}

/** The hint that this way carries, in ms; undefined where it carries none. */
export function hintIn(way: Refusal | Ending): number | undefined {
  if (way.retryAfterMs !== undefined) return way.retryAfterMs ?? undefined;
  if ('status' in way) {
    const { headers = {}, body } = way;
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return (
      retryAfterMsOf({
        headers: Object.fromEntries(lower) as Record<string, string>,
        body: typeof body === 'string' ? body : undefined,
      }) ?? undefined
    );
  }
  const frame = typeof way.frame === 'string' ? way.frame : undefined;
  return retryAfterMsOf({ text: way.reason, body: frame }) ?? undefined;
}

function hintedRefusal(refusal: Refusal, place: Places[number]): readonly Refusal[] {
  const { headers, body = '' } = refusal;
  switch (place) {
    case 'retry-after':
      return [{ ...refusal, headers: { ...headers, 'retry-after': String(HINT_S) } }];
    case 'retry-after-ms':
      return [{ ...refusal, headers: { ...headers, 'retry-after-ms': String(HINT_MS) } }];
    case 'body':
      return [{ ...refusal, body: bodyWith(body), retryAfterMs: HINT_MS }];
    case 'reason':
      return [];
  }
}

function bodyWith(body: NonNullable<Refusal['body']>): NonNullable<Refusal['body']> {
  return typeof body === 'string' ? textWith(body) : (facts) => textWith(body(facts));
}

/** In JSON it stands where a service says what is wrong. */
function textWith(body: string): string {
  try {
    const before: unknown = JSON.parse(body);
    const after = JSON.stringify(before, (name, value: unknown) =>
      typeof value === 'string' && SAYS_WHAT_IS_WRONG.test(name) ? `${value} ${HINT_TEXT}` : value,
    );
    if (after !== JSON.stringify(before)) return after;
  } catch {
    // Prose, which the hint follows.
  }
  return `${body} ${HINT_TEXT}`.trim();
}

function hinted(ending: Ending): Ending {
  const reason = `${ending.reason ?? ''} ${HINT_TEXT}`.trim();
  const fits = new TextEncoder().encode(reason).length <= LONGEST_REASON_BYTES;
  return { ...ending, reason: fits ? reason : HINT_TEXT };
}

function withMore<Way extends object>(
  ways: Ways<Way>,
  known: readonly Way[],
  more: readonly Way[],
): Ways<Way> {
  const kind: FailureKind = 'rateLimited';
  return more.length === 0 ? ways : { ...ways, [kind]: [...known, ...more] };
}
