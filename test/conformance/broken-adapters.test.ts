/** A suite that passes every adapter is worth nothing: each of these has one bug, and at least one case finds it. */
import { describe, expect, it } from 'vitest';

import { firstFailure } from './broken.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';

type Spoil = (sound: Provider) => Partial<Provider>;

/** The scripted adapter with a bug in it, under the cases that a sound one passes. */
function casesOf(spoil: Spoil) {
  const { cases } = providerConformance((url) => {
    const sound = scriptedProvider({ url, credential: () => 'a-secret-of-ours' });
    return { ...sound, ...spoil(sound) };
  }, scriptedService);
  return cases;
}

/** A case may end in a mismatch that another one would be told of first. */
function casesNamed(cases: ReturnType<typeof casesOf>, pattern: RegExp) {
  const found = cases.filter(({ name }) => pattern.test(name));
  expect(found).not.toEqual([]);
  return found;
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

/** An error of one sample more with every result. */
function drifting(): (sound: Provider) => Partial<Provider> {
  return (sound) => ({
    openStream: (format) => {
      const stream = sound.openStream(format);
      let drift = -1;
      return {
        ...stream,
        decode: (frame) =>
          stream.decode(frame).map((event) => {
            if (event.kind !== 'transcript' || !event.isFinal) return event;
            drift += 1;
            return { ...event, endSample: event.endSample + drift };
          }),
      };
    },
  });
}

const bugs: readonly [string, Spoil, RegExp][] = [
  [
    'ends each result one sample too late',
    inTranscripts(({ endSample }) => ({ endSample: endSample + 1 })),
    /decode told of the samples \d+ to \d+, and the result is of \d+ to \d+/,
  ],
  ['drifts by a sample with every result', drifting(), /and the result is of/],
  [
    'drifts by a millionth',
    inTranscripts(({ endSample }) => ({ endSample: Math.round(endSample * 1.000_001) })),
    /after \d{2,3} s on one connection, decode told of the samples/,
  ],
  [
    'forgets to read when to come back',
    ({ classifyEnd }) => ({
      classifyEnd: (end) => {
        const { kind, code, detail } = classifyEnd(end);
        return { kind, code, detail };
      },
    }),
    /asked to come back in 7000 ms, and `classifyEnd` handed on no hint as `retryAfterMs`/,
  ],
  [
    'takes seconds for milliseconds',
    ({ classifyEnd }) => ({
      classifyEnd: (end) => {
        const { retryAfterMs, ...failure } = classifyEnd(end);
        return retryAfterMs === undefined
          ? failure
          : { ...failure, retryAfterMs: retryAfterMs / 1_000 };
      },
    }),
    /in 7000 ms, and `classifyEnd` handed on 7 ms/,
  ],
  [
    'dials without its credential',
    ({ dial }) => ({
      dial: async (...asked) => ({ ...(await dial(...asked)), headers: {} }),
    }),
    /dial\(\) carries no credential in its headers, subprotocols, query/,
  ],
  [
    'dials with a credential that is not there',
    ({ dial }) => ({
      dial: async (...asked) => ({
        ...(await dial(...asked)),
        headers: { authorization: 'Bearer undefined' },
      }),
    }),
    /dial\(\) carries no credential/,
  ],
  [
    'never asks for a flush',
    inStream(() => ({ encodeFlush: () => null })),
    /encodeFlush gave no frame, and the service answers a flush/,
  ],
  [
    'asks for a flush in words that the service does not know',
    inStream(() => ({ encodeFlush: () => '{"ask":"flsh"}' })),
    /there came no answer to the flush \(\{"ask":"flsh"\}\): either the script's `onFrame`/,
  ],
  [
    'does not know the answer to a flush',
    inTranscripts(() => ({ answersFlush: false })),
    /`decode` does not say `answersFlush` of its answer/,
  ],
  [
    'says no goodbye',
    inStream(() => ({ encodeGoodbye: () => null })),
    /encodeGoodbye gave no frame, and the service answers a goodbye/,
  ],
  [
    'throws in dial',
    () => ({ dial: () => Promise.reject(new TypeError('no key')) }),
    /the provider cannot be dialled: dial\(\) threw: TypeError: no key\nWhat to do: Mend `dial`/,
  ],
  [
    'dials no address',
    ({ dial }) => ({
      dial: async (...asked) => ({ ...(await dial(...asked)), url: 'speech.test' }),
    }),
    /dial\(\) gave the address "speech.test", which is none/,
  ],
  [
    'dials nothing',
    () => ({ dial: () => Promise.resolve(undefined as never) }),
    /dial\(\) gave undefined/,
  ],

  [
    'promises a handshake and never ends it',
    ({ traits }) => ({ traits: { ...traits, configures: true } }),
    /there came no .*handshake.*\nWhat to do: .*`decode` never told `configured`: tell \{ kind: 'configured' \}.*leave `configures` out/,
  ],
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
    ({ classifyEnd }) => ({
      classifyEnd: (end) => ({ ...classifyEnd(end), code: end.status!.toFixed() }),
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
    /and the result is of/,
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

  it('tells of a dial that throws before anybody has waited for it', async () => {
    const [first] = casesNamed(
      casesOf(() => ({ dial: () => Promise.reject(new Error('no key')) })),
      /session.connect/,
    );
    const startedAtMs = performance.now();

    await expect(first?.run()).rejects.toThrow('dial() threw: Error: no key');

    expect(performance.now() - startedAtMs).toBeLessThan(4_000); // whoever waits gives up after 5 s
  });
});
