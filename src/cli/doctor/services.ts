/** Whether each provider answers. Only a plain request is made, and no key is sent. */
import { ASK_WITHIN_MS } from './check.ts';
import type { Check } from './check.ts';
import { read, VENDORS, WHISPER } from '../access.ts';
import type { Environment } from '../access.ts';

export type Ask = (
  url: string,
) => Promise<{ readonly status: number; readonly date: string | null }>;

const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];
const MAX_CLOCK_OFF_MS = 60_000;

export interface ServiceCheckOptions {
  readonly environment: Environment;
  /** Also those that are not on this machine. */
  readonly online: boolean;
  readonly ask?: Ask;
  readonly wallNowMs: () => number;
}

export async function serviceChecks(options: ServiceCheckOptions): Promise<readonly Check[]> {
  const { environment, online } = options;
  const services = [
    ...Object.values(VENDORS).map(({ name, address, urlVariable }) => {
      return { name, address: read(environment, urlVariable) ?? address };
    }),
    { name: 'Whisper', address: read(environment, WHISPER.urlVariable) ?? null },
  ];
  return Promise.all(
    services.flatMap(({ name, address }) => {
      if (address === null) return [];
      const url = address.replace(/^ws/i, 'http');
      if (!URL.canParse(url)) return [Promise.resolve(notAnAddress(name))];
      const { hostname } = new URL(url);
      if (online || LOCAL_HOSTS.includes(hostname)) return [asked(name, url, hostname, options)];
      const detail = `${hostname} was not asked`;
      return [Promise.resolve<Check>({ name, state: 'unknown', detail })];
    }),
  );
}

/** Any answer shows that it is there: what it says to a stranger is a refusal. */
async function asked(
  name: string,
  url: string,
  hostname: string,
  { ask = askByFetch, wallNowMs }: ServiceCheckOptions,
): Promise<Check> {
  try {
    const { status, date } = await ask(url);
    const offMs = date === null ? 0 : Math.abs(Date.parse(date) - wallNowMs());
    const answered = `${hostname} answers (${status})`;
    if (!(offMs > MAX_CLOCK_OFF_MS)) return { name, state: 'ok', detail: answered };
    return {
      name,
      state: 'failed',
      detail: `${answered}, and its clock differs by ${Math.round(offMs / 1_000)} s`,
      remedy: 'Set the clock of this machine, best by NTP.',
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

function notAnAddress(name: string): Check {
  const detail = 'the base URL that is set is no address';
  return { name, state: 'failed', detail, remedy: 'Give one such as http://127.0.0.1:8080.' };
}

async function askByFetch(url: string) {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(ASK_WITHIN_MS),
  });
  await response.body?.cancel();
  return { status: response.status, date: response.headers.get('date') };
}
