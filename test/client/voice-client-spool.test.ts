/** What a recording has of its own beyond the life of its page: the rest of it arrives, and then the next one. */
import { describe, expect, it } from 'vitest';

import { clientOf, served } from './client-world.ts';
import { MemorySpool } from '../spool/memory-spool.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { openMessageSpoolIn } from '../../src/resumable-websocket/open-message-spool.ts';

const audioFormat = 'audio/webm';

describe('a voice client with a container and a spool', () => {
  it('brings the rest of the old recording to the session that it was of, and then the next', async () => {
    const [storage, store] = [new MemorySpool(), createMemoryStore()];
    const opened = () => openMessageSpoolIn(storage.handle(), { name: 'test' });
    const first = await served({ store });
    const one = clientOf(first.url, { audioFormat, spool: await opened(), closeTimeoutMs: 0 });
    await one.client.connect();
    await one.client.startAudioCapture();
    one.recorder.record(100);
    await one.texted(2);
    await first.close();
    one.recorder.record(70_000);
    await one.client.close();

    const second = await served({ store, port: first.port });
    const two = clientOf(second.url, { audioFormat, spool: await opened() });
    await two.client.connect();
    await two.client.startAudioCapture();
    two.recorder.record(300);
    await two.texted(5);

    const rest = JSON.parse(two.texts[0]!) as { recording: number };
    const next = JSON.parse(two.texts[3]!) as { recording: number };
    expect(rest).toMatchObject({ recording: 1, isHeader: false, bytes: 70_000 });
    expect(next).toMatchObject({ isHeader: true, bytes: 300 });
    expect(next.recording).toBeGreaterThan(rest.recording);
    expect([two.texts[1], two.texts[2]]).toEqual(['65512 bytes', '4488 bytes']);
    expect(two.texts[4]).toBe('300 bytes');
    await two.client.close();
    expect(storage.head).toBeNull();
  });

  it('is the same client again when it is connected after it was given up', async () => {
    const [storage, store] = [new MemorySpool(), createMemoryStore()];
    const spool = await openMessageSpoolIn(storage, { name: 'test' });
    const first = await served({ store });
    const { client, recorder, texts, texted, told } = clientOf(first.url, {
      audioFormat,
      spool,
      maxReconnectAttempts: 0,
    });
    await client.connect();
    await client.startAudioCapture();
    const failed = new Promise((resolve) => client.on('connectionFailed', resolve));
    await first.close();
    await failed;

    await served({ store, port: first.port });
    await client.connect();
    await client.startAudioCapture();
    recorder.record(100);
    await texted(2);

    expect(JSON.parse(texts[0]!)).toMatchObject({ isHeader: true, bytes: 100 });
    expect(told.filter((what) => what.startsWith('error '))).toHaveLength(1);
  });

  it('is closed where its connect is aborted, and says so', async () => {
    const spool = await openMessageSpoolIn(new MemorySpool(), { name: 'test' });
    const { client } = clientOf('ws://127.0.0.1:9', { audioFormat, spool });
    const aborting = new AbortController();

    const connecting = client.connect('messages', '', { signal: aborting.signal });
    aborting.abort();

    await expect(connecting).rejects.toMatchObject({ code: 'CONNECT_ABORTED' });
    await expect(client.connect()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('takes no spool of messages for PCM', async () => {
    const spool = await openMessageSpoolIn(new MemorySpool(), { name: 'test' });

    expect(() => clientOf('ws://127.0.0.1:9', { spool })).toThrow('spool is one of messages');
  });
});
