/** Where a gateway is dialled that was given by its host alone: by the provider and by a ResumableWebSocket alike. */
import { describe, expect, it } from 'vitest';

import { gatewayAddress } from '../../src/protocol/address.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

async function dialled(url: string): Promise<string> {
  const request = await gateway({ url, insecure: true }).dial(FORMAT, 'connect');
  return request.url;
}

describe('the address of a gateway', () => {
  it.each([
    ['ws://127.0.0.1:8765', 'ws://127.0.0.1:8765/v1/session'],
    ['wss://voice.example/', 'wss://voice.example/v1/session'],
    ['wss://voice.example/v1/session', 'wss://voice.example/v1/session'],
    ['wss://voice.example/behind/a/proxy', 'wss://voice.example/behind/a/proxy'],
  ])('%s means %s', async (given, meant) => {
    expect(await dialled(given)).toBe(meant);
    expect(gatewayAddress(given)).toBe(meant);
  });

  it('has a path of its own for a ResumableWebSocket that speaks to nothing else', () => {
    const url = 'ws://127.0.0.1:8765';
    const options = { startClosed: true } as const;

    const sure = new ResumableWebSocket(url, [], { ...options, mode: 'gateway' });
    const unsure = new ResumableWebSocket(url, [], options);

    expect(sure.url).toBe(`${url}/v1/session`);
    expect(unsure.url).toBe(`${url}/`); // it may be any server
  });

  it.each([
    ['url', { url: 'wss://voice.example?token=CANARY' }],
    ['mayMoveTo', { url: 'wss://voice.example', mayMoveTo: ['wss://b.example?token=CANARY'] }],
  ])('is refused with a token in it (%s), and where that belongs is said', (_name, options) => {
    expect(() => gateway(options)).toThrow(
      expect.objectContaining({
        remediation: expect.stringContaining('a bearer goes into token'),
      }) as Error,
    );
  });

  it.each([
    ['url', { url: 'CANARY' }],
    ['mayMoveTo', { url: 'wss://voice.example', mayMoveTo: ['CANARY'] }],
  ])('is refused by the name of its option: %s', (name, options) => {
    expect(() => gateway(options)).toThrow(`${name} is not the address`);
  });
});
