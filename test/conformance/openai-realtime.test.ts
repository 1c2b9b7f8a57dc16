/** The adapter of OpenAI Realtime keeps a provider's contract. */
import { describe, expect, it } from 'vitest';

import { openaiService } from './openai-service.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const conformance = providerConformance(
  (url) =>
    openaiRealtime({ baseUrl: `${url}/v1`, apiKey: ({ reason }) => `sk-secret-for-${reason}` }),
  openaiService,
);

describe('openaiRealtime', () => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('is tried by every failure that the service knows, and by no other', () => {
    expect(conformance.unsupported).toEqual([
      'it refuses no dial as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as staleHandle',
      'it ends no connection as rateLimited',
    ]);
  });

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});
