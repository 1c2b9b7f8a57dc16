/** The adapter of our own gateway keeps a provider's contract. */
import { describe, expect, it } from 'vitest';

import { gatewayService } from './gateway-service.ts';
import { createSession } from '../../src/node.ts';
import { gateway } from '../../src/providers/index.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import { ScriptedServer } from '../../src/testing/conformance/scripted-server.node.ts';

const conformance = providerConformance(
  (url) => gateway({ url, token: ({ reason }) => `secret-for-${reason}` }),
  () => new ScriptedServer(gatewayService()),
);

describe('gateway', () => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('is tried by every failure that the service knows, and by no other', () => {
    expect(conformance.unsupported).toEqual([
      'it refuses no dial as planned',
      'it refuses no dial as staleHandle',
      'it refuses no dial as quota',
      'it ends no connection as quota',
    ]);
  });

  it('lets none stand by, and answers no message: both are told at once', async () => {
    const provider = gateway({ url: 'ws://127.0.0.1:1' });
    const refused = (message: string) =>
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(message),
      });

    expect(() => createSession({ candidates: [{ provider, standby: 1 }] })).toThrow(
      refused('stand by'),
    );
    const hearing = createSession({ candidates: [provider] });
    expect(() => hearing.conversation.send('Hello')).toThrow(refused('answers'));
    expect(() => hearing.conversation.say('Hello')).toThrow(refused('speaks'));
    await hearing.close();
  });

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});
