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
/** Of one GOAWAY: PROTOCOL.md, P11.5. */
const MAX_TO = 16;
const NAMES = PROVIDERS.map(({ name }) => name) as [ProviderName, ...ProviderName[]];

/** What serves clients, by the names that the command line has for them. */
export const APPS = ['speech', 'echo'] as const;
export type AppName = (typeof APPS)[number];

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
  simulated: yesOrNo()
    .optional()
    .describe(
      'A stand-in instead: on this machine, or the one that runs at `url` already. Default false.',
    ),
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
  { error: 'give { kind: memory }, or { kind: file, directory: DIR }' },
);

const claims = {
  issuer: text('the issuer, as tokens name it')
    .optional()
    .describe('What `iss` has to be. Default: anything.'),
  audience: text('the audience, as tokens name it')
    .optional()
    .describe('What `aud` has to hold. Default: anything.'),
  leewayMs: whole(0, 25_000, 'milliseconds')
    .optional()
    .describe('How far clocks may differ. Default 5,000.'),
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
      algorithms: listOf(oneOf(['RS256', 'ES256']), 'RS256 and ES256')
        .min(1, { error: 'give RS256, ES256 or both' })
        .optional()
        .describe('What is believed. Default both.'),
      ...claims,
    }),
  ],
  {
    error:
      'give { kind: none }, { kind: hs256, secretEnv: NAME }, or { kind: jwks, from: URL_OR_FILE }',
  },
);

/** The numbers are those of `AdmissionLimits`. Without `auth` the first three, and the two rates, have no end by default. */
const limits = settings({
  sessionsPerPrincipal: limit(
    10_000,
    'Sessions of one subject, detached ones included. Default 5; without auth no limit.',
  ),
  hellosPerMinute: limit(100_000, 'Attachments of one subject. Default 20; without auth no limit.'),
  hellosPerAddressPerMinute: limit(
    100_000,
    'Attachments from one address. Default 60; without auth no limit.',
  ),
  rivalEpochs: limit(
    100,
    'How often clients take a session from each other within 10 s. Default 3.',
  ),
  sessions: limit(1_000_000, 'Sessions of this gateway. Default 10,000.'),
  hellosAtOnce: limit(100_000, 'Clients that are being let in at the same moment. Default 500.'),
  unauthenticated: limit(1_000_000, 'Sockets that have not said who they are. Default 20,000.'),
  unauthenticatedPerNetwork: limit(1_000_000, 'The same of one network. Default 10,000.'),
  framesPerS: limit(100_000, 'Frames of one client in a second. Default 200.'),
  bytesPerS: limit(1_000_000_000, 'Bytes of one client in a second. Default 196,608.'),
  unhandledBytesPerSession: limit(
    1_000_000_000,
    'What a session may hold that no result covers yet. Default 8,388,608.',
  ),
  memoryBytes: limit(
    1_000_000_000_000,
    'What all sessions may hold in memory that is on its way. Default 1,073,741,824.',
  ),
});

const tls = settings({
  certFile: text('the path of a PEM file').describe(
    'The certificate, and those it stands on. Relative to this file.',
  ),
  keyFile: text('the path of a PEM file').describe('Its private key. Relative to this file.'),
});

const drain = settings({
  to: listOf(address(['wss:', 'ws:'], 'wss://gw7.eu.example'), 'addresses')
    .max(MAX_TO, { error: `give at most ${MAX_TO} addresses` })
    .optional()
    .describe(
      'Where clients are sent: other gateways that have the same store. Default: to where they had dialled.',
    ),
});

const speech = settings({
  holdDownMs: whole(0, 3_600_000, 'milliseconds')
    .optional()
    .describe(
      'How long a lesser provider is kept before a better one is tried again. Default 60,000.',
    ),
  rotationLeadMs: whole(0, 3_600_000, 'milliseconds')
    .optional()
    .describe(
      "How long before a provider's own end of a session its successor is looked for. Default 60,000.",
    ),
  filter: yesOrNo()
    .optional()
    .describe(
      'Leaves out what recognisers write on silence and was most likely never spoken. Default true.',
    ),
});

function limit(most: number, what: string) {
  return whole(1, most).optional().describe(what);
}

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
  tls: tls.optional().describe('Default: none, for this machine or behind what speaks TLS.'),
  graceMs: whole(1_000, 600_000, 'milliseconds')
    .optional()
    .describe(
      `How long a session outlives its client. Default ${GRACE_MS.toLocaleString('en-US')}.`,
    ),
  drainMs: whole(0, 600_000, 'milliseconds')
    .optional()
    .describe(
      `How long the end of the gateway may take: clients have all but the last 8 s of it, half at least, to go elsewhere. Default ${DRAIN_MS.toLocaleString('en-US')}.`,
    ),
  drain: drain.optional().describe('What clients are told when the gateway ends.'),
  limits: limits
    .optional()
    .describe('Quotas. What is beyond them is refused, and told when to come back.'),
  apps: listOf(oneOf(APPS), 'applications: speech, echo')
    .min(1, { error: 'give speech, echo or both' })
    .optional()
    .describe(
      'What serves clients. `speech` hears; `echo` sends messages back, to try a connection. Default: speech.',
    ),
  candidates: listOf(candidate, 'providers, such as - provider: local')
    .min(1, { error: 'give at least one provider' })
    .max(MAX_CANDIDATES, { error: `give at most ${MAX_CANDIDATES} providers` })
    .optional()
    .describe(
      'Who hears, in order of preference. Default: deepgram and whisper where the environment has their keys, then local.',
    ),
  speech: speech.optional().describe('How sessions with the providers behave.'),
  speed: ratio(100)
    .optional()
    .describe('How many times real time stand-ins on this machine take audio. Default 1.'),
});

export type GatewayConfig = z.infer<typeof configSchema>;
export type CandidateConfig = z.infer<typeof candidate>;
export type TlsConfig = z.infer<typeof tls>;
export type SpeechConfig = z.infer<typeof speech>;
export type LimitsConfig = z.infer<typeof limits>;
export type StoreConfig = z.infer<typeof store>;
export type AuthConfig = z.infer<typeof auth>;

/** For editors and for other programs. */
export function gatewayJsonSchema(): Record<string, unknown> {
  return { title: 'tenuto serve', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
