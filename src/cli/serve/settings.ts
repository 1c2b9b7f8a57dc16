/** What `tenuto serve` was told, by its options and by its file: an option wins over the file, and both over the default. */
import { dirname, resolve } from 'node:path';

import { APPS } from './config-schema.ts';
import type {
  AppName,
  AuthConfig,
  CandidateConfig,
  GatewayConfig,
  LimitsConfig,
  SpeechConfig,
  StoreConfig,
  TlsConfig,
} from './config-schema.ts';
import { VENDORS, WHISPER } from '../access.ts';
import type { Environment } from '../access.ts';
import { parseProviders } from '../providers.ts';
import { TenutoError } from '../../ports/errors.ts';
import { isLoopback } from '../../ports/loopback.ts';
import { DRAIN_MS } from '../../protocol/limits.ts';

export interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
  /** `memory`, or `file:` and a directory. */
  readonly store?: string;
  /** `none`, `hs256:` and a variable, or `jwks:` and an address or a file. */
  readonly auth?: string;
  /** Of web pages. */
  readonly origin?: readonly string[];
  /** Names, with commas between them. Default: Deepgram and Whisper where the environment has their keys, then `local`. */
  readonly provider?: string;
  readonly environment?: Environment;
  /** What serves clients: names, with commas between them. */
  readonly app?: string;
  /** Stand-ins on this machine for all of them. */
  readonly simulated: boolean;
  /** Milliseconds. */
  readonly drain?: number;
  readonly drainTo?: readonly string[];
  readonly speed?: number;
}

export interface ServeSettings {
  readonly host: string;
  readonly port: number;
  readonly store: StoreConfig;
  readonly auth: AuthConfig;
  readonly origins: readonly string[];
  /** Null: sockets and HTTP in the clear. */
  readonly tls: TlsConfig | null;
  /** Undefined: the gateway's own default. */
  readonly graceMs: number | undefined;
  readonly drainMs: number;
  /** None: clients dial again where they did. */
  readonly drainTo: readonly string[];
  readonly limits: LimitsConfig;
  readonly apps: readonly AppName[];
  readonly candidates: readonly CandidateConfig[];
  readonly speech: SpeechConfig;
  readonly speedRatio: number;
}

const PORT = 8_765;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * @param file where `config` was read: paths in it are relative to its directory.
 * @throws TenutoError OPTION_INVALID, PROVIDER_UNKNOWN.
 */
export function settingsOf(
  options: ServeOptions,
  config: GatewayConfig = {},
  file = './',
): ServeSettings {
  const { host = config.host ?? '127.0.0.1', simulated } = options;
  const store =
    options.store === undefined ? rooted(config.store, file) : parseStore(options.store);
  const auth = options.auth === undefined ? keysFrom(config.auth, file) : parseAuth(options.auth);
  if (auth.kind === 'none' && !isLoopback(host)) throw openToAll(host);

  const candidates: readonly CandidateConfig[] =
    options.provider === undefined
      ? (config.candidates ?? usualCandidates(options))
      : parseProviders(options.provider).map((provider) => ({ provider }));
  return {
    host,
    port: options.port ?? config.port ?? PORT,
    store,
    auth,
    origins: options.origin ?? config.origins ?? [],
    tls: pemFrom(config.tls, file),
    graceMs: config.graceMs,
    drainMs: options.drain ?? config.drainMs ?? DRAIN_MS,
    drainTo: options.drainTo ?? config.drain?.to ?? [],
    limits: config.limits ?? {},
    apps: options.app === undefined ? (config.apps ?? ['speech']) : parseApps(options.app),
    candidates: simulated ? candidates.map(standIn) : candidates,
    speech: config.speech ?? {},
    speedRatio: options.speed ?? config.speed ?? 1,
  };
}

/** One on this machine, wherever the real one is. */
function standIn({ url: _url, ...candidate }: CandidateConfig): CandidateConfig {
  return { ...candidate, simulated: true };
}

/** Whoever there is a key for, the quickest first, and this machine where they fail. */
function usualCandidates({
  environment = {},
  simulated,
}: ServeOptions): readonly CandidateConfig[] {
  const isSet = (variable: string): boolean => (environment[variable] ?? '') !== '';
  const deepgram = !simulated && isSet(VENDORS.deepgram.keyVariable);
  const whisper = !simulated && (isSet(VENDORS.openai.keyVariable) || isSet(WHISPER.urlVariable));
  return [
    ...(deepgram ? [{ provider: 'deepgram' } as const] : []),
    ...(whisper ? [{ provider: 'whisper' } as const] : []),
    { provider: 'local' },
  ];
}

function parseApps(text: string): readonly AppName[] {
  const names = text.split(',').map((name) => name.trim());
  const apps = APPS.filter((app) => names.includes(app));
  const strange = names.find((name) => !apps.some((app) => app === name));
  if (strange === undefined) return apps;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `There is no application "${strange}".`,
    remediation: 'Give --app speech, --app echo, or both with a comma between them.',
  });
}

function parseStore(text: string): StoreConfig {
  if (text === 'memory') return { kind: 'memory' };
  const [kind, directory] = split(text);
  if (kind === 'file' && directory !== '') return { kind, directory: resolve(directory) };
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `There is no store "${text}".`,
    remediation: 'Give --store memory, or --store file:DIR with the directory that is to hold it.',
  });
}

/** What is no name is not repeated: it may be a secret. */
function parseAuth(text: string): AuthConfig {
  if (text === 'none') return { kind: 'none' };
  const [kind, rest] = split(text);
  if (kind === 'hs256' && VARIABLE.test(rest)) return { kind, secretEnv: rest };
  if (kind === 'jwks' && rest !== '') return { kind, from: pathOrAddress(rest, './') };
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message:
      kind === 'hs256'
        ? '--auth hs256 names no environment variable.'
        : 'There is no such way to authenticate.',
    remediation:
      'Give --auth none, --auth hs256:NAME with the environment variable that holds the secret, or --auth jwks: with the ' +
      'address or the file of public keys.',
  });
}

function split(text: string): readonly [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function rooted(store: StoreConfig = { kind: 'memory' }, file: string): StoreConfig {
  if (store.kind === 'memory') return store;
  return { ...store, directory: resolve(dirname(file), store.directory) };
}

function keysFrom(auth: AuthConfig = { kind: 'none' }, file: string): AuthConfig {
  return auth.kind === 'jwks' ? { ...auth, from: pathOrAddress(auth.from, file) } : auth;
}

function pemFrom(tls: TlsConfig | undefined, file: string): TlsConfig | null {
  if (tls === undefined) return null;
  const directory = dirname(file);
  return {
    certFile: resolve(directory, tls.certFile),
    keyFile: resolve(directory, tls.keyFile),
  };
}

function pathOrAddress(from: string, file: string): string {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from) ? from : resolve(dirname(file), from);
}

function openToAll(host: string): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message:
      host === ''
        ? 'The host is empty, and without authentication the gateway listens on this machine only.'
        : `Without authentication the gateway listens on this machine only, and ${host} is reached from others.`,
    remediation: 'Give --auth hs256:NAME or --auth jwks:ADDRESS, or --host 127.0.0.1.',
  });
}
