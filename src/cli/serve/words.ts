/** What `tenuto serve` says of itself and of its sessions, in words. */
import type { AuthConfig, CandidateConfig, StoreConfig } from './config-schema.ts';
import type { ServeSettings } from './settings.ts';
import type { GatewayNews, SessionEnd } from './watch.ts';
import { colors } from '../colors.ts';
import type { DrainReport } from '../../gateway/departure.ts';

const ENDS: Readonly<Record<SessionEnd, string>> = {
  finished: 'ended: all of it was heard and told',
  heard: 'ended: all of it was heard; its client is away, and is told when it comes back in time',
  expired: 'ended: its client did not come back in time',
  kept: 'is let go of, for this gateway ends',
  ended: 'is not here any more: it was ended, or another gateway has it',
};

/** @param url where sockets are. */
export function greeting(settings: ServeSettings, url: string): readonly string[] {
  const { origin } = new URL(url.replace(/^ws/, 'http'));
  const base = origin.replace(/^http/, 'ws');
  const [hears, echoes] = [settings.apps.includes('speech'), settings.apps.includes('echo')];
  const token = settings.auth.kind === 'none' ? '' : ' --token-env NAME';
  return [
    `${colors.bold('tenuto')} listens on ${colors.bold(url)}`,
    ...(hears ? [`  stream to it: npx tenuto transcribe FILE.wav --gateway ${base}${token}`] : []),
    ...(echoes ? [`  send to it: new ResumableWebSocket('${url}'): each message comes back`] : []),
    `  store: ${storeText(settings.store)}`,
    ...(hears ? [`  providers: ${settings.candidates.map(nameOf).join(', then ')}`] : []),
    `  ${authText(settings.auth)}`,
    `  ${originsText(settings.origins)}`,
    `  for operators: ${origin}/healthz /readyz /metrics`,
  ];
}

function storeText(store: StoreConfig): string {
  return store.kind === 'memory'
    ? 'memory (what is acknowledged outlives its client and the network, and not this process)'
    : `file, in ${store.directory} (what is acknowledged is on the disk: it outlives this process, and a crash of the machine ` +
        'where the disk keeps its word)';
}

export function nameOf({ provider, region, simulated = false }: CandidateConfig): string {
  const where = region === undefined ? '' : ` (${region})`;
  return `${provider}${where}${simulated ? ', simulated' : ''}`;
}

export function authText(auth: AuthConfig): string {
  switch (auth.kind) {
    case 'none':
      return colors.yellow(
        'auth none: whoever is on this machine may stream to it, and all of them count as one; it listens on no other network',
      );
    case 'hs256':
      return `auth: bearers signed with the secret in ${auth.secretEnv} (JWT, HS256)`;
    case 'jwks':
      return `auth: bearers signed by a key in ${auth.from} (JWT, ${(auth.algorithms ?? ['RS256', 'ES256']).join(' or ')})`;
  }
}

function originsText(origins: readonly string[]): string {
  return origins.length === 0
    ? 'web pages: none may connect (--origin https://app.example lets one)'
    : `web pages: those of ${origins.join(', ')} may connect`;
}

export function newsText(news: GatewayNews): string {
  if (news.type === 'client.refused') {
    const more = news.more === 0 ? '' : ` (and ${news.more} like it before)`;
    return colors.yellow(`refused ${news.from ?? news.session ?? 'a client'}: ${news.why}${more}`);
  }
  const who = colors.bold(news.session);
  switch (news.type) {
    case 'session.begun':
      return `${who} begun (${sessionsText(news.sessions)})`;
    case 'session.takenOver':
      return colors.green(
        `${who} taken over from a gateway that is gone (${sessionsText(news.sessions)})`,
      );
    case 'session.detached':
      return colors.yellow(`${who} its client is gone: kept for it`);
    case 'session.resumed':
      return colors.green(`${who} taken up again`);
    case 'session.over':
      return `${who} ${ENDS[news.why]} (${sessionsText(news.sessions)})`;
    case 'session.serving':
      if (news.provider === null) return colors.red(`${who} nobody hears: its audio is kept`);
      return news.missing.length === 0
        ? `${who} ${news.provider} hears`
        : colors.yellow(`${who} ${news.provider}, without ${news.missing.join(' and ')}`);
  }
}

/**
 * What the first signal leads to, and what a second one would.
 *
 * @param where clients go: elsewhere, within so many milliseconds, or to the next process that has this store.
 */
export function drainText(sessions: number, where: number | StoreConfig): string {
  const again = '(Ctrl-C again ends it at once)';
  if (typeof where === 'object') {
    return `Ending: what ${sessionsText(sessions)} sent gets into ${placeOf(where)}, for the next process ${again}`;
  }
  const have = sessions === 1 ? 'has' : 'have';
  const seconds = Math.round(where / 1_000);
  return `Draining: ${sessionsText(sessions)} ${have} ${seconds} s to go elsewhere ${again}`;
}

function sessionsText(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`;
}

/** What becomes of the sessions that were there. */
export function lastWords(
  { left, unfinished, gone, unwritten }: DrainReport,
  store: StoreConfig,
): readonly string[] {
  if (left === 0) return ['ended: no session was left'];
  if (store.kind === 'memory') {
    const went = `ended: ${sessionsText(left)} went with the memory of this process`;
    if (unfinished === 0) return [`${went}, and nothing with it: all was handled and acknowledged`];
    const lost = unfinished - gone;
    if (lost === 0) {
      return [`${went}; clients that went as they were told to have what no app had handled`];
    }
    const of = lost === left ? 'with' : `${lost} of them with`;
    return [
      colors.red(
        `${went}, ${of} what no app had handled or no client acknowledged (--store file:DIR keeps it)`,
      ),
    ];
  }
  const is = left === 1 ? 'is' : 'are';
  const kept = `ended: ${sessionsText(left)} ${is} left in ${placeOf(store)} for the next process`;
  return unwritten === 0 ? [kept] : [kept, colors.red(unwrittenText(unwritten))];
}

function placeOf(store: StoreConfig): string {
  return store.kind === 'memory' ? 'memory' : store.directory;
}

/** What the store did not take. */
function unwrittenText(unwritten: number): string {
  const sessions = unwritten === 1 ? '1 of them is' : `${unwritten} of them are`;
  return `${sessions} not whole in the log: the store did not take what came in last, no client was told that it had, and they still have it`;
}
