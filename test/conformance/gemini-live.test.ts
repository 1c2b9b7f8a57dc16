/** The adapter of Gemini Live keeps a provider's contract. */
import { describe, expect, it } from 'vitest';

import { geminiService } from './gemini-service.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const conformance = providerConformance(
  (url) => geminiLive({ baseUrl: url, apiKey: ({ reason }) => `AIza-secret-for-${reason}` }),
  geminiService,
);

describe('geminiLive', () => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('is tried by every failure that the service knows, and by no other', () => {
    expect(conformance.unsupported).toEqual([
      'it refuses no dial as planned',
      'it ends no connection as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as quota',
    ]);
  });

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});
