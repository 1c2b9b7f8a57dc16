/** What a session cannot be made of is said at once, in words. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { ManualNetwork } from '../../src/network/manual-signals.ts';
import { NetworkMonitor } from '../../src/network/monitor.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { conversation } from '../../src/session/conversing.ts';
import { rates } from '../../src/session/counting.ts';
import { failover } from '../../src/session/failover.ts';
import { rehearsal } from '../../src/session/rehearsing.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { openSpoolIn } from '../../src/spool/open-spool.ts';
import { MemorySpool } from '../spool/memory-spool.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

function sessionOf(options: object): Session {
  const clock = new VirtualClock();
  const given = { candidates: [fakeProvider()], transport: new FakeTransport({ clock }), clock };
  return openSession({ ...given, ...options });
}

describe('a session', () => {
  it.each([
    ['no candidates', { candidates: [] }],
    ['candidates left out', { candidates: undefined }],
    ['candidates that are none', { candidates: fakeProvider() }],
    ['a candidate that is null', { candidates: [null] }],
    ['a candidate that is a name', { candidates: ['deepgram'] }],
    ['a candidate that is no provider', { candidates: [{ name: 'deepgram' }] }],
    ['a candidate whose provider is none', { candidates: [{ provider: null }] }],
    ['a network that is one source of it', { network: new ManualNetwork() }],
    ['a network that is a text', { network: 'online' }],
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
    ['no transport', { transport: undefined }],
    ['a transport that is a name', { transport: 'ws' }],
    ['a logger that logs nothing', { logger: {} }],
    ['a clock that does not go', { clock: {} }],
    ['a chance that is a number', { random: 0.5 }],
    ['breakers and limits that are none', { admission: {} }],
    ['a resampler in the place of who makes one', { createResampler: {} }],
    ['an inspector that hears nothing', { inspect: {} }],
    ['a part that is named', { parts: 'failover' }],
    ['parts that are named', { parts: ['failover'] }],
    ['parts that are no list', { parts: {} }],
  ])('refuses %s', (_what, options) => {
    const make = (): Session => sessionOf(options);

    expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it.each(['retryInitialConnect', 'maxAttempts', 'baseMs'])(
    'says of %s that it is a part of reconnect',
    (name) => {
      const make = (): Session => sessionOf({ [name]: 1 });

      expect(make).toThrow(
        expect.objectContaining({
          message: `There is no session option "${name}": it is a part of reconnect.`,
          remediation: `Give reconnect: { ${name}: … }.`,
        }),
      );
    },
  );

  it.each([
    ['a session', 'session', { retentionMS: 5_000 }, 'retentionMS', 'retentionMs'],
    ['a session', 'session', { candidate: [fakeProvider()] }, 'candidate', 'candidates'],
    ['a session', 'session', { toString: 1 }, 'toString', 'transport'],
    [
      'a candidate',
      'candidate',
      { candidates: [{ provider: fakeProvider(), regoin: 'eu' }] },
      'regoin',
      'region',
    ],
    ['a policy', 'reconnect', { reconnect: { attempts: 3 } }, 'attempts', 'maxAttempts'],
    [
      "a candidate's policy",
      'reconnect',
      { candidates: [{ provider: fakeProvider(), reconnect: { attempts: 3 } }] },
      'attempts',
      'maxAttempts',
    ],
  ])('names the option of %s that there is not, and those that there are', (...given) => {
    const [, whose, options, unknown, known] = given;

    const make = (): Session => sessionOf(options);

    expect(make).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: `There is no ${whose} option "${unknown}".`,
        remediation: expect.stringMatching(new RegExp(`^Take one of .*\\b${known}\\b.*\\.$`)),
      }),
    );
  });

  it('refuses a spool that is still being opened', () => {
    const spool = openSpoolIn(new MemorySpool(), { name: 'late' }) as never;

    const transport = new FakeTransport({ clock: new VirtualClock() });
    const candidates = [{ provider: fakeProvider() }];

    expect(() => openSession({ candidates, transport, spool })).toThrow(
      expect.objectContaining({ remediation: 'Give await openSpool({ name }).' }),
    );
  });

  it('takes every option that there is', async () => {
    const clock = new VirtualClock();
    const transport = new FakeTransport({ clock });
    const every: Required<SessionOptions> = {
      candidates: [
        { provider: fakeProvider(), region: '', transport, reconnect: {}, standby: 0, key: 'k' },
      ],
      format: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
      preset: 'test',
      reconnect: presets.production,
      retentionMs: 1_000,
      retentionBytes: 1_000,
      eventCapacity: 1,
      recordOnlyMs: 0,
      holdDownMs: 0,
      rotationLeadMs: 0,
      spool: await openSpoolIn(new MemorySpool(), { name: 'all' }),
      transport,
      network: new NetworkMonitor({ signals: new ManualNetwork(), clock }),
      inspect: () => undefined,
      createResampler: () => Promise.reject(new Error('not now')),
      parts: [failover, conversation, rates, rehearsal],
      admission: createAdmission(),
      clock,
      random: seededRandom(1),
      logger: silentLogger,
    };

    const session = openSession(every);

    expect(session.status).toBe('idle');
    await session.close();
  });

  it.each([undefined, null, 'ws://127.0.0.1'])('refuses %s for all of its options', (none) => {
    const make = (): Session => openSession(none as never);

    expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('says how a network is given', () => {
    const make = (): Session => sessionOf({ network: new ManualNetwork() });

    expect(make).toThrow(
      expect.objectContaining({
        message: 'network has no sawTraffic.',
        remediation: 'Give new NetworkMonitor({ signals }).',
      }),
    );
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
