/** What a session cannot be made of is said at once, in words. */
import { describe, expect, it } from 'vitest';

import { Session } from '../../src/session/session.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

function sessionOf(options: object): Session {
  const clock = new VirtualClock();
  const given = { candidates: [fakeProvider()], transport: new FakeTransport({ clock }), clock };
  return new Session({ ...given, ...options });
}

describe('a session', () => {
  it.each([
    ['no candidates', { candidates: [] }],
    ['candidates left out', { candidates: undefined }],
    ['candidates that are none', { candidates: fakeProvider() }],
    ['a candidate that is null', { candidates: [null] }],
    ['a candidate that is a name', { candidates: ['deepgram'] }],
    ['two standbys', { candidates: [{ provider: fakeProvider(), standby: 2 }] }],
    ['recording for less than no time', { recordOnlyMs: -1 }],
    ['a time that is no number', { recordOnlyMs: NaN }],
    ['a time that is a text', { holdDownMs: '5000' }],
    ['a hold-down that is negative', { holdDownMs: -1 }],
    ['a lead that is no number', { rotationLeadMs: NaN }],
    [
      'a negative attempt',
      { candidates: [{ provider: fakeProvider(), reconnect: { baseMs: -1 } }] },
    ],
  ])('refuses %s', (_what, options) => {
    const make = (): Session => sessionOf(options);

    expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('takes times without an end', async () => {
    const session = sessionOf({
      recordOnlyMs: Infinity,
      holdDownMs: Infinity,
      rotationLeadMs: Infinity,
    });

    expect(session.status).toBe('idle');
    await session.close();
  });

  it('refuses the format that one of its candidates cannot take', () => {
    const picky = {
      ...fakeProvider(),
      checkFormat: () => {
        throw new RangeError('8 kHz only');
      },
    };

    const make = (): Session => sessionOf({ candidates: [fakeProvider(), picky] });

    expect(make).toThrow('8 kHz only');
  });
});
