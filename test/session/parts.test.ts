import { describe, expect, it } from 'vitest';

import { createAdmission } from '../../src/session/admission/admission.ts';
import type { CandidateOptions } from '../../src/session/candidates.ts';
import { conversation } from '../../src/session/conversing.ts';
import { rates } from '../../src/session/counting.ts';
import { failover } from '../../src/session/failover.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { SessionPart } from '../../src/session/parts.ts';
import { keeping } from '../../src/session/keeping.ts';
import { rehearsal } from '../../src/session/rehearsing.ts';
import { Session } from '../../src/session/session.ts';
import type { Provider, ProviderEvent, ProviderTraits } from '../../src/providers/contract.ts';
import type { TenutoError } from '../../src/ports/errors.ts';
import {
  deepgramFlux,
  deepgramListen,
  deepgramSpeak,
  gateway,
  geminiLive,
  openaiRealtime,
  whisper,
} from '../../src/providers/index.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

describe('a session of which a page asks for no part', () => {
  it.each<[string, readonly (Provider | CandidateOptions)[]]>([
    ['several candidates', [fakeProvider(), fakeProvider()]],
    ['a standby', [{ provider: fakeProvider(), standby: 1 }]],
    ['a session whose length is known', [withTraits({ endsAfterMs: 3_600_000 })]],
    ['a service that announces its end', [withTraits({ announcesEnd: true })]],
  ])('is refused with %s, and told what to import', (_what, candidates) => {
    const error = caught(() => open(candidates));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      remediation: "Give parts: [failover], and import { failover } from 'tenuto/browser'.",
    });
    expect(open(candidates, [failover]).status).toBe('idle');
  });

  it.each(['realtime', 'tts'] as const)('is refused with a service of kind %s', (component) => {
    const candidates = [{ ...fakeProvider(), component }];

    const error = caught(() => open(candidates));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      remediation: "Give parts: [conversation], and import { conversation } from 'tenuto/browser'.",
    });
    expect(open(candidates, [conversation]).conversation.items).toEqual([]);
  });

  it.each<Partial<ProviderTraits>>([
    { inputRateHz: 8_000 },
    { silenceSettlesAfterMs: 2_000 },
    { fillsSilenceAfterMs: 500 },
  ])('is refused with a service that counts otherwise, or is to be sent silence (%o)', (traits) => {
    const error = caught(() => open([withTraits(traits)]));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      remediation: "Give parts: [rates], and import { rates } from 'tenuto/browser'.",
    });
    expect(open([withTraits(traits)], [rates]).status).toBe('idle');
  });

  it.each<ProviderEvent>([
    { kind: 'standstill', sinceMs: 7, forMs: 30_000 },
    { kind: 'keeping', durability: 'memory' },
    { kind: 'sessionLost', acknowledgedSample: 0, fromSample: 0 },
    { kind: 'serving', provider: 'fake', mode: null, missing: [] },
  ])('takes what only keepers tell for no answer of its service: $kind', async (event) => {
    const { transport, session } = await connected();

    transport.last.say(JSON.stringify(event));

    expect(session.actor.getSnapshot().context).toMatchObject({ answeredAtMs: null });
    transport.last.say(JSON.stringify({ kind: 'speechStarted', atSample: 0 }));
    expect(session.actor.getSnapshot().context).not.toMatchObject({ answeredAtMs: null });
  });

  it('is dialled again where it is lost, whose provider brings nothing', async () => {
    const { clock, transport, session } = await connected();

    transport.last.end(1011);
    await clock.advanceAsync(1_000);

    expect(transport.sockets).toHaveLength(2);
    expect(session.status).toBe('active');
    await session.close({ drainTimeoutMs: 0 });
  });

  it.each<Partial<ProviderTraits>>([
    { keepsAudio: true },
    { takesOver: true },
    { keepsSessionForMs: 120_000 },
  ])('is refused with a service that keeps sessions (%o)', (traits) => {
    const error = caught(() => open([withTraits(traits)]));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      remediation: "Give parts: [keeping], and import { keeping } from 'tenuto/browser'.",
    });
    expect(open([withTraits(traits)], [keeping]).status).toBe('idle');
  });

  it.each<Provider>([
    gateway({ url: 'wss://voice.example' }),
    deepgramListen({ apiKey: 'k' }),
    deepgramFlux({ apiKey: 'k' }),
    whisper({ baseUrl: 'https://voice.example' }),
  ])('need not name what its provider brings: $name', (provider) => {
    expect(open([provider]).status).toBe('idle');
  });

  it.each<Provider>([
    deepgramSpeak({ apiKey: 'k' }),
    geminiLive({ apiKey: 'k' }),
    openaiRealtime({ apiKey: 'k' }),
  ])('need not name more than that a session ends: $name', (provider) => {
    expect(open([provider], [failover]).status).toBe('idle');
  });

  it('is warned where a credential ends that it has no part to ask for anew', async () => {
    const { transport, session } = await connected();
    const warnings: string[] = [];
    session.on('warning', ({ error }) => warnings.push(error.message));

    transport.last.say(JSON.stringify({ kind: 'credentialEnds', inMs: 60_000 }));

    expect(warnings).toEqual([expect.stringContaining('no part "keeping"')]);
    await session.close({ drainTimeoutMs: 0 });
  });

  it('shares no breakers with others, and says so where it is given some', () => {
    const error = caught(() => open([fakeProvider()], [], { admission: createAdmission() }));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      message: 'The session has no part "failover", which admission needs.',
    });
  });

  it('fails on request where it can be rehearsed, and nowhere else', () => {
    const error = caught(() => open([fakeProvider()]).simulateFailure('transient'));

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      remediation: "Give parts: [rehearsal], and import { rehearsal } from 'tenuto/browser'.",
    });
    expect(open([fakeProvider()], [rehearsal]).simulateFailure('transient')).toBe(false);
  });

  it('says at the door of a conversation that it has none', () => {
    const session = open([fakeProvider()]);

    const error = caught(() => session.conversation);

    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      message: 'The session has no part "conversation", which session.conversation needs.',
    });
  });
});

function caught(open: () => unknown): TenutoError | null {
  try {
    open();
    return null;
  } catch (error) {
    return error as TenutoError;
  }
}

async function connected() {
  const clock = new VirtualClock(1_000);
  const transport = new FakeTransport({ clock });
  const session = new Session({ candidates: [fakeProvider()], transport, clock });
  const isConnected = session.connect();
  await clock.advanceAsync(1_000);
  await isConnected;
  return { clock, transport, session };
}

function withTraits(traits: Partial<ProviderTraits>): Provider {
  return fakeProvider({ traits });
}

function open(
  candidates: readonly (Provider | CandidateOptions)[],
  parts: readonly SessionPart[] = [],
  options: Partial<SessionOptions> = {},
): Session {
  const clock = new VirtualClock(1_000);
  return new Session({
    candidates,
    parts,
    transport: new FakeTransport({ clock }),
    clock,
    ...options,
  });
}
