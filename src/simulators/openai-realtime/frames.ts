/** What the stand-in says: names, errors, and the ways in which a socket ends. */
import type { Secrets } from '../../ports/secrets.ts';

export type Fields = Readonly<Record<string, unknown>>;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Such as `event_E6U11oE4PwyJSvJ9e3mzM`. @param chars after the prefix; 21 unless told. */
export type NewId = (prefix: string, chars?: number) => string;

export function idsFrom(secrets: Secrets): NewId {
  return (prefix, chars = 21) => {
    const letters = Array.from(secrets.bytes(chars), (byte) => ALPHABET[byte % ALPHABET.length]);
    return `${prefix}_${letters.join('')}`;
  };
}

/** The `error` of an error event. */
export interface Complaint {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
}

export function complaint(
  code: string | null,
  message: string,
  param: string | null = null,
): Complaint {
  return { type: 'invalid_request_error', code, message, param };
}

export function missing(param: string): Complaint {
  return complaint('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
}

/** How a socket is ended: by an error event, a close, or both in the same instant. */
export interface Ending {
  readonly error?: Complaint;
  /** Left out: the socket stays. */
  readonly close?: { readonly code: number; readonly reason: string };
}

/** The close's reason is the error's type, and its code after it. */
export function fatal(code: number, error: Complaint) {
  const reason = error.code === null ? error.type : `${error.type}.${error.code}`;
  return { error, close: { code, reason } } satisfies Ending;
}

const EXPIRED = complaint(
  'session_expired',
  'Your session hit the maximum duration of 60 minutes.',
);

/** What is said of an account without credit, by a close or by a reply that fails. */
export const QUOTA = {
  type: 'insufficient_quota',
  code: 'insufficient_quota',
  message: 'You exceeded your current quota, please check your plan and billing details.',
} as const;

/** Codes that are documented nowhere and were seen by nobody are marked; the others were recorded or reported. */
export const ENDINGS = {
  invalidKey: fatal(
    3_000,
    complaint(
      'invalid_api_key',
      'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
    ),
  ),
  missingKey: fatal(3_000, complaint(null, 'Missing bearer or basic authentication in header')),
  invalidModel: fatal(
    4_000,
    complaint(
      'invalid_model',
      'The model does not exist or you do not have access to it.',
      'model',
    ),
  ),
  modelNotFound: {
    error: complaint('model_not_found', 'The model does not exist.', 'model'),
    close: { code: 4_004, reason: 'invalid_request_error.model_not_found' },
  },
  missingModel: fatal(
    4_000,
    complaint('missing_model', 'You must provide a model parameter.', 'model'),
  ),
  betaShape: fatal(
    4_000,
    complaint('beta_api_shape_disabled', 'The Realtime Beta API is no longer supported.'),
  ),
  /** The codes of these are guesses, as for every error that nobody recorded a close of. */
  quota: fatal(4_000, { ...QUOTA, param: null }),
  billingLimit: fatal(
    4_000,
    complaint('billing_hard_limit_reached', 'Billing hard limit has been reached.'),
  ),
  deactivated: fatal(
    3_000,
    complaint('account_deactivated', 'The account associated with this API key was deactivated.'),
  ),
  expired: { error: EXPIRED, close: { code: 1_001, reason: EXPIRED.message } },
  expiredByEvent: { error: EXPIRED },
  expiredByClose: { close: { code: 1_001, reason: EXPIRED.message } },
  serverError: {
    error: {
      type: 'server_error',
      code: null,
      message: 'The server had an error while processing your request.',
      param: null,
    },
    close: { code: 1_011, reason: 'server_error' },
  },
  internalClose: { close: { code: 1_011, reason: 'keepalive ping timeout' } },
  restart: { close: { code: 1_012, reason: 'service restart' } },
  overload: { close: { code: 1_013, reason: 'try again later' } },
  normal: { close: { code: 1_000, reason: '' } },
  /** A close frame without a code. */
  noStatus: { close: { code: 1_005, reason: '' } },
} as const satisfies Readonly<Record<string, Ending>>;

export type EndingName = keyof typeof ENDINGS;

/** Frames that only a service of another version would send: a client has to bear them. */
export const UNKNOWN_EVENTS: readonly Fields[] = [
  { type: 'session.weather', forecast: { rain: [0.1, null, 'x'] } },
  { type: 'response.output_scent.delta', item_id: 'item_x', delta: 'cm9zZQ==' },
  { type: 'conversation.item.pondered', item: null },
  { type: 'ping', timestamp: 1_785_214_055 },
  { type: 'input_audio_buffer.level', audio_level: -23.5 },
];
