import { describe, expect, it } from 'vitest';

import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import { logStoreConformance } from '../../../src/testing/conformance/log-store-conformance.ts';

const { cases, unsupported } = logStoreConformance({
  makePlace: () => null,
  open: createMemoryStore,
  isDurable: false,
});

describe('logs in memory', () => {
  for (const { name, run } of cases) it(name, run);

  it('are held to everything but what outlives their process', () => {
    expect(unsupported).toEqual([
      'it keeps nothing when it is closed',
      'it is not ended without being closed',
      'the fate of each append is known',
    ]);
  });
});
