/** What an `error` event holds. */
import type { Ended } from './engine.types.ts';
import type { LossFacts } from './events.types.ts';
import { MAX_MESSAGE_BYTES } from './message-frames.ts';
import { TenutoError } from '../ports/errors.ts';
import { OF_ORIGINS } from '../providers/gateway/failures.ts';
import { errorOf, requestErrorOf } from '../session/failure-error.ts';
import type { Failure } from '../../machines/failure.ts';

/** A message that was not taken is an error of the sender's making; what the network lost is none. */
export function lossError({ reason }: LossFacts): TenutoError | null {
  switch (reason) {
    case 'queueFull':
      return refused(
        'There is no room for another message: it was not taken.',
        'Send less while bufferedAmount is high, or give maxBufferedBytes or maxEnqueuedMessages.',
      );
    case 'tooLarge':
      return refused(
        `A message of more than ${MAX_MESSAGE_BYTES} bytes cannot go through a gateway: it was not taken.`,
        'Send it in pieces.',
      );
    case 'unreadable':
      return refused('A Blob could not be read: it was not sent.', 'Give one that is still there.');
    default:
      return null;
  }
}

/** A dial came to nothing, or was given up. */
export function dialError({ cause }: Ended): TenutoError {
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: `The connection could not be opened: ${cause}.`,
    remediation: `Check the address, the network, whether the server is up and, ${OF_ORIGINS}.`,
    retryable: true,
  });
}

/** It was given up. */
export function overError(ended: Ended): TenutoError {
  return ended.failure === undefined ? dialError(ended) : errorOf(ended.failure, 'the server', 0);
}

/** Something is not as it should be, and is no end. */
export function warningError(failure: Failure): TenutoError {
  return requestErrorOf(failure, 'the gateway');
}

function refused(message: string, remediation: string): TenutoError {
  return new TenutoError({ code: 'REQUEST_REFUSED', message, remediation });
}
