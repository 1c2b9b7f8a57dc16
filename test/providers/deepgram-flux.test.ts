import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { FORMAT, KEY, close, openStream, seconds, teller, turn } from './deepgram-flux-support.ts';

describe('deepgram flux, dialling', () => {
  it('puts what was asked for into the query, and nothing else', async () => {
    const plain = await deepgramFlux({ apiKey: KEY }).dial(FORMAT, 'connect');
    const all = await deepgramFlux({
      apiKey: KEY,
      model: 'flux-general-multi',
      eotThreshold: 0.8,
      eagerEotThreshold: 0.4,
      eotTimeoutMs: 3_000,
      keyterms: ['foo', 'bar baz'],
      languageHints: ['en', 'es'],
      query: { tag: 'a' },
    }).dial(FORMAT, 'connect');

    expect(plain).toEqual({
      url: 'wss://api.deepgram.com/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000',
      headers: { authorization: `Token ${KEY}` },
      timeoutMs: 10_000,
    });
    expect(all.url).toMatch(
      /eot_threshold=0.8&eager_eot_threshold=0.4&eot_timeout_ms=3000&keyterm=foo&keyterm=bar%20baz&language_hint=en&language_hint=es&tag=a$/,
    );
  });

  it('sends the credential as a subprotocol where headers cannot be sent', async () => {
    const provider = deepgramFlux({ apiKey: KEY, scheme: 'bearer', authVia: 'subprotocol' });

    const request = await provider.dial(FORMAT, 'connect');

    expect(request.protocols).toEqual(['bearer', KEY]);
    expect(request.headers).toBeUndefined();
  });

  it.each([
    ['an unknown option', { modle: 'x' }, 'modle'],
    ['a threshold too low', { eotThreshold: 0.49 }, 'eotThreshold'],
    ['a threshold too high', { eagerEotThreshold: 0.91 }, 'eagerEotThreshold'],
    ['a timeout too short', { eotTimeoutMs: 499 }, 'eotTimeoutMs'],
    ['no number', { eotTimeoutMs: NaN }, 'eotTimeoutMs'],
    ['hints for one language only', { languageHints: ['es'] }, 'languageHints'],
    ['an address of no service', { baseUrl: 'ftp://api.deepgram.com' }, 'wss:'],
  ])('refuses %s at the door', (_, options, named) => {
    const make = () => deepgramFlux({ apiKey: KEY, ...options });

    expect(make).toThrow(named);
    expect(make).toThrow(TenutoError);
  });

  it.each([0.5, 1])('takes thresholds up to their ends: %s', (eotThreshold) => {
    expect(() => deepgramFlux({ apiKey: KEY, eotThreshold })).not.toThrow();
  });
});

describe('deepgram flux, turns', () => {
  it('is configured by the service that speaks first', () => {
    expect(teller(openStream())({ type: 'Connected' })).toEqual([{ kind: 'configured' }]);
  });

  it('restates a turn until its end, whose final covers everything since the last one', () => {
    const tell = teller(openStream());

    const told = [
      turn('Update', 0.5, ''),
      turn('StartOfTurn', 1, 'Please'),
      turn('Update', 1.5, 'Please stop'),
      turn('EndOfTurn', 2, 'Please stop.', { trigger: 'model' }),
      turn('StartOfTurn', 3, 'Now', { turn_index: 1, audio_window_start: 2 }),
      turn('EndOfTurn', 4, 'Now.', { turn_index: 1, audio_window_start: 2 }),
    ].map((message) => tell(message));

    expect(told[0]).toEqual([]);
    expect(told[1]).toMatchObject([
      { kind: 'speechStarted', atSample: 8_000 },
      { kind: 'transcript', text: 'Please', isFinal: false, startSample: 0, endSample: 16_000 },
    ]);
    expect(told[2]).toMatchObject([{ text: 'Please stop', isFinal: false }]);
    expect(told[3]).toMatchObject([
      {
        text: 'Please stop.',
        isFinal: true,
        endsUtterance: true,
        startSample: 0,
        endSample: 32_000,
      },
    ]);
    expect(told[4]).toMatchObject([{ kind: 'speechStarted' }, { startSample: 32_000 }]);
    expect(told[5]).toMatchObject([{ isFinal: true, startSample: 32_000, endSample: 64_000 }]);
  });

  it('takes an early end, a resumed turn and events that are new for what they restate', () => {
    const tell = teller(openStream());

    const told = ['EagerEndOfTurn', 'TurnResumed', 'SomethingNew'].map((event, at) =>
      tell(turn(event, at + 1, `one ${at}`)).filter(({ kind }) => kind === 'transcript'),
    );

    expect(told).toMatchObject([0, 1, 2].map((at) => [{ text: `one ${at}`, isFinal: false }]));
  });

  it('keeps word times that are told, and spreads words over the turn where one is not', () => {
    const timed = teller(openStream())(
      turn('Update', 2, 'a b', {
        words: [
          { word: 'a', confidence: 0.9, start: 0.5, end: 1 },
          { word: 'b', confidence: 0.8, start: 1, end: 1.5 },
        ],
      }),
    );
    const spread = teller(openStream())(turn('Update', 2, 'a b'));

    expect(timed.at(-1)).toMatchObject({
      words: [
        { text: 'a', startSample: 8_000, endSample: 16_000, confidence: 0.9 },
        { text: 'b', startSample: 16_000, endSample: 24_000 },
      ],
    });
    expect(spread.at(-1)).toMatchObject({
      words: [
        { startSample: 0, endSample: 16_000 },
        { startSample: 16_000, endSample: 32_000 },
      ],
    });
  });

  it('loses no text of a turn whose end was never told', () => {
    const tell = teller(openStream());
    tell(turn('StartOfTurn', 1, 'lost end'));

    const next = tell(turn('Update', 2, 'new', { turn_index: 1, audio_window_start: 1 }));

    expect(next[0]).toMatchObject({ text: 'lost end', isFinal: true, endSample: 16_000 });
    expect(next.at(-1)).toMatchObject({ text: 'new', isFinal: false, startSample: 16_000 });
  });

  it('ignores what comes late of a turn that has ended', () => {
    const tell = teller(openStream());
    tell(turn('EndOfTurn', 1, 'one'));

    expect(tell(turn('Update', 1, 'one two'))).toMatchObject([{ kind: 'ignored' }]);
  });

  it('tells an interim that shrank to nothing', () => {
    const tell = teller(openStream());
    tell(turn('StartOfTurn', 1, 'uh'));

    expect(tell(turn('Update', 2, ''))).toMatchObject([{ text: '', isFinal: false }]);
  });
});

describe('deepgram flux, silence', () => {
  it('settles silence as far as it was heard, less what may still turn out to be a word', () => {
    const stream = openStream();
    const tell = teller(stream);
    tell(turn('Update', 10, ''));

    const early = stream.settleSilence?.(32_000);
    const late = stream.settleSilence?.(320_000);
    const again = stream.settleSilence?.(320_000);

    expect(early).toMatchObject([{ text: '', isFinal: true, startSample: 0, endSample: 32_000 }]);
    expect(late).toMatchObject([{ startSample: 32_000, endSample: 144_000 }]);
    expect(again).toEqual([]);
  });

  it('settles nothing of a turn in which somebody speaks', () => {
    const stream = openStream();
    const tell = teller(stream);
    tell(turn('EndOfTurn', 1, 'one'));
    tell(turn('StartOfTurn', 9, 'two', { turn_index: 1, audio_window_start: 1 }));

    expect(stream.settleSilence?.(100_000)).toEqual([]);
  });

  it('settles what lies before the turn that runs', () => {
    const stream = openStream();
    const tell = teller(stream);
    tell(turn('EndOfTurn', 1, 'one'));
    tell(turn('StartOfTurn', 9, 'two', { turn_index: 1, audio_window_start: 5 }));

    expect(stream.settleSilence?.(100_000)).toMatchObject([
      { startSample: 16_000, endSample: 80_000, text: '' },
    ]);
  });
});

describe('deepgram flux, its end', () => {
  it.each([1_000, 1_005])('takes %s after the goodbye for the end of the turn', (code) => {
    const stream = openStream();
    const tell = teller(stream);
    stream.encodeAudio(seconds(3));
    tell(turn('StartOfTurn', 2.75, 'half a turn'));
    stream.encodeGoodbye();

    const told = stream.decodeEnd?.(close(code));

    expect(told).toMatchObject([
      {
        text: 'half a turn',
        isFinal: true,
        endsUtterance: true,
        startSample: 0,
        endSample: 48_000,
      },
      { kind: 'finished', samples: 48_000 },
    ]);
  });

  it('claims nothing that was never reported', () => {
    const stream = openStream();
    stream.encodeAudio(seconds(3));
    teller(stream)(turn('StartOfTurn', 2.6, 'half a turn'));
    stream.encodeGoodbye();

    expect(stream.decodeEnd?.(close(1_005))).toMatchObject([
      { endSample: 41_600 },
      { kind: 'finished', samples: 41_600 },
    ]);
  });

  it.each([
    ['a close without a goodbye', false, close(1_005)],
    ['a close for another reason', true, close(1_011, 'net0000')],
    ['a socket that broke', true, close(1_006)],
  ])('leaves the turn to be replayed after %s', (_, saysGoodbye, end) => {
    const stream = openStream();
    stream.encodeAudio(seconds(3));
    teller(stream)(turn('StartOfTurn', 3, 'half a turn'));
    if (saysGoodbye) stream.encodeGoodbye();

    expect(stream.decodeEnd?.(end)).toEqual([]);
  });

  it('can neither flush nor keep alive, and ends turns only where the account may', () => {
    const plain = openStream();
    const forcing = openStream({ forcesEndOfTurn: true });

    expect([plain.encodeFlush(), plain.encodeKeepAlive()]).toEqual([null, null]);
    expect(plain.encodeOrder?.({ kind: 'endTurn' })).toBeNull();
    expect(forcing.encodeFlush()).toBe('{"type":"ForceEndTurn"}');
    expect(forcing.encodeOrder?.({ kind: 'endTurn' })).toEqual(['{"type":"ForceEndTurn"}']);
    expect(plain.encodeGoodbye()).toBe('{"type":"CloseStream"}');
  });

  it('takes a turn that was ended by hand for the answer to the flush, and no other', () => {
    const stream = openStream({ forcesEndOfTurn: true });
    const tell = teller(stream);
    stream.encodeFlush();

    const byItself = tell(turn('EndOfTurn', 1, 'one', { trigger: 'model' }));
    const byHand = tell(turn('EndOfTurn', 2, 'two', { turn_index: 1, trigger: 'manual' }));

    expect(byItself.at(-1)).toMatchObject({ isFinal: true, answersFlush: false });
    expect(byHand.at(-1)).toMatchObject({ isFinal: true, answersFlush: true });
  });
});
