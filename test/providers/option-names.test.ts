/** A misspelt option would do nothing, in silence: whoever makes a provider is told at once. */
import { describe, expect, it } from 'vitest';

import * as node from '../../src/node.ts';
import * as providers from '../../src/providers/index.ts';
import { MAKERS as PROVIDER_MAKERS, http } from './makers.ts';

const key = { apiKey: 'local' };
const hearing = [providers.deepgramListen(key)];
const speaking = [providers.deepgramSpeak(key)];
const thinking = providers.geminiLlm({ ...key, http });

const MAKERS: readonly (readonly [string, (more: object) => unknown])[] = [
  ...PROVIDER_MAKERS,
  ['gateway', (more) => providers.gateway({ url: 'wss://voice.example/v1/session', ...more })],
  ['voice agent', (more) => node.createVoiceAgent({ hearing, thinking, speaking, ...more })],
];

describe('every maker', () => {
  it.each(MAKERS)('of %s names the option that there is not', (_name, make) => {
    const refused = { code: 'OPTION_INVALID', message: expect.stringContaining('"dailTimeoutMs"') };

    expect(() => make({ dailTimeoutMs: 1 })).toThrow(expect.objectContaining(refused));
  });

  it.each(Object.entries(providers).filter(([, make]) => typeof make === 'function'))(
    '%s refuses null in the place of options',
    (_name, make) => {
      expect(() => (make as (options: never) => unknown)(null as never)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    },
  );

  it('does not quote what is no object: it may be a secret', () => {
    expect(() => providers.deepgramListen('s3cret' as never)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'The options of deepgramListen are no object.',
      }),
    );
  });

  it.each(MAKERS)('of %s takes what there is', (_name, make) => {
    expect(() => make({})).not.toThrow();
  });

  it('of a provider is tried here', () => {
    const makers = Object.entries(providers).flatMap(([name, value]) =>
      typeof value === 'function' && !['fvad', 'sileroVad'].includes(name) ? [name] : [],
    );

    const tried = MAKERS.map(([name]) => name).filter((name) => name !== 'voice agent');
    expect(tried.sort()).toEqual(makers.sort());
  });
});

describe('openaiRealtime', () => {
  it.each([
    { dialTimeoutMs: 0 },
    { dialTimeoutMs: NaN },
    { replayRateRatio: 0.5 },
    { replayRateRatio: NaN },
  ])('refuses a number that nothing can be made of: %o', (options) => {
    expect(() => providers.openaiRealtime({ ...key, ...options })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
