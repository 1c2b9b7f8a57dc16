/** The adapter of Deepgram Flux keeps a provider's contract. */
import { describe, expect, it } from 'vitest';

import { fluxService } from './flux-service.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const conformance = providerConformance(
  (url) => deepgramFlux({ baseUrl: url, apiKey: ({ reason }) => `dg-secret-for-${reason}` }),
  fluxService,
);

describe('deepgramFlux', () => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('is tried by every failure that the service knows, and by no other', () => {
    expect(conformance.unsupported).toEqual([
      'it refuses no dial as planned',
      'it ends no connection as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as staleHandle',
      'it ends no connection as rateLimited',
      'it ends no connection as quota',
    ]);
  });

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});
