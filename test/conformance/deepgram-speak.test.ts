/** The adapters of Deepgram's voice keep a provider's contract, over a WebSocket and over HTTP. */
import { describe, expect, it } from 'vitest';

import { speakPosts, speakService } from './speak-service.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import type { CredentialReason } from '../../src/providers/contract.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const apiKey = ({ reason }: { readonly reason: CredentialReason }): string =>
  `dg-secret-for-${reason}`;

const socket = providerConformance((url) => deepgramSpeak({ baseUrl: url, apiKey }), speakService);
const posts = providerConformance((url) => deepgramSpeakHttp({ baseUrl: url, apiKey }), speakPosts);

describe.each([
  ['deepgramSpeak', socket],
  ['deepgramSpeakHttp', posts],
])('%s', (_name, conformance) => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});

describe('what is not tried of a voice', () => {
  it('is named, with what it has no place for', () => {
    expect(socket.unsupported).toEqual([
      'it refuses no dial as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as staleHandle',
      'it ends no connection as quota',
      'it ends no connection as auth',
      expect.stringContaining('a voice is sent no audio'),
      expect.stringContaining('a voice has no results'),
    ]);
  });

  it('leaves out what only services do that hear', () => {
    // A replay of no audio ends as it begins; nothing is committed; the service announces no end, is opened by its request, and keeps nothing.
    expect(socket.unreached.map(({ id }) => id)).toEqual([
      'connection.connecting.configuring on socket.unanswered stays',
      'connection.connected on link.died #1 → connection.error',
      'connection.connected on session.rotate → connection.reconnecting.dialing',
      'connection.connected on socket.unanswered stays',
      'connection.connected on link.stalled #1 stays',
      'connection.connected on link.stalled #2 stays',
      'connection.connected on link.ending stays',
      'connection.connected on move.due stays',
      'connection.connected on server.answered stays',
      'connection.connected on result.committed stays',
      'connection.connected.replaying on bufferReplay failed → connection.error',
      'connection.active on session.rotate → connection.reconnecting.dialing',
      'connection.active on socket.unanswered stays',
      'connection.active on link.stalled #1 stays',
      'connection.active on link.stalled #2 stays',
      'connection.active on link.ending stays',
      'connection.active on move.due stays',
      'connection.active on result.committed stays',
      'connection.reconnecting.configuring on socket.unanswered stays',
    ]);
  });
});
