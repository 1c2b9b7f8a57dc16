/** The client of every platform, over real sockets, with a real gateway. */
import { describe, expect, it } from 'vitest';

import { clientOf, served } from './client-world.ts';
import type { TokenRequest } from '../../src/client/client.types.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { TenutoError } from '../../src/ports/errors.ts';

describe('a voice client', () => {
  it('keeps what was heard before it was connected, and is told what came of it', async () => {
    const { url } = await served();
    const { client, source, told, texts, texted } = clientOf(url.replace('ws:', 'http:'));
    await client.startAudioCapture();
    source.say(1);
    expect(client.getStatus()).toMatchObject({
      status: 'idle',
      isCapturing: true,
      bufferedAudioChunks: 10,
      bufferedAudioMs: 1_000,
    });

    await client.connect('speech', 'anna');
    source.say(1);
    await texted(2);
    const result = await client.close();

    expect(texts).toEqual(['second 0', 'second 1']);
    expect(result).toMatchObject({ drained: true, ledger: { captured: 20, gap: 0 } });
    expect(source.isStopped).toBe(true);
    expect(told.slice(0, 3)).toEqual(['idle>connecting', 'connecting>connected', 'open']);
    expect(told.at(-1)).toBe('close');
    expect(client.getStatus()).toMatchObject({
      status: 'disconnected',
      isConnected: false,
      isCapturing: false,
      agent: 'speech',
      user: 'anna',
      error: null,
    });
  });

  it('goes on where it was when the gateway comes back, and says so', async () => {
    const store = createMemoryStore();
    const first = await served({ store });
    const { client, source, told, texts, texted } = clientOf(first.url);
    await client.connect();
    await client.startAudioCapture();
    source.say(1);
    await texted(1);

    await first.close();
    source.say(1);
    await served({ store, port: first.port });
    await texted(2);

    expect(texts).toEqual(['second 0', 'second 1']);
    expect(told).toContain('reconnecting 1');
    expect(told).toContain('reconnected true');
    expect(told.filter((each) => each === 'open')).toHaveLength(1);
    expect(client.getStatus()).toMatchObject({ isConnected: true, reconnectAttempts: 0 });
  });

  it('asks who brings bearers for the user and the agent that are to be served', async () => {
    const { url } = await served({ subject: 'anna' });
    const asked: TokenRequest[] = [];
    const { client } = clientOf(url, {}, (request) => {
      asked.push(request);
      return Promise.resolve(request.user ?? '');
    });

    await client.connect('speech', 'anna');

    expect(asked).toEqual([{ reason: 'connect', agent: 'speech', user: 'anna' }]);
  });

  it('gives up where the gateway refuses it, stops the microphone, and says why', async () => {
    const { url } = await served({ subject: 'anna' });
    const { client, source, told } = clientOf(url, {}, 'nobody');
    const stopped = new Promise((resolve) => client.on('capture', resolve));
    await client.startAudioCapture();

    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REFUSED' });

    expect(await stopped).toMatchObject({ type: 'stopped', error: { code: 'AUTH_REFUSED' } });
    expect(source.isStopped).toBe(true);
    expect(told).toContain('failed AUTH_REFUSED');
    expect(client.getStatus()).toMatchObject({
      status: 'error',
      isCapturing: false,
      error: { code: 'AUTH_REFUSED' },
    });
  });

  it('dials as often as it was told to, and may be connected again', async () => {
    const { url, port, close } = await served();
    await close();
    const options = { maxReconnectAttempts: 2, initialReconnectDelay: 5, maxReconnectDelay: 10 };
    const { client, told } = clientOf(url, options);

    await expect(client.connect()).rejects.toBeInstanceOf(TenutoError);
    expect(told.filter((each) => each.startsWith('reconnecting '))).toEqual([
      'reconnecting 1',
      'reconnecting 2',
    ]);
    await served({ port });
    await client.connect();

    expect(client.getStatus()).toMatchObject({ isConnected: true, error: null });
  });

  it.each(['audio/pcm', 'audio/webm'] as const)(
    'with %s says why it is given up, and then that it is',
    async (audioFormat) => {
      const { url, close } = await served();
      await close();
      const options = { audioFormat, maxReconnectAttempts: 1, initialReconnectDelay: 5 };
      const { client, told } = clientOf(url, options);

      await expect(client.connect()).rejects.toBeInstanceOf(TenutoError);

      expect(told.slice(-3).map((each) => each.replace(/^.*>/, '>').split(' ')[0])).toEqual([
        'error',
        'failed',
        '>error',
      ]);
    },
  );

  it.each(['audio/pcm', 'audio/webm'] as const)(
    'with %s that is closed as it dials says so, and fails of nothing else',
    async (audioFormat) => {
      const { url, close } = await served();
      await close();
      const { client, told } = clientOf(url, { audioFormat });

      const refused = expect(client.connect()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
      await client.close();
      await refused;

      expect(told.filter((each) => /^(error|failed)|>error/.test(each))).toEqual([]);
    },
  );

  it('is for one agent and one user', async () => {
    const { url } = await served();
    const { client } = clientOf(url);
    await client.connect('speech', 'anna');

    await expect(client.connect('messages', 'anna')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
    await expect(client.connect('speech', 'ben')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await client.close();
    await expect(client.connect()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(client.startAudioCapture()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it.each([
    ['ftp://voice.example', 'begins with wss://'],
    ['ws://voice.example', 'wss:'],
  ])('refuses the address %s as it is made', (url, remediation) => {
    expect(() => clientOf(url)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        remediation: expect.stringContaining(remediation),
      }),
    );
  });

  it('passes an exception of a listener to nobody', async () => {
    const { url } = await served();
    const { client } = clientOf(url);
    client.on('open', () => {
      throw new Error('mine');
    });

    await expect(client.connect()).resolves.toBeUndefined();
  });
});
