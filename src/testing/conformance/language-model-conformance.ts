/**
 * Whether a `LanguageModel` keeps its contract: what it makes of each answer of its service, over an HTTP in memory.
 *
 * ```ts
 * const { cases } = languageModelConformance((http) => myModel({ http, apiKey }), myService);
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
import { missingCredential, secretsIn } from './credentials.ts';
import { garbage } from './garbage.ts';
import { hintIn, withRetryHints } from './hints.ts';
import { askModel, bytesOf, QUESTION } from './model-question.ts';
import type { ModelQuestion } from './model-question.ts';
import type { ConformanceCase } from './provider-conformance.ts';
import { waysOf } from './service-facts.ts';
import type { CredentialRule, Refusal, ServiceFacts, Ways } from './service-facts.ts';
import { mismatch } from './waiting.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { Http } from '../../ports/http.ts';
import type { LanguageModel } from '../../providers/gemini-llm/language-model.ts';

/** What the service of a language model answers. */
export interface LanguageModelScript {
  /** By kind of failure, the HTTP answers that say so. A kind that is left out is one that it cannot produce. */
  readonly refusals: Ways<Refusal>;
  /** The whole body of an answer with these pieces of text, in order. */
  reply(this: void, pieces: readonly string[]): string | Uint8Array;
  /** The whole body of an answer that calls a tool. Default: the service knows none. */
  toolCall?(this: void, name: string, args: Readonly<Record<string, unknown>>): string | Uint8Array;
  /** What each request has to carry; null where the service wants nothing. Default: anything that looks like a credential. */
  readonly credential?: CredentialRule | null;
  /** As in the scripts of other services. Default `['retry-after']`. */
  readonly retryHints?: NonNullable<ServiceFacts['retryHints']>;
}

const PIECES = ['The first piece, ', 'a second: "quoted" — ünïcode 語, ', 'and the last.'];
const ARGUMENTS = { city: 'Zürich', days: 3, nested: { deep: [1, null] } };

type Course = (model: ModelQuestion, script: LanguageModelScript) => Promise<void> | void;

/** Makes the cases; nothing is asked before they run. @param make makes the model on this HTTP, anew for each case. */
export function languageModelConformance(
  make: (http: Http) => LanguageModel,
  service: LanguageModelScript,
): { readonly cases: readonly ConformanceCase[]; readonly unsupported: readonly string[] } {
  const script = { ...service, ...withRetryHints({ ...service, endings: {} }) };
  const caseOf = (name: string, course: Course): ConformanceCase => ({
    name,
    steps: 0,
    run: async () => {
      const question = await askModel(make);
      assertCarried(question, script);
      await course(question, script);
      question.assertKept();
    },
  });

  return {
    cases: [
      caseOf('An answer is told piece by piece, in order, and ends once.', answerWhole),
      caseOf('It does not matter where the bytes of an answer are cut.', answerByBytes),
      ...(script.toolCall === undefined
        ? []
        : [caseOf('A tool is called once, with its name and arguments.', callTool)]),
      ...refusalCases(script, caseOf),
      caseOf('An answer that breaks off fails, wherever it does.', breakOff),
      caseOf('An answer that ends too soon fails.', endTooSoon),
      caseOf('No answer at all is a passing failure.', neverAnswer),
      caseOf('Cancelled before the answer begins, it lets go and tells nothing.', cancelEarly),
      caseOf('Cancelled by whoever hears a piece, it tells nothing more.', cancelInside),
      caseOf('Whatever is answered, it throws nothing and ends once.', answerGarbage(make)),
    ],
    unsupported: KINDS.filter((kind) => waysOf(script.refusals, kind).length === 0).map(
      (kind) => `it refuses no request as ${kind}`,
    ),
  };
}

const KINDS: readonly FailureKind[] = [
  'transient',
  'rateLimited',
  'quota',
  'auth',
  'config',
  'perRequest',
];

function refusalCases(
  script: LanguageModelScript,
  caseOf: (name: string, course: Course) => ConformanceCase,
): readonly ConformanceCase[] {
  return KINDS.flatMap((kind) =>
    waysOf(script.refusals, kind).map((refusal, way) =>
      caseOf(`A refusal is ${kind} (${refusal.status}, ${way + 1}).`, (question) => {
        refuse(question, kind, refusal);
      }),
    ),
  );
}

function refuse(question: ModelQuestion, kind: FailureKind, refusal: Refusal): void {
  const { status, headers = {}, body = '' } = refusal;
  const { url, headers: sent = {} } = question.request;
  const said = typeof body === 'string' ? body : body({ url, headers: sent });
  question.answer({ status, headers, body: said });
  const failure = question.failure();
  if (failure.kind !== kind) {
    throw mismatch(`a ${status} was called ${failure.kind} instead of ${kind}`);
  }
  const wantedMs = kind === 'rateLimited' ? hintIn(refusal) : undefined;
  if (wantedMs === undefined || Math.abs((failure.retryAfterMs ?? NaN) - wantedMs) < 1) return;
  throw mismatch(
    `the service asked to come back in ${wantedMs} ms, and the failure says ${failure.retryAfterMs ?? 'nothing'}`,
  );
}

function answerWhole(question: ModelQuestion, script: LanguageModelScript): void {
  question.answer({ body: script.reply(PIECES) });
  question.assertText(PIECES.join(''));
}

function answerByBytes(question: ModelQuestion, script: LanguageModelScript): void {
  question.answer({ body: script.reply(PIECES), pieceBytes: 1 });
  question.assertText(PIECES.join(''));
}

function callTool(question: ModelQuestion, script: LanguageModelScript): void {
  const body = script.toolCall?.('forecast', ARGUMENTS) ?? '';
  question.answer({ body });
  question.assertText('');
  const [call, ...others] = question.calls;
  const told = call === undefined ? null : `${call.name} ${call.arguments}`;
  if (others.length > 0 || call?.name !== 'forecast' || !isSame(call.arguments)) {
    throw mismatch(`of one call of forecast, ${question.calls.length} were told: ${String(told)}`);
  }
  if (call.callId === '') throw mismatch('the call has no `callId`');
}

function isSame(told: string): boolean {
  try {
    return JSON.stringify(JSON.parse(told)) === JSON.stringify(ARGUMENTS);
  } catch {
    return false;
  }
}

async function breakOff(first: ModelQuestion, script: LanguageModelScript): Promise<void> {
  const body = bytesOf(script.reply(PIECES));
  first.answer({ body: body.subarray(0, body.length >> 1), end: 'failed' });
  assertTransient(first);
  const second = await first.again();
  second.answer({ body: new Uint8Array(), end: 'failed' });
  assertTransient(second);
  second.assertKept();
}

/** All but its end came, and the service says that this is all. */
function endTooSoon(question: ModelQuestion, script: LanguageModelScript): void {
  const body = bytesOf(script.reply(PIECES));
  question.answer({ body: body.subarray(0, body.length >> 1) });
  assertTransient(question);
}

function neverAnswer(question: ModelQuestion): void {
  question.exchange.onEnd({ kind: 'failed', errorCode: 'TIMEOUT', reason: 'no answer in time' });
  assertTransient(question);
}

function assertTransient(question: ModelQuestion): void {
  const { kind } = question.failure();
  if (kind !== 'transient') throw mismatch(`an answer that broke off was called ${kind}`);
}

async function cancelEarly(question: ModelQuestion, script: LanguageModelScript): Promise<void> {
  question.reply.cancel();
  if (!question.isCancelled) throw mismatch('`cancel` left its request under way');
  question.answer({ body: script.reply(PIECES) });
  question.assertSilent(0);
  const unsent = await question.again({ cancelsAtOnce: true });
  unsent.assertSilent(0);
}

function cancelInside(question: ModelQuestion, script: LanguageModelScript): void {
  question.onText = () => question.reply.cancel();
  question.answer({ body: script.reply(PIECES) });
  question.assertSilent(1);
}

function answerGarbage(make: (http: Http) => LanguageModel): Course {
  return async (question) => {
    question.answer({ body: '' });
    question.assertOver();
    for (const body of garbage) {
      for (const wrap of [(text: string) => text, (text: string) => `data: ${text}\n\n`]) {
        const next = await askModel(make);
        next.answer({ body: typeof body === 'string' ? wrap(body) : body });
        next.assertOver();
        next.assertKept();
      }
    }
  };
}

function assertCarried(
  { request, secrets }: ModelQuestion,
  { credential }: LanguageModelScript,
): void {
  const { url, headers = {} } = request;
  const dialled = { url, headers, timeoutMs: request.timeoutMs };
  for (const secret of secretsIn(dialled)) secrets.add(secret);
  const fault = credential === null ? null : missingCredential(dialled, credential ?? {});
  if (fault !== null) throw mismatch(fault.replace('dial()', 'the request'));
  if (!bytesOf(request.body ?? '').length)
    throw mismatch(`the request says nothing of "${QUESTION}"`);
}
