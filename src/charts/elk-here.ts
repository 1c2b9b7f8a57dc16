/** The layout kernel in this process: for the command line and for tests. A page runs it in a worker. */
import type { Elk } from './elk.ts';
import { TenutoError } from '../ports/errors.ts';

/** Only drawing needs elkjs, so only drawing loads it. */
export async function loadElk(): Promise<Elk> {
  try {
    const { default: bundle } = await import('elkjs/lib/elk.bundled.js');
    return new bundle.default();
  } catch (cause) {
    throw new TenutoError({
      code: 'PACKAGE_MISSING',
      message: 'The package elkjs, which places the boxes of a chart, could not be loaded.',
      remediation: 'Run `npm install --save-dev elkjs@0.12` in this project.',
      cause,
    });
  }
}
