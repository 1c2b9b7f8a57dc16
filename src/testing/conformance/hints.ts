/** When to come back, as a service says it: what is added to a script, and what an adapter has to make of it. */
import type { Ending, Refusal, ServiceScript, Ways } from './provider-server.ts';
import { waysOf } from './provider-server.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import { retryAfterMsOf } from '../../providers/retry-hints.ts';

const HINT_S = 7;
const HINT_MS = 4_782;

/** In the words of OpenAI's refusals; Google's and Azure's differ little. */
const HINT_TEXT = 'Please try again in 4.782s.';

const SAYS_WHAT_IS_WRONG = /message|msg|description|detail|reason/i;

const LONGEST_REASON_BYTES = 123;

/** The script with a hint in every place where its service gives one and none is written out. */
export function withRetryHints(script: ServiceScript): ServiceScript {
  const places = script.retryHints ?? ['retry-after'];
  const refusals = waysOf(script.refusals, 'rateLimited');
  const endings = waysOf(script.endings, 'rateLimited');
  const [refusal] = refusals.filter((each) => hintIn(each) === undefined);
  const [ending] = endings.filter((each) => each.code !== undefined && hintIn(each) === undefined);

  const moreRefusals = places.flatMap((place) =>
    refusal === undefined || refusals.some((each) => place in (each.headers ?? {}))
      ? []
      : hintedRefusal(refusal, place),
  );
  const moreEndings = ending !== undefined && places.includes('reason') ? [hinted(ending)] : [];
  return {
    ...script,
    refusals: withMore(script.refusals, refusals, moreRefusals),
    endings: withMore(script.endings, endings, moreEndings),
  };
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

function hintedRefusal(
  refusal: Refusal,
  place: NonNullable<ServiceScript['retryHints']>[number],
): readonly Refusal[] {
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
