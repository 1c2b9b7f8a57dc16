/** Keys of accounts have no place in a page: number 23 of the security list (SECURITY.md). */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { TenutoError } from '../../../src/ports/errors.ts';
import { deepgramListen, openaiRealtime } from '../../../src/providers/index.ts';
import { MAKERS } from '../../providers/makers.ts';

/** As vendors issue them. */
const KEYS = {
  OpenAI: `sk-proj-${'c'.repeat(40)}`,
  Google: `AIzaSy${'c'.repeat(33)}`,
  Deepgram: 'c0ffee'.repeat(7).slice(0, 40),
};
const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 24_000 } as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

function refusalOf(make: () => unknown): TenutoError {
  try {
    make();
  } catch (error) {
    if (TenutoError.is(error)) return error;
  }
  throw new Error('it was taken');
}

describe('in a page', () => {
  it.each(
    MAKERS.flatMap(([name, make]) => Object.values(KEYS).map((key) => [name, key, make] as const)),
  )('#23 %s takes no key of an account, and does not repeat it', (_name, key, make) => {
    vi.stubGlobal('window', {});

    const { code, message, remediation } = refusalOf(() => make({ apiKey: ` ${key}\n` }));

    expect(code).toBe('OPTION_INVALID');
    expect(message).toContain('every visitor of this page');
    expect(message + remediation).not.toContain(key.slice(3, 20));
  });

  it('#23 one that a function brings is not used either: nothing is dialled', async () => {
    vi.stubGlobal('window', {});
    const provider = openaiRealtime({ apiKey: () => KEYS.OpenAI });

    await expect(provider.dial(FORMAT, 'connect')).rejects.toMatchObject({ code: 'AUTH_REFUSED' });
  });

  it('#23 a token that is good for a page is taken', async () => {
    vi.stubGlobal('window', {});
    const provider = deepgramListen({ apiKey: () => 'ek_123', scheme: 'bearer' });

    await expect(provider.dial(FORMAT, 'connect')).resolves.toMatchObject({});
  });
});

it('#23 on a server a key of an account is what there is', () => {
  expect(() => openaiRealtime({ apiKey: KEYS.OpenAI })).not.toThrow();
});
