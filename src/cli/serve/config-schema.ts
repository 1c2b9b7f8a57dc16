/**
 * What the configuration file of `tenuto serve` may say: the source of docs/gateway.schema.json, and of what is said of a
 * file that is wrong.
 */
import { z } from 'zod';

import {
  address,
  listOf,
  oneOf,
  origin,
  ratio,
  settings,
  text,
  variableName,
  whole,
  yesOrNo,
} from './config-fields.ts';
import { PROVIDERS } from '../providers.ts';
import type { ProviderName } from '../providers.ts';
import { DRAIN_MS, GRACE_MS } from '../../protocol/limits.ts';

const MAX_CANDIDATES = 16;
const NAMES = PROVIDERS.map(({ name }) => name) as [ProviderName, ...ProviderName[]];

const candidate = settings({
  provider: oneOf(NAMES).describe(
    'Who hears. `local` and `backup` are recognisers on this machine.',
  ),
  region: text('a name such as eu')
    .optional()
    .describe('Names this endpoint among others of its provider, such as eu.'),
  keyEnv: variableName()
    .optional()
    .describe(
      "The environment variable that holds the key. Default: the vendor's own, such as DEEPGRAM_API_KEY.",
    ),
  url: address(['wss:', 'https:', 'ws:', 'http:'], 'wss://api.eu.deepgram.com')
    .optional()
    .describe(
      "Another address of the service. Default: the vendor's variable, such as DEEPGRAM_BASE_URL, or its own.",
    ),
  simulated: yesOrNo().optional().describe('A stand-in on this machine instead. Default false.'),
  standby: yesOrNo()
    .optional()
    .describe(
      'Keeps a configured connection ready, so that a takeover takes no dial. Default false.',
    ),
});

const store = z.discriminatedUnion(
  'kind',
  [
    settings({ kind: z.literal('memory') }),
    settings({
      kind: z.literal('file'),
      directory: text('the path of a directory of its own').describe(
        'Made where there is none; of one gateway at a time. Relative to this file.',
      ),
      maxAgeMs: whole(1_000, 86_400_000, 'milliseconds')
        .optional()
        .describe('A log that nobody appends to for so long is dropped. Default 900,000.'),
      segmentBytes: whole(1_024, 1_073_741_824, 'bytes')
        .optional()
        .describe('A file that has grown so long is followed by a new one. Default 16,777,216.'),
    }),
  ],
  { error: 'give memory, or file with its directory' },
);

const claims = {
  issuer: text('the issuer, as tokens name it')
    .optional()
    .describe('What `iss` has to be. Default: anything.'),
  audience: text('the audience, as tokens name it')
    .optional()
    .describe('What `aud` has to hold. Default: anything.'),
};

const auth = z.discriminatedUnion(
  'kind',
  [
    settings({ kind: z.literal('none') }),
    settings({
      kind: z.literal('hs256'),
      secretEnv: variableName().describe('The environment variable that holds the shared secret.'),
      ...claims,
    }),
    settings({
      kind: z.literal('jwks'),
      from: text('an https:// address or the path of a file').describe(
        'Where the public keys (JWKS) are: an https:// address, or a file, relative to this one.',
      ),
      ...claims,
    }),
  ],
  { error: 'give none, hs256 with secretEnv, or jwks with from' },
);

const limits = settings({
  sessionsPerPrincipal: whole(1, 10_000)
    .optional()
    .describe('Sessions of one subject at a time, detached ones included. Default 5.'),
  hellosPerMinute: whole(1, 100_000)
    .optional()
    .describe('Attachments of one subject in a minute. Default 20.'),
  hellosPerAddressPerMinute: whole(1, 100_000)
    .optional()
    .describe('Attachments from one address in a minute. Default 60.'),
});

export const configSchema = settings({
  host: text('a host name or an address')
    .optional()
    .describe('What to listen on. Default 127.0.0.1, and without `auth` nothing else.'),
  port: whole(0, 65_535).optional().describe('Default 8765; 0 is a free one.'),
  store: store.optional().describe('Where sessions are kept. Default memory.'),
  auth: auth
    .optional()
    .describe('Whose bearers are believed. Default none: everybody on this machine.'),
  origins: listOf(origin(), 'origins')
    .optional()
    .describe('Pages that may connect, each exactly as its browser names it. Default: no page.'),
  graceMs: whole(1_000, 600_000, 'milliseconds')
    .optional()
    .describe(
      `How long a session outlives its client. Default ${GRACE_MS.toLocaleString('en-US')}.`,
    ),
  drainMs: whole(0, 600_000, 'milliseconds')
    .optional()
    .describe(
      `How long clients have to go elsewhere when the gateway ends. Default ${DRAIN_MS.toLocaleString('en-US')}.`,
    ),
  limits: limits
    .optional()
    .describe('Quotas. What is beyond them is refused, and told when to come back.'),
  candidates: listOf(candidate, 'providers, such as - provider: local')
    .min(1, { error: 'give at least one provider' })
    .max(MAX_CANDIDATES, { error: `give at most ${MAX_CANDIDATES} providers` })
    .optional()
    .describe('Who hears, in order of preference. Default: local.'),
  speed: ratio(100)
    .optional()
    .describe('How many times real time stand-ins on this machine take audio. Default 1.'),
});

export type GatewayConfig = z.infer<typeof configSchema>;
export type CandidateConfig = z.infer<typeof candidate>;
export type StoreConfig = z.infer<typeof store>;
export type AuthConfig = z.infer<typeof auth>;

/** For editors and for other programs. */
export function gatewayJsonSchema(): Record<string, unknown> {
  return { title: 'tenuto serve', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
