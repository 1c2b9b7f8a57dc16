/** Voices with one bug each: at least one case finds it, and says what is wrong. */
import { describe, expect, it } from 'vitest';

import { firstFailure, inStream } from './broken.ts';
import { speakPosts, speakService } from './speak-service.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import type { Provider, ProviderEvent } from '../../src/providers/contract.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';

type Spoil = (sound: Provider) => Partial<Provider>;

const apiKey = 'dg-secret-of-ours';

function casesOf(spoil: Spoil) {
  return providerConformance((url) => {
    const sound = deepgramSpeak({ baseUrl: url, apiKey });
    return { ...sound, ...spoil(sound) };
  }, speakService).cases;
}

function inEvents(spoil: (events: readonly ProviderEvent[]) => readonly ProviderEvent[]): Spoil {
  return inStream((stream) => ({ decode: (frame) => spoil(stream.decode(frame)) }));
}

/** Every second text is left out. */
function forgetful(): Spoil {
  return inStream((stream) => {
    let texts = 0;
    return {
      encodeOrder: (order) => {
        if (order.kind !== 'say') return stream.encodeOrder?.(order) ?? null;
        texts += 1;
        return texts % 2 === 0 ? [] : (stream.encodeOrder?.(order) ?? null);
      },
    };
  });
}

const bugs: readonly [string, Spoil, RegExp][] = [
  [
    'tells of a text twice that it was spoken',
    inEvents((events) => [...events, ...events.filter(({ kind }) => kind === 'spoken')]),
    /decode told `spoken` of "[^"]+" twice/,
  ],
  [
    'forgets a text that it was to say',
    forgetful(),
    /"[^"]+" was ordered, and never arrived at the service\nWhat to do: Mend `encodeOrder`/,
  ],
  [
    'forgets to tell that a text was spoken',
    inEvents((events) => events.filter(({ kind }) => kind !== 'spoken')),
    /there came no `spoken` of \d+ of \d+ texts.*\nWhat to do: Mend `decode`/,
  ],
  [
    'tells of a text that it was never given',
    inEvents((events) =>
      events.map((event) => (event.kind === 'spoken' ? { ...event, id: 'another' } : event)),
    ),
    /decode told `spoken` of another, which this socket was not given/,
  ],
  [
    'loses some of the sound',
    inEvents((events) =>
      events.map((event) =>
        event.kind === 'audio' ? { ...event, bytes: event.bytes.subarray(2) } : event,
      ),
    ),
    /counts as spoken, and was not heard whole/,
  ],
  [
    'tells half a sample',
    inEvents((events) =>
      events.map((event) =>
        event.kind === 'audio' ? { ...event, bytes: event.bytes.subarray(1) } : event,
      ),
    ),
    /half a sample/,
  ],
  [
    'takes the service for one without limits',
    ({ traits }) => ({
      traits: {
        ...traits,
        speech: { maxCharsPerMessage: 2_000, maxCharsPerMinute: 1e6, maxFlushesPerMinute: 1e6 },
      },
    }),
    /characters were sent in a minute, which is more than the service takes/,
  ],
  [
    'never comes to terms with the service',
    inEvents((events) => events.filter(({ kind }) => kind !== 'configured')),
    /there came no .*handshake.*\nWhat to do: .*`decode` never told `configured`: tell \{ kind: 'configured' \}/,
  ],
  [
    'has no word for being hushed',
    inStream((stream) => ({
      encodeOrder: (order) =>
        order.kind === 'interrupt' ? [] : (stream.encodeOrder?.(order) ?? null),
    })),
    /after an interruption something else was heard|which was interrupted/,
  ],
];

describe('the conformance of voices', () => {
  it.each(bugs)('finds an adapter that %s', async (_bug, spoil, finding) => {
    expect(await firstFailure(casesOf(spoil))).toMatch(finding);
  });

  it('finds an adapter over HTTP that leaves a text out of its posts', async () => {
    const { cases } = providerConformance((url) => {
      const sound = deepgramSpeakHttp({ baseUrl: url, apiKey });
      return { ...sound, ...forgetful()(sound) };
    }, speakPosts);

    expect(await firstFailure(cases)).toMatch(/never told to be spoken|there was no/);
  });

  it('takes no script of a voice for an adapter that cannot be told to speak', () => {
    const make = (url: string): Provider => {
      const sound = deepgramSpeak({ baseUrl: url, apiKey });
      return { ...sound, ...inStream(() => ({ encodeOrder: undefined as never }))(sound) };
    };

    expect(() => providerConformance(make, speakService)).toThrow(/have no `encodeOrder`/);
  });
});
