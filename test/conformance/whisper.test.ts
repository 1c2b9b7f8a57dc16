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
