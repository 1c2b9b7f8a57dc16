import { describe, expect, it } from 'vitest';

import type { PcmSource } from '../../src/capture/capture.types.ts';
import { CaptureSources } from '../../src/client/capture-sources.ts';
import { resolveClient } from '../../src/client/client-options.ts';
import type { VoiceClientOptions } from '../../src/client/client-options.ts';
import { Session } from '../../src/session/session.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

class Source implements PcmSource {
  readonly format;
  stopped = 0;

  constructor(sampleRateHz: number) {
    this.format = { encoding: 'pcm_s16le', sampleRateHz } as const;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped += 1;
    return Promise.resolve();
  }
}

function sourcesOf(rates: number[], options: VoiceClientOptions = {}) {
  const made: Source[] = [];
  const capture = (): Source => {
    const source = new Source(rates[made.length]!);
    made.push(source);
    return source;
  };
  const platform = {
    createSession: (given: object) =>
      new Session({ transport: nodeWebSocketTransport, ...given } as never),
    createMicrophone: ({ sampleRateHz }: { sampleRateHz: number }) => new Source(sampleRateHz),
  };
  const bare = new CaptureSources(platform, resolveClient(options));
  const sources = new CaptureSources(platform, resolveClient({ capture, ...options }));
  return { sources, bare, made };
}

describe('the sources of a voice client', () => {
  it('are made by the application once for each start, and the one that told its format is the first', () => {
    const { sources, made } = sourcesOf([24_000, 24_000]);

    const formats = [sources.format, sources.format];
    const started = [sources.make(), sources.make()];

    expect(formats.map(({ sampleRateHz }) => sampleRateHz)).toEqual([24_000, 24_000]);
    expect(started).toEqual(made);
    expect(started[0]).toBe(made[0]);
    expect(made).toHaveLength(2);
  });

  it('are not asked for their format where the rate is given', () => {
    const { sources, made } = sourcesOf([8_000], { sampleRateHz: 8_000 });

    expect(sources.format.sampleRateHz).toBe(8_000);
    expect(made).toEqual([]);
  });

  it('have the format of the first, and another is refused', () => {
    const { sources } = sourcesOf([24_000, 16_000]);
    sources.make();

    expect(() => sources.make()).toThrow(
      expect.objectContaining({ code: 'AUDIO_FORMAT_UNSUPPORTED' }),
    );
  });

  it('are the microphone at 16 kHz where the application gives none', () => {
    const { bare } = sourcesOf([]);

    expect(bare.make()).toMatchObject({ format: { sampleRateHz: 16_000 } });
  });

  it('let go of one that was made for its format and never started', async () => {
    const { sources, made } = sourcesOf([16_000]);
    expect(sources.format.sampleRateHz).toBe(16_000);

    await sources.close();
    await sources.close();

    expect(made.map(({ stopped }) => stopped)).toEqual([1]);
  });
});
