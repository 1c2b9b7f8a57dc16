/** The connection chart's own paths, taken by real sessions over real sockets. */
import { afterAll, describe, expect, it } from 'vitest';

import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';

/** A service that can fail in every way, and a credential that can be asked for again. */
const { cases, coverage, unsupported, unreached, assertCovered } = providerConformance(
  (url) =>
    scriptedProvider({
      url,
      traits: { refreshesCredential: true, keepsSessionForMs: 120_000 },
      credential: (reason) => `secret-for-${reason}`,
    }),
  scriptedService,
);

describe('the connection chart over a real WebSocket', () => {
  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) => run());

  it('is tried in every way in which a service can fail', () => {
    expect(unsupported).toEqual([]);
  });

  it('executes every transition but those of a service that is greeted, keeps what it is sent, and is left while it serves', () => {
    const ofGateways = / on (socket\.unanswered|link\.stalled|link\.ending|move\.due) /; // in test/gateway and test/resumable-websocket

    expect(assertCovered).not.toThrow();
    expect(unreached.filter(({ id }) => !ofGateways.test(id))).toEqual([]);
  });

  afterAll(() => {
    const [, report] = coverage.report().split(': ');
    process.stdout.write(`connection over a real WebSocket: ${report}\n`);
  });
});
