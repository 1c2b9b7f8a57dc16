/** A suite that passes every adapter is worth nothing: each of these has one bug, and at least one case finds it. */
import { describe, expect, it } from 'vitest';

import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';

/** The scripted adapter with a bug in it, under the cases that a sound one passes. */
function casesOf(spoil: (sound: Provider) => Partial<Provider>) {
  const { cases } = providerConformance((url) => {
    const sound = scriptedProvider({ url, credential: () => 'a-secret-of-ours' });
    return { ...sound, ...spoil(sound) };
  }, scriptedService);
  return cases;
}

function inStream(spoil: (sound: ProviderStream) => Partial<ProviderStream>) {
  return (sound: Provider): Partial<Provider> => ({
    openStream: (format) => {
      const stream = sound.openStream(format);
      return { ...stream, ...spoil(stream) };
    },
  });
}

function inTranscripts(spoil: (event: Extract<ProviderEvent, { kind: 'transcript' }>) => object) {
  return inStream(({ decode }) => ({
    decode: (frame) =>
      decode(frame).map((event) =>
        event.kind === 'transcript' ? { ...event, ...spoil(event) } : event,
      ),
  }));
}

async function firstFailure(cases: ReturnType<typeof casesOf>): Promise<string> {
  for (const { run } of cases) {
    try {
      await run();
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'every case passed';
}

const bugs: readonly [string, (sound: Provider) => Partial<Provider>, RegExp][] = [
  [
    'calls a refused credential a passing trouble',
    ({ classifyEnd }) => ({
      classifyEnd: (end) =>
        end.status === 401 ? { kind: 'transient', code: 'http 401', detail: '' } : classifyEnd(end),
    }),
    /auth by refusal.* called transient instead of auth/,
  ],
  [
    'takes an exhausted quota for a rate limit',
    ({ classifyEnd }) => ({
      classifyEnd: (end) => {
        const failure = classifyEnd(end);
        return failure.kind === 'quota' ? { ...failure, kind: 'rateLimited' } : failure;
      },
    }),
    /quota by/,
  ],
  [
    'throws where an end has no status',
    () => ({
      classifyEnd: ({ status }) => ({ kind: 'transient', code: status!.toFixed(), detail: '' }),
    }),
    /classifyEnd threw/,
  ],
  [
    'tells a place that is one sample too late',
    inTranscripts(({ startSample }) => ({ startSample: startSample + 1 })),
    /other audio was/,
  ],
  [
    'loses a sample',
    inTranscripts(({ startSample, endSample }) => ({
      startSample: Math.max(0, startSample - 1),
      endSample: endSample - 1,
    })),
    /neither delivered|other audio was/,
  ],
  [
    'counts bytes for samples',
    inTranscripts(({ startSample, endSample }) => ({
      startSample: startSample * 2,
      endSample: endSample * 2,
    })),
    /other audio was/,
  ],
  ['gives positions that are no samples', inTranscripts(() => ({ endSample: NaN })), /NaN/],
  [
    'throws in decode',
    inStream(({ decode }) => ({
      decode: (frame) => {
        if (String(frame).includes('transcript')) throw new TypeError('no words');
        return decode(frame);
      },
    })),
    /decode threw: TypeError: no words/,
  ],
  ['takes no final for one', inTranscripts(() => ({ isFinal: false })), /neither delivered/],
  [
    'swaps the bytes of every sample',
    inStream(() => ({ encodeAudio: (bytes) => Buffer.from(bytes).swap16() })),
    /other audio was/,
  ],
  [
    'repeats the credential that was refused',
    ({ classifyEnd }) => ({
      classifyEnd: (end) => ({ ...classifyEnd(end), detail: 'a-secret-of-ours is wrong' }),
    }),
    /a credential was told/,
  ],
];

describe('the conformance suite', () => {
  it.each(bugs)('finds an adapter that %s', async (_bug, spoil, finding) => {
    const message = await firstFailure(casesOf(spoil));

    expect(message).toMatch(finding);
  });

  it('finds nothing in the same adapter without a bug', async () => {
    expect(await firstFailure(casesOf(() => ({})))).toBe('every case passed');
  });
});
