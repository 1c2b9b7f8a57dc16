/** What a gateway is given, looked at before it begins: a misspelt `verify` would be an open door. */
import type { GatewayOptions } from './gateway.types.ts';
import { tagOf, tagsBy } from './session-tag.ts';
import type { TagOf } from './session-tag.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import { silentLogger } from '../ports/logger.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';
import { systemRandom } from '../ports/random.ts';
import { systemSecrets } from '../ports/secrets.ts';
import { GRACE_MS, MAX_SESSION_MS } from '../protocol/limits.ts';

export const GATEWAY_OPTIONS = {
  store: 0,
  apps: 0,
  verify: 0,
  limits: 0,
  onAudit: 0,
  onAppError: 0,
  onStep: 0,
  graceMs: 0,
  clock: 0,
  wallClock: 0,
  random: 0,
  secrets: 0,
  logger: 0,
} satisfies Record<keyof GatewayOptions, 0>;

/** A log is appended to at least this often within the grace, and looked through now and then: what is younger has to stay. */
const AGE_GRACES = 2;

/** @throws TenutoError OPTION_INVALID */
export function checkGateway(options: GatewayOptions): void {
  checkOptions('gateway', options, GATEWAY_OPTIONS);
  const { graceMs = GRACE_MS, store, apps } = options;
  if (typeof (store as Partial<LogStore> | undefined)?.append !== 'function') {
    throw invalid(
      'store is no LogStore.',
      'Give createMemoryStore(), or openFileStore({ directory }).',
    );
  }
  if (!(apps instanceof Map) || apps.size === 0) {
    throw invalid('apps has no application.', "Give new Map([['speech', createSpeechApp(…)]]).");
  }
  const isFine = graceMs > 0 && graceMs <= MAX_SESSION_MS;
  checkNumber('graceMs', graceMs, isFine, `above 0, and ${MAX_SESSION_MS} at most`);
  const { maxAgeMs = null } = store;
  if (maxAgeMs === null || maxAgeMs >= AGE_GRACES * graceMs) return;
  throw invalid(
    `The store lets go of logs after ${maxAgeMs} ms: of sessions that wait ${graceMs} ms for their clients.`,
    `Give maxAgeMs of ${AGE_GRACES * graceMs} or more, or a shorter graceMs.`,
  );
}

type Ports = Required<
  Pick<GatewayOptions, 'clock' | 'wallClock' | 'random' | 'secrets' | 'logger' | 'graceMs'>
>;

/** As it was told, and otherwise the platform's own. */
export function portsOf({
  clock = systemClock,
  wallClock = systemWallClock,
  random = systemRandom,
  secrets = systemSecrets,
  logger = silentLogger,
  graceMs = GRACE_MS,
}: GatewayOptions): Ports & { readonly tagOf: TagOf } {
  const tags = secrets === systemSecrets ? tagOf : tagsBy(secrets);
  return { clock, wallClock, random, secrets, logger, graceMs, tagOf: tags };
}
