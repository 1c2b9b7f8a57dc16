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

/** To whom it is said, it is their microphone: the library's words are for who writes a page. */
const WORDS: Partial<Record<TenutoError['code'], string>> = {
  MICROPHONE_DENIED:
    'The microphone may not be used. Allow it in the browser’s settings for this site, or in the system’s, and try again',
  MICROPHONE_MISSING: 'There is no microphone. Plug one in and try again',
  MICROPHONE_BUSY: 'Another program has the microphone. Close that and try again',
  MICROPHONE_LOST: 'The microphone went away. Plug one in and try again',
};

export function inWords(error: unknown): string {
  if (TenutoError.is(error)) {
    const words = WORDS[error.code];
    return words === undefined
      ? `${error.message} ${error.remediation}`
      : `${words}; or play the packaged speech.`;
  }
  return error instanceof Error ? error.message : String(error);
}
