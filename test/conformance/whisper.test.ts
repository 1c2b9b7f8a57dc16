/** The adapter of Whisper over HTTP keeps a provider's contract, whether or not a dial asks the service. */
import { describe, expect, it } from 'vitest';

import { everySoundIsSpeech, openaiTranscriptions, whisperCppServer } from './whisper-service.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

const openai = providerConformance(
  (url) =>
    whisper({
      baseUrl: url,
      apiKey: ({ reason }) => `sk-secret-for-${reason}`,
      vad: everySoundIsSpeech,
    }),
  openaiTranscriptions,
);

const whisperCpp = providerConformance(
  (url) =>
    whisper({
      baseUrl: url,
      flavour: 'whisper.cpp',
      apiKey: ({ reason }) => `sk-secret-for-${reason}`,
      vad: everySoundIsSpeech,
    }),
  whisperCppServer,
);

describe.each([
  ['OpenAI', openai],
  ['whisper.cpp', whisperCpp],
])('whisper of %s', (_name, conformance) => {
  it.each(conformance.cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) =>
    run(),
  );

  it('took every transition that its cases are there for', () => {
    expect(() => conformance.assertCovered()).not.toThrow();
  });
});

describe('what is not tried of requests', () => {
  it('is named, with what they have no place for', () => {
    expect(whisperCpp.unsupported).toEqual([
      'it refuses no dial as planned',
      'it ends no connection as planned',
      'it refuses no dial as staleHandle',
      'it ends no connection as staleHandle',
      'it refuses no dial as quota',
      expect.stringContaining('ends by its own time-out'),
      expect.stringContaining('a standby has no request under way'),
    ]);
    expect(openai.unsupported).toContain(
      'a dial asks the service nothing: none is refused or cut off',
    );
  });

  it('leaves out the silence of a standing link, and what only sockets do', () => {
    const left = whisperCpp.unreached.map(({ id }) => id.split(' on ')[1]?.split(/ [#s→]/)[0]);

    expect(new Set(left)).toEqual(
      new Set([
        'socket.lost',
        'link.died',
        'session.rotate',
        'link.suspected',
        'link.recovered',
        'link.stalled',
        'link.ending',
        'move.due',
        'socket.configured',
        'socket.unanswered',
      ]),
    );
  });
});
