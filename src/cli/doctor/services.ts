/** Whether each provider answers, and takes the key that is set. The key goes to its own service only, in a header. */
import { ASK_WITHIN_MS } from './check.ts';
import type { Check } from './check.ts';
import { questionsIn, verdictOn } from './questions.ts';
import type { Answer, Question } from './questions.ts';
import type { Environment } from '../access.ts';

/** @param headers have the key, where one is set. */
export type Ask = (url: string, headers: Readonly<Record<string, string>>) => Promise<Answer>;

const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];
const MAX_CLOCK_OFF_MS = 60_000;
const MAX_REFUSAL_CHARS = 4_096;

export interface ServiceCheckOptions {
  readonly environment: Environment;
  /** Also those that are not on this machine. */
  readonly online: boolean;
  readonly ask?: Ask;
  readonly wallNowMs: () => number;
}

export async function serviceChecks(options: ServiceCheckOptions): Promise<readonly Check[]> {
  const checks = questionsIn(options.environment).map(async (question): Promise<Check> => {
    const { name } = question;
    const url = addressIn(question);
    if (url === null) {
      const detail = 'the base URL that is set is no address, or has more in it than one';
      return { name, state: 'failed', detail, remedy: 'Give one such as http://127.0.0.1:8080.' };
    }
    if (options.online || LOCAL_HOSTS.includes(url.hostname)) return asked(question, url, options);
    return { name, state: 'unknown', detail: `${url.hostname} was not asked` };
  });
  return Promise.all(checks);
}

/** The services whose key is set. */
export function servicesInUse(environment: Environment): readonly string[] {
  return questionsIn(environment)
    .filter(({ headers }) => headers !== null)
    .map(({ name }) => name);
}

/** Null for what no adapter would take: a key in an address is told by the adapter, and is sent nowhere. */
function addressIn({ address, path }: Question): URL | null {
  const whole = `${address.replace(/^ws/i, 'http').replace(/\/+$/, '')}/${path}`;
  if (!URL.canParse(whole) || /[?#]/.test(whole)) return null;
  const url = new URL(whole);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

async function asked(
  question: Question,
  { href, hostname }: URL,
  { ask = askByFetch, wallNowMs }: ServiceCheckOptions,
): Promise<Check> {
  const { name } = question;
  try {
    const answer = await ask(href, question.headers ?? {});
    const { status, date } = answer;
    const offMs = date === null ? 0 : Math.abs(Date.parse(date) - wallNowMs());
    const told = toldOf(question, answer, `${hostname} answers (${status})`);
    if (!(offMs > MAX_CLOCK_OFF_MS)) return told;
    return {
      name,
      state: 'failed',
      detail: `${told.detail}, and its clock differs by ${Math.round(offMs / 1_000)} s`,
      remedy: told.remedy ?? 'Set the clock of this machine, best by NTP.',
    };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : '';
    return {
      name,
      state: 'failed',
      detail: `${hostname} does not answer (${why})`,
      remedy: 'Check the address, the network, and whether a proxy or firewall is between.',
    };
  }
}

function toldOf(question: Question, answer: Answer, answers: string): Check {
  const { name, headers, keyVariable } = question;
  if (headers === null)
    return { name, state: 'ok', detail: `${answers}; no key is set to ask with` };
  switch (verdictOn(question, answer)) {
    case 'accepted':
      return { name, state: 'ok', detail: `${answers}, key accepted` };
    case 'limited': {
      const detail = `${answers}, key known; it may not list projects, and what else it may was not asked`;
      return { name, state: 'ok', detail };
    }
    case 'refused':
      return {
        name,
        state: 'failed',
        detail: `${answers}, key refused`,
        remedy: `Check ${keyVariable}: that it is complete, not revoked, and meant for this service.`,
      };
    case null:
      return { name, state: 'ok', detail: `${answers}, and says nothing of the key` };
  }
}

async function askByFetch(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(url, {
    headers,
    redirect: 'manual', // a key goes nowhere else
    signal: AbortSignal.timeout(ASK_WITHIN_MS),
  });
  const { status } = response;
  const date = response.headers.get('date');
  if (status < 400) {
    await response.body?.cancel();
    return { status, date };
  }
  return { status, date, body: (await response.text()).slice(0, MAX_REFUSAL_CHARS) };
}
