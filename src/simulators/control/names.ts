/** Names that stand-ins make up, of what their `secrets` give. */
import { systemSecrets } from '../../ports/secrets.ts';
import type { Secrets } from '../../ports/secrets.ts';

export interface SecretsOption {
  /** For the names that it makes up: of sessions, requests, tokens. Default: the platform's. */
  readonly secrets?: Secrets;
}

/** A UUID of version 4 (RFC 9562, section 5.4). */
export function newUuid(secrets: Secrets = systemSecrets): string {
  const bytes = secrets.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
