/** Every code that a TenutoError can carry. Each has a heading in `docs/errors.md`. */
export type TenutoErrorCode =
  | 'AUDIO_FORMAT_UNSUPPORTED'
  | 'AUDIO_CHUNK_INVALID'
  | 'WAV_NOT_FOUND'
  | 'WAV_INVALID'
  | 'WAV_EMPTY'
  | 'PROVIDER_UNKNOWN'
  | 'OPTION_INVALID'
  | 'FAULT_PLAN_INVALID'
  | 'PORT_IN_USE'
  | 'RECOGNISER_UNAVAILABLE'
  | 'RECOGNISER_FAILED'
  | 'SESSION_CLOSED'
  | 'CONNECT_ABORTED'
  | 'AUTH_REFUSED'
  | 'QUOTA_EXHAUSTED'
  | 'RATE_LIMITED'
  | 'CONFIG_REFUSED'
  | 'REQUEST_REFUSED'
  | 'CONNECTION_FAILED'
  | 'STORE_LOCKED'
  | 'STORE_CORRUPT'
  | 'STORE_UNAVAILABLE'
  | 'SPOOL_IN_USE'
  | 'SPOOL_KEY_WRONG'
  | 'SPOOL_CORRUPT'
  | 'SPOOL_QUOTA_EXCEEDED'
  | 'SPOOL_UNAVAILABLE'
  | 'PACKAGE_MISSING'
  | 'PLATFORM_INCOMPLETE'
  | 'RECORDING_INVALID'
  | 'MODEL_INVALID'
  | 'MODEL_MISMATCH'
  | 'MICROPHONE_DENIED'
  | 'MICROPHONE_MISSING'
  | 'MICROPHONE_BUSY'
  | 'MICROPHONE_LOST'
  | 'MICROPHONE_UNSUPPORTED'
  | 'AUDIO_BLOCKED'
  | 'WORKLET_REFUSED'
  | 'INTERNAL';

export interface TenutoErrorOptions {
  readonly code: TenutoErrorCode;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What the reader can do about it, in one sentence. */
  readonly remediation: string;
  /** Whether the same call may succeed later without a change. Default false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('tenuto.error');

/** The one error that leaves tenuto. Inside, trouble is a `Failure` value (`machines/failure.ts`). */
export class TenutoError extends Error {
  readonly code: TenutoErrorCode;
  readonly remediation: string;
  readonly retryable: boolean;
  readonly [BRAND] = true;

  constructor(options: TenutoErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TenutoError';
    this.code = options.code;
    this.remediation = options.remediation;
    this.retryable = options.retryable ?? false;
  }

  /** True for a TenutoError of any copy of tenuto, where `instanceof` would miss a second copy. */
  static is(value: unknown): value is TenutoError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
