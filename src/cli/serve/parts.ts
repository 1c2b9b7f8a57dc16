/** What a gateway is put together from: its store, who is let in, and the services behind it. */
import { readFile } from 'node:fs/promises';

import { whyUnreadable } from './config-names.ts';
import type { CandidateConfig } from './config-schema.ts';
import type { ServeSettings } from './settings.ts';
import type { Environment } from '../access.ts';
import { addressOf, read, vendorOf } from '../access.ts';
import type { Service } from '../service.ts';
import { isOnThisMachine, startService } from '../service.ts';
import type { App } from '../../gateway/app.ts';
import { createEchoApp } from '../../gateway/apps/echo.ts';
import type { Verify } from '../../gateway/auth/principal.ts';
import { createJwtVerifier } from '../../gateway/auth/jwt-verifier.node.ts';
import { createSpeechApp } from '../../gateway/pipeline/speech-app.ts';
import type { SpeechAppOptions } from '../../gateway/pipeline/speech-app.ts';
import { openFileStore } from '../../gateway/stores/file-store.ts';
import { createMemoryStore } from '../../gateway/stores/memory-store.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { LogStore } from '../../ports/log-store.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CandidateOptions } from '../../session/candidates.ts';
import type { Recogniser } from '../../simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../simulators/recogniser/vosk-recogniser.ts';

export interface PartsOptions {
  readonly environment: Environment;
  readonly logger: Logger;
  /** Watches the charts of sessions with services. Default: nobody does. */
  readonly inspect?: SpeechAppOptions['inspect'];
  /** Hears for stand-ins on this machine; it is closed with them. Default: the local one. */
  readonly createRecogniser?: () => Recogniser;
}

/** What serves clients, by the names that they ask for. */
export interface ServedApps {
  readonly apps: ReadonlyMap<string, App>;
  close(): Promise<void>;
}

/** `messages` is what a ResumableWebSocket asks for that names none. */
const ECHO_NAMES = ['echo', 'messages'];

/** Services are started for who hears only. */
export async function startApps(
  settings: ServeSettings,
  options: PartsOptions,
): Promise<ServedApps> {
  const apps = new Map<string, App>();
  if (settings.apps.includes('echo')) {
    for (const name of ECHO_NAMES) apps.set(name, createEchoApp());
  }
  if (!settings.apps.includes('speech')) return { apps, close: () => Promise.resolve() };
  const services = await startCandidates(settings, options);
  const { filter, ...speech } = settings.speech;
  const hearing = createSpeechApp({
    candidates: () => services.candidates,
    logger: options.logger,
    ...defined(speech),
    ...defined({ inspect: options.inspect }),
    ...(filter === false ? { filter } : {}),
  });
  apps.set('speech', hearing);
  return { apps, close: () => services.close() };
}

export interface ServedBy {
  readonly candidates: readonly CandidateOptions[];
  close(): Promise<void>;
}

/** @throws TenutoError STORE_LOCKED, STORE_CORRUPT, STORE_UNAVAILABLE. */
export function openStore({ store }: ServeSettings, logger: Logger): Promise<LogStore> {
  if (store.kind === 'memory') return Promise.resolve(createMemoryStore());
  const { directory, maxAgeMs, segmentBytes } = store;
  return openFileStore({ directory, logger, ...defined({ maxAgeMs, segmentBytes }) });
}

/** @throws TenutoError OPTION_INVALID where a file can no longer be read. */
export async function pemOf({ tls }: ServeSettings) {
  if (tls === null) return {};
  return { tls: { cert: await pemIn(tls.certFile), key: await pemIn(tls.keyFile) } };
}

async function pemIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `tls names ${file}, which ${whyUnreadable(error)}.`,
      remediation: 'Give the path of a PEM file that you may read.',
    });
  }
}

/**
 * Null: everybody is let in.
 *
 * @throws TenutoError OPTION_INVALID.
 */
export function verifierOf(
  { auth }: ServeSettings,
  { environment, logger }: PartsOptions,
): Verify | null {
  switch (auth.kind) {
    case 'none':
      return null;
    case 'hs256': {
      const { secretEnv, issuer, audience, leewayMs } = auth;
      const secret = read(environment, secretEnv);
      if (secret === undefined) throw unset(secretEnv, 'the secret that bearers are signed with');
      try {
        return createJwtVerifier({ secret, logger, ...defined({ issuer, audience, leewayMs }) });
      } catch (error) {
        throw TenutoError.is(error) ? inVariable(secretEnv, error) : error;
      }
    }
    case 'jwks': {
      const { from: jwks, algorithms, issuer, audience, leewayMs } = auth;
      const rules = defined({ algorithms, issuer, audience, leewayMs });
      return createJwtVerifier({ jwks, logger, ...rules });
    }
  }
}

/** @throws TenutoError where a key is missing, a port is in use, or no recogniser is there. */
async function startCandidates(
  { candidates, speedRatio }: ServeSettings,
  { environment, createRecogniser = createVoskRecogniser }: PartsOptions,
): Promise<ServedBy> {
  checkTwins(candidates);
  const recogniser = candidates.some(isHere) ? createRecogniser() : null;
  const services: Service[] = [];
  const close = async (): Promise<void> => {
    const closed = await Promise.allSettled(services.splice(0).map((service) => service.close()));
    await recogniser?.close();
    for (const each of closed) if (each.status === 'rejected') throw each.reason;
  };
  try {
    const options: CandidateOptions[] = [];
    for (const candidate of candidates) {
      const service = await started(candidate, speedRatio, environment, recogniser);
      services.push(service);
      options.push(optionsOf(candidate, service));
    }
    return { candidates: options, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function started(
  candidate: CandidateConfig,
  speedRatio: number,
  environment: Environment,
  recogniser: Recogniser | null,
): Promise<Service> {
  const { provider, keyEnv, url, simulated = false } = candidate;
  const here = isHere(candidate) || simulated;
  const apiKey = keyEnv === undefined ? undefined : read(environment, keyEnv);
  if (!here) checkKey(candidate, apiKey, environment);
  return startService({
    provider,
    simulated,
    plan: { seed: null, faults: [] },
    speedRatio: here ? speedRatio : 1,
    environment,
    ...(here || apiKey === undefined ? {} : { apiKey }),
    ...(url === undefined ? {} : { url }),
    ...(recogniser === null ? {} : { recogniser }),
  });
}

/** Before the service is started, in words that fit a gateway. */
function checkKey(
  { provider, keyEnv, url }: CandidateConfig,
  apiKey: string | undefined,
  environment: Environment,
): void {
  if (keyEnv !== undefined && apiKey === undefined) throw unset(keyEnv, `the key of ${provider}`);
  const vendor = vendorOf(provider);
  const given = { environment, ...(url === undefined ? {} : { url }) };
  if (keyEnv !== undefined || vendor === null || addressOf(provider, given).isOwnWhisper) return;
  if (read(environment, vendor.keyVariable) !== undefined) return;
  throw unset(vendor.keyVariable, `the key of ${vendor.name}`);
}

function optionsOf(candidate: CandidateConfig, { provider }: Service): CandidateOptions {
  const { region, keyEnv, standby = false } = candidate;
  return {
    provider,
    standby: standby ? 1 : 0,
    ...(region === undefined ? {} : { region }),
    ...(keyEnv === undefined ? {} : { key: keyEnv }), // the name of the variable names the account
  };
}

function isHere({ provider, url, simulated = false }: CandidateConfig): boolean {
  return isOnThisMachine(provider, { simulated, ...(url === undefined ? {} : { url }) });
}

/** Two of the same name could not be told apart, neither by the charts nor by who reads of them. */
function checkTwins(candidates: readonly CandidateConfig[]): void {
  const names = candidates.map(({ provider, region = '' }) => `${provider} ${region}`.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `${twice} is a candidate twice.`,
    remediation: 'Name each one once, or give each endpoint a region of its own.',
  });
}

function inVariable(variable: string, { code, message, remediation }: TenutoError): TenutoError {
  return new TenutoError({ code, message: `${variable}: ${message}`, remediation });
}

function unset(variable: string, what: string): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `The environment variable ${variable} is not set: it has to hold ${what}.`,
    remediation: `Set ${variable} and start again.`,
  });
}

/** What was left out of a file is left out for the gateway as well. */
export function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
