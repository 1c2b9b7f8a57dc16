/** What is said into this machine's microphone, in the same chunks. */
import { Microphone, TenutoError } from '../../src/browser.ts';

import type { OnChunk, Source } from './speech.browser.ts';
import { trouble } from './state.ts';

/** @throws TenutoError where there is none, or it may not be used. */
export async function listen(onChunk: OnChunk): Promise<Source> {
  let finish = (): void => undefined;
  const ended = new Promise<boolean>((resolve) => {
    finish = () => resolve(false);
  });
  const microphone = new Microphone({ workletUrl: '/worklet.js' });
  await microphone.start({
    onChunk: ({ bytes, durationMs }) => onChunk(new Uint8Array(bytes), durationMs),
    onEvent: (event) => {
      if (event.type !== 'failed') return;
      trouble.value = inWords(event.error);
      finish();
    },
  });
  return {
    ended,
    stop: () => void microphone.stop().then(finish),
  };
}

/** To whom it is said, it is their microphone. */
const DENIED =
  'Allow it in the browser’s settings for this site, or in the system’s, and try again.';

export function inWords(error: unknown): string {
  if (TenutoError.is(error) && error.code === 'MICROPHONE_DENIED')
    return `${error.message} ${DENIED}`;
  if (TenutoError.is(error)) return `${error.message} ${error.remediation}`;
  return error instanceof Error ? error.message : String(error);
}
