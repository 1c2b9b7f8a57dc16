/** As page.ts, and the cases of a spool's storage: they run in the page, on its IndexedDB. */
import type {} from './page.ts';
import * as tenutoBrowser from '../../../src/browser.ts';
import { systemWallClock } from '../../../src/ports/clock.ts';
import { IdbSpoolStorage } from '../../../src/spool/idb-storage.browser.ts';
import { gateway as gatewayProvider } from '../../../src/providers/gateway/gateway.ts';
import { spoolStorageConformance } from '../../../src/testing/conformance/spool-storage-conformance.ts';

let places = 0;

const { cases } = spoolStorageConformance({
  makePlace: () => {
    places += 1;
    return `case-${places}`;
  },
  make: (place) =>
    new IdbSpoolStorage(place, { waitMs: 50, durability: 'relaxed', wallClock: systemWallClock }),
});

/** What each case came to: null, or why it failed. */
const tried = async (): Promise<readonly (readonly [name: string, error: string | null])[]> => {
  const results: [string, string | null][] = [];
  for (const { name, run } of cases) {
    const error = await run().then(
      () => null,
      (thrown: unknown) => String(thrown),
    );
    results.push([name, error]);
  }
  return results;
};

declare global {
  const trySpoolStorage: typeof tried;
}

Object.assign(globalThis, {
  tenuto: tenutoBrowser,
  gateway: gatewayProvider,
  trySpoolStorage: tried,
});
