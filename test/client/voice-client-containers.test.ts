/** Recordings in a container, over real sockets, with a real gateway. */
import { describe, expect, it } from 'vitest';

import { clientOf, served } from './client-world.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';

describe('a voice client with a container', () => {
  it('sends what was recorded before anybody was dialled', async () => {
    const server = await served();
    const { client, recorder, texts, texted } = clientOf(server.url, { audioFormat: 'audio/webm' });
    await client.startAudioCapture();
    recorder.record(100);
    recorder.record(200);

    await client.connect();
    await client.connect(); // it is there already
    await texted(4);

    expect(JSON.parse(texts[0]!)).toMatchObject({ isHeader: true, bytes: 100 });
    expect([texts[1], texts[3]]).toEqual(['100 bytes', '200 bytes']);
    await client.close();
  });

  it('sends each piece once and in order, with what it is before it, through a gateway that is replaced', async () => {
    const store = createMemoryStore();
    const first = await served({ store });
    const { client, recorder, told, texts, texted } = clientOf(first.url, {
      audioFormat: 'audio/webm',
    });
    await client.connect();
    await client.startAudioCapture();
    recorder.record(100);
    await texted(2);

    await first.close();
    recorder.record(70_000);
    expect(client.getStatus()).toMatchObject({ bufferedAudioChunks: 1, bufferedAudioMs: 250 });
    await served({ store, port: first.port });
    await texted(5);

    const head = {
      type: 'audio',
      mimeType: 'audio/webm;codecs=opus',
      durationMs: 250,
      recording: 1,
    };
    expect(JSON.parse(texts[0]!)).toEqual({ ...head, capturedAtMs: 0, isHeader: true, bytes: 100 });
    expect(JSON.parse(texts[2]!)).toEqual({
      ...head,
      capturedAtMs: 250,
      isHeader: false,
      bytes: 70_000,
    });
    expect([texts[1], texts[3], texts[4]]).toEqual(['100 bytes', '65512 bytes', '4488 bytes']);
    expect(told).toContain('reconnected true');
    expect(client.getStatus()).toMatchObject({ agent: 'messages', ledger: null });
    expect(client.session).toBeNull();
    await client.close();
    expect(told.slice(-2)).toEqual(['active>disconnected', 'close']);
  });

  it('begins anew where the gateway has forgotten the session: its app knows of no recording', async () => {
    const first = await served();
    const { client, recorder, told, texts, texted } = clientOf(first.url, {
      audioFormat: 'audio/webm',
    });
    await client.connect();
    await client.startAudioCapture();
    recorder.record(100);
    await texted(2);
    await first.close();
    recorder.record(200);
    const cut = new Promise<void>((resolve) => {
      client.on('message', ({ type }) => {
        if (type === 'loss') resolve();
      });
    });

    await served({ port: first.port }); // with an empty store
    await cut;
    recorder.record(300);
    recorder.record(400);
    while (!texts.includes('400 bytes')) await texted(texts.length + 1);

    const heads = texts.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text));
    expect(heads.slice(-2)).toMatchObject([
      { recording: 2, isHeader: true, bytes: 300 },
      { recording: 2, isHeader: false, bytes: 400 },
    ]);
    expect(told).toContain('hole 250 to 500');
    expect(told.filter((each) => each.startsWith('hole'))).toHaveLength(1);
  });

  it('says how its connection does in the words of every session, one after the other', async () => {
    const first = await served();
    const options = { audioFormat: 'audio/webm', maxReconnectAttempts: 1 } as const;
    const { client, told } = clientOf(first.url, { ...options, initialReconnectDelay: 5 });
    const statuses = () => told.filter((each) => each.includes('>'));
    await client.connect();
    const failed = new Promise((resolve) => client.on('connectionFailed', resolve));
    await first.close();
    await failed;
    expect(client.status).toBe('error');

    const connecting = client.connect();
    expect(client.status).toBe('connecting');
    await served({ port: first.port });
    await connecting;
    await client.close();

    const chain = statuses().map((each) => each.split('>'));
    chain.slice(1).forEach(([previous], at) => expect(previous).toBe(chain[at]![1]));
    expect(chain[0]).toEqual(['idle', 'connecting']);
    expect(statuses()).toContain('reconnecting>error');
    expect(statuses()).toContain('error>connecting');
    expect(client.status).toBe('disconnected');
  });

  it('is not connected where that is aborted, and nobody calls that a failure', async () => {
    const { url } = await served();
    const { client, told } = clientOf(url, { audioFormat: 'audio/webm' });
    const stop = new AbortController();

    const connecting = client.connect(undefined, undefined, { signal: stop.signal });
    stop.abort();

    await expect(connecting).rejects.toMatchObject({ code: 'CONNECT_ABORTED' });
    expect(told).toEqual(['idle>connecting', 'connecting>disconnected']);
    expect(client.getStatus().error).toBeNull();
    await client.connect();
    expect(client.getStatus().isConnected).toBe(true);
  });
});
