/** The Deepgram adapter keeps a provider's contract. */
import { describe, expect, it } from 'vitest';

import { deepgramService } from './deepgram-service.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const conformance = providerConformance(
  (url) => deepgramListen({ baseUrl: url, apiKey: ({ reason }) => `dg-secret-for-${reason}` }),
  deepgramService,
);

describe('deepgramListen', () => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('is tried by every failure that Deepgram knows, and by no other', () => {
    expect(conformance.unsupported).toEqual([
      'it refuses no dial as planned',
      'it ends no connection as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as staleHandle',
      'it ends no connection as rateLimited',
      'it ends no connection as quota',
      'it ends no connection as auth',
    ]);
  });

  it('leaves out what only other services do', () => {
    // It limits and refuses dials, never standing connections, and ends none by plan; it answers what opens it, and does not say what it keeps.
    expect(conformance.unreached.map(({ id }) => id)).toEqual([
      'connection.connecting.configuring on socket.unanswered stays',
      'connection.connected on socket.lost #4 → connection.reconnecting.waitingForRateLimit',
      'connection.connected on socket.lost #5 → connection.reconnecting.dialing',
      'connection.connected on session.rotate → connection.reconnecting.dialing',
      'connection.connected on socket.unanswered stays',
      'connection.connected on link.stalled #1 stays',
      'connection.connected on link.stalled #2 stays',
      'connection.connected on link.ending stays',
      'connection.connected on move.due stays',
      'connection.active on socket.lost #4 → connection.reconnecting.waitingForRateLimit',
      'connection.active on socket.lost #5 → connection.reconnecting.dialing',
      'connection.active on session.rotate → connection.reconnecting.dialing',
      'connection.active on socket.unanswered stays',
      'connection.active on link.stalled #1 stays',
      'connection.active on link.stalled #2 stays',
      'connection.active on link.ending stays',
      'connection.active on move.due stays',
      'connection.reconnecting.configuring on socket.unanswered stays',
    ]);
  });

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});
