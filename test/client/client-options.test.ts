import { describe, expect, it } from 'vitest';

import { gatewayPresets } from '../../machines/backoff.ts';
import { policyOf, resolveClient, scheduleOf } from '../../src/client/client-options.ts';
import type { VoiceClientOptions } from '../../src/client/client-options.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { resolveOptions } from '../../src/session/options.ts';

const policy = (options: VoiceClientOptions) => policyOf(resolveClient(options));

describe('the options of a voice client', () => {
  it('leave a gateway dialled as gateways are, and the first dial repeated, where none is given', () => {
    expect(policy({})).toEqual({ persistMs: 150_000, retryInitialConnect: true });
    expect(gatewayPresets.production.persistMs).toBe(150_000);
    expect(scheduleOf(resolveClient({}))).toEqual({});
  });

  it('make an exact schedule of the three that speak of one', () => {
    const given = {
      maxReconnectAttempts: 10,
      initialReconnectDelay: 1_000,
      maxReconnectDelay: 30_000,
    };

    expect(policy(given)).toEqual({
      maxAttempts: 10,
      baseMs: 1_000,
      capMs: 30_000,
      firstDelayMs: 1_000,
      pressForMs: 0,
      persistMs: 0,
      retryInitialConnect: true,
    });
    expect(scheduleOf(resolveClient({ ...given, audioFormat: 'audio/webm' }))).toEqual({
      minReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 2,
      maxReconnectionDelay: 30_000,
      maxRetries: 10,
    });
  });

  it('dial until the grace is over as well, where both are given', () => {
    expect(policy({ maxReconnectAttempts: 3, graceWindowMs: 60_000 })).toMatchObject({
      maxAttempts: 3,
      persistMs: 90_000,
    });
    expect(policy({ graceWindowMs: 60_000 })).toMatchObject({ persistMs: 90_000 });
    expect(policy({ maxReconnectAttempts: Infinity })).toMatchObject({ maxAttempts: Infinity });
  });

  it.each([
    [{ maxReconnectAttempts: -1 }, 'maxReconnectAttempts'],
    [{ maxReconnectAttempts: 1.5 }, 'maxReconnectAttempts'],
    [{ initialReconnectDelay: -1 }, 'initialReconnectDelay'],
    [{ initialReconnectDelay: 31_000 }, 'above maxReconnectDelay'],
    [{ initialReconnectDelay: 200, maxReconnectDelay: 100 }, 'above maxReconnectDelay'],
    [{ graceWindowMs: 999 }, 'graceWindowMs'],
    [{ graceWindowMs: 600_001 }, 'graceWindowMs'],
    [{ heartbeatIntervalMs: 999 }, 'heartbeatIntervalMs'],
    [{ heartbeatIntervalMs: Infinity }, 'heartbeatIntervalMs'],
    [{ connectionTimeoutMs: 0 }, 'connectionTimeoutMs'],
    [{ closeTimeoutMs: -1 }, 'closeTimeoutMs'],
    [{ audioFormat: 'audio/ogg' }, 'audioFormat'],
    [{ reconnectDelay: 5 }, 'reconnectDelay'],
    [{ isGraceGiven: true }, 'isGraceGiven'],
    [{ audioFormat: 'audio/webm', sampleRateHz: 16_000 }, 'sampleRateHz does nothing'],
    [{ audioFormat: 'audio/mp4', session: {} }, 'session does nothing'],
  ])('refuse %o, and say why', (options, why) => {
    expect(() => resolveClient(options as VoiceClientOptions)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(why) }),
    );
  });

  it.each(['audio/pcm', 'audio/webm', 'audio/mp4'] as const)(
    'take those of resilient clients as they are usually written, with %s',
    (audioFormat) => {
      const resolved = resolveClient({
        maxReconnectAttempts: 10,
        initialReconnectDelay: 1_000,
        maxReconnectDelay: 30_000,
        graceWindowMs: 120_000,
        heartbeatIntervalMs: 30_000,
        connectionTimeoutMs: 10_000,
        audioFormat,
      });

      expect(resolved).toMatchObject({ graceWindowMs: 120_000, heartbeatIntervalMs: 15_000 });
    },
  );

  it.each([
    { graceWindowMs: 1_000 },
    { graceWindowMs: 600_000 },
    { heartbeatIntervalMs: 1_000 },
    { heartbeatIntervalMs: 15_000 },
    { initialReconnectDelay: 30_000 },
    { maxReconnectAttempts: 0 },
  ])('take %o', (options) => {
    expect(() => resolveClient(options)).not.toThrow();
  });

  it('make a policy that a session takes', () => {
    const reconnect = policy({ maxReconnectAttempts: 4 });
    const provider = gateway({ url: 'wss://voice.example' });

    expect(() =>
      resolveOptions({
        candidates: [provider],
        transport: { dial: () => undefined as never },
        reconnect,
      }),
    ).not.toThrow();
  });
});
