/** Brings the worklet's module into an audio context: from this very script, unless the page's policy forbids that. */
import { WORKLET_SOURCE } from './source.ts';
import { TenutoError } from '../ports/errors.ts';

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * @param url of the file that the package has for it; undefined: it is made of a Blob, which asks for `blob:` in the
 * page's `script-src` where it has one.
 * @throws TenutoError WORKLET_REFUSED
 */
export function loadWorklet(context: BaseAudioContext, url: string | undefined): Promise<void> {
  let loading = loaded.get(context);
  if (loading === undefined) {
    loading = load(context, url);
    loaded.set(context, loading);
  }
  return loading;
}

async function load(context: BaseAudioContext, url: string | undefined): Promise<void> {
  const made = url ?? URL.createObjectURL(new Blob([WORKLET_SOURCE], { type: 'text/javascript' }));
  try {
    await context.audioWorklet.addModule(made);
  } catch (cause) {
    throw new TenutoError({
      code: 'WORKLET_REFUSED',
      message:
        url === undefined
          ? "The audio worklet cannot be loaded: the page's Content-Security-Policy forbids blob: scripts."
          : `The audio worklet cannot be loaded from ${url}.`,
      remediation:
        "Serve the package's file tenuto/worklet.js from your own origin and give its address as workletUrl, or allow blob: in script-src.",
      cause,
    });
  } finally {
    if (url === undefined) URL.revokeObjectURL(made);
  }
}
