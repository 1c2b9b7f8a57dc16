/**
 * The way to a socket: a place among those who dial, a credential that comes in time, and the request made of it.
 *
 * The place is held until the socket has ended: how many streams stand decides how many may dial.
 */
import type { DialPermit, DialRefused } from './admission/dial-slots.ts';
import type { DiallingOptions } from './link.types.ts';
import { textOf } from './provider-faults.ts';
import { withoutSecrets } from './redact.ts';
import type { Failure } from '../../machines/failure.ts';
import { TenutoError } from '../ports/errors.ts';
import type { DialRequest } from '../ports/socket.ts';
import type { CredentialReason } from '../providers/contract.ts';

/** Whoever dials. One of the two is called, once, unless the dialling was ended before. */
export interface Dialler {
  onRequest(request: DialRequest): void;
  fail(failure: Failure): void;
}

/** A credential that takes longer counts as a failed dial. */
const CREDENTIAL_TIMEOUT_MS = 10_000;

export class Dialling {
  readonly #options: DiallingOptions;
  #permit: DialPermit | null = null;
  #timer: unknown = null;
  #request: DialRequest | null = null;
  #isEnded = false;

  constructor(options: DiallingOptions) {
    this.#options = options;
  }

  async begin(reason: CredentialReason, dialler: Dialler): Promise<void> {
    const { format, slots, candidate, memory } = this.#options;
    try {
      const permit = slots?.ask(candidate.key) ?? null;
      this.#permit = permit;
      if (permit?.isGranted === false) await permit.granted;
      if (this.#isOver()) return;
      this.#startTimer(dialler);
      const request = await candidate.provider.dial(format, reason, memory);
      this.#stopTimer();
      if (this.#isOver()) return;
      this.#request = request;
      dialler.onRequest(request);
    } catch (error) {
      dialler.fail(refusalOf(error));
    }
  }

  /** The dial has become a stream. It may stand for hours, and what ends it is worded by its provider. */
  opened(): void {
    this.#permit?.opened();
    this.#request = null;
  }

  /** The socket has ended, or is not wanted any more. */
  end(): void {
    this.#isEnded = true;
    this.#permit?.end();
    this.#permit = null;
    this.#stopTimer();
  }

  /** The text without what the request under way has for the service alone. */
  redact(text: string): string {
    return this.#request === null ? text : withoutSecrets(text, this.#request);
  }

  /** A function, since much can happen while a dial waits. */
  #isOver(): boolean {
    return this.#isEnded;
  }

  #startTimer(dialler: Dialler): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      dialler.fail({ kind: 'transient', code: 'credential', detail: 'it did not come in time' });
    }, CREDENTIAL_TIMEOUT_MS);
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Whoever limits dials brings the class: where nobody does, it is not there. */
function isDialRefused(error: unknown): error is DialRefused {
  return error instanceof Error && error.name === 'DialRefused';
}

function refusalOf(error: unknown): Failure {
  if (isDialRefused(error)) return error.failure;
  const isRefused = TenutoError.is(error) && error.code === 'AUTH_REFUSED';
  return { kind: isRefused ? 'auth' : 'transient', code: 'credential', detail: textOf(error) };
}
