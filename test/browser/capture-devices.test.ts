/** Microphones that may not be used, and that go away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { toneFile } from './support/tones.ts';

let browser: Browser;
let server: PageServer;
let page: Page;
beforeAll(async () => {
  const microphone = await toneFile([{ hz: 1_000, level: 0.4 }]);
  [browser, server] = await Promise.all([startChromium({ microphone }), servePage()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(server.url);
});
afterEach(() => page.close());

describe('a microphone that may not be used', () => {
  it('is refused with what can be done about it', async () => {
    const asking = await startChromium({ asksForMicrophone: true });
    const context = await asking.newContext({ permissions: [] });
    const other = await context.newPage();
    await other.goto(server.url);

    const error = await other.evaluate(async () => {
      const microphone = new tenuto.Microphone();
      const caught = await microphone.start({ onChunk: () => undefined }).catch((e: unknown) => e);
      return tenuto.TenutoError.is(caught)
        ? { code: caught.code, remediation: caught.remediation, retryable: caught.retryable }
        : null;
    });
    await asking.close();

    expect(error).toMatchObject({ code: 'MICROPHONE_DENIED', retryable: false });
    expect(error?.remediation).toContain('settings');
  });

  it('is told of where the page did not come over https', async () => {
    const host = 'http://voice.example';
    const mapped = await startChromium({
      args: [`--host-resolver-rules=MAP voice.example 127.0.0.1`],
    });
    try {
      const other = await mapped.newPage();
      await other.goto(server.url.replace('http://127.0.0.1', host));

      const code = await other.evaluate(async () => {
        const caught = await new tenuto.Microphone()
          .start({ onChunk: () => undefined })
          .catch((e: unknown) => e);
        return tenuto.TenutoError.is(caught) ? `${caught.code}: ${caught.message}` : null;
      });

      expect(code).toMatch(/^MICROPHONE_UNSUPPORTED: .*https/);
    } finally {
      await mapped.close();
    }
  });
});

describe('a microphone that goes away', () => {
  it('is followed by another, the hole is told with its length, and no chunk comes twice', async () => {
    const { events, chunks, tracks } = await page.evaluate(async () => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      const streams: MediaStream[] = [];
      let refusals = 0;
      mediaDevices.getUserMedia = async (wanted) => {
        if (streams.length === 1 && refusals < 1) {
          refusals += 1; // nothing is plugged in at first
          throw new DOMException('none', 'NotFoundError');
        }
        const stream = await open(wanted);
        streams.push(stream);
        return stream;
      };
      const told: { type: string; durationMs?: number; reason?: string }[] = [];
      const times: { atMs: number; ms: number }[] = [];
      const microphone = new tenuto.Microphone();
      await new Promise<void>((resolve, reject) => {
        microphone
          .start({
            onChunk: ({ capturedAtMs, durationMs }) => {
              times.push({ atMs: capturedAtMs, ms: durationMs });
              if (times.length === 10) streams[0]!.getAudioTracks()[0]!.stop(); // Chromium pulls no plug: the page does
              if (times.length === 25) resolve();
            },
            onEvent: (event) => told.push({ ...event }),
          })
          .catch(reject);
      });
      await microphone.stop();
      const states = streams.flatMap((each) =>
        each.getTracks().map(({ readyState }) => readyState),
      );
      return { events: told, chunks: times, tracks: states };
    });

    const types = events.map(({ type }) => type).filter((type) => type !== 'hole');
    expect(types).toEqual(['started', 'interrupted', 'deviceChanged', 'resumed']);
    // A busy machine may starve the microphone for a moment as well: every gap is told, by its length.
    const holes = events.flatMap(({ type, durationMs = 0 }) =>
      type === 'hole' ? [durationMs] : [],
    );
    const gaps = chunks
      .slice(1)
      .map(({ atMs }, at) => atMs - chunks[at]!.atMs - chunks[at]!.ms)
      .filter((gap) => Math.abs(gap) > 5);
    expect(gaps).toHaveLength(holes.length);
    for (const [at, gap] of gaps.entries()) expect(Math.abs(gap - holes[at]!)).toBeLessThan(10);
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'hole', reason: 'device' });
    expect(last?.durationMs).toBeGreaterThan(900); // one second until it is asked for again
    expect(tracks).toEqual(['ended', 'ended']);
  });

  it('is the end where that is wished, said once', async () => {
    const events = await page.evaluate(async () => {
      const told: string[] = [];
      const microphone = new tenuto.Microphone({ onDeviceLost: 'fail' });
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      let track: MediaStreamTrack | undefined;
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        [track] = stream.getAudioTracks();
        return stream;
      };
      await new Promise<void>((resolve, reject) => {
        microphone
          .start({
            onChunk: () => {
              track?.stop();
              track?.dispatchEvent(new Event('ended'));
            },
            onEvent: (event) => {
              told.push(event.type === 'failed' ? `failed ${event.error.code}` : event.type);
              if (event.type === 'failed') resolve();
            },
          })
          .catch(reject);
      });
      return told;
    });

    expect(events).toEqual(['started', 'interrupted', 'failed MICROPHONE_LOST']);
  });

  it('is left for the default one when that moves, without a word lost', async () => {
    const { events, gaps } = await page.evaluate(async () => {
      const { mediaDevices } = navigator;
      const all = await mediaDevices.enumerateDevices();
      const told: string[] = [];
      const times: { atMs: number; ms: number }[] = [];
      const microphone = new tenuto.Microphone();
      await new Promise<void>((resolve, reject) => {
        microphone
          .start({
            onChunk: ({ capturedAtMs, durationMs }) => {
              times.push({ atMs: capturedAtMs, ms: durationMs });
              if (times.length === 10) {
                // Chromium's fake devices cannot be moved: what it would say is said by hand.
                const inputs = all.filter(({ kind }) => kind === 'audioinput');
                mediaDevices.enumerateDevices = () =>
                  Promise.resolve(
                    inputs.map(({ deviceId, kind, label }) => ({
                      deviceId: deviceId === '' ? 'default' : deviceId,
                      kind,
                      label,
                      groupId: 'another',
                      toJSON: () => null,
                    })),
                  );
                mediaDevices.dispatchEvent(new Event('devicechange'));
              }
              if (times.length === 25) resolve();
            },
            onEvent: ({ type }) => told.push(type),
          })
          .catch(reject);
      });
      await microphone.stop();
      return {
        events: told,
        gaps: times.slice(1).map(({ atMs }, at) => atMs - times[at]!.atMs - times[at]!.ms),
      };
    });

    expect(events.filter((type) => type === 'deviceChanged')).toHaveLength(1);
    expect(events).not.toContain('interrupted');
    expect(Math.max(...gaps)).toBeLessThan(60);
  });
});

describe('a microphone that the audio context refuses', () => {
  it('is not changed to: the one before is heard on, and `capture` says nothing of another', async () => {
    const told = await page.evaluate(async () => {
      const { mediaDevices } = navigator;
      const inputs = await mediaDevices.enumerateDevices();
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      const streams: MediaStream[] = [];
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        streams.push(stream);
        return stream;
      };
      const { prototype } = AudioContext;
      const { createMediaStreamSource } = prototype;
      let refusals = 0;
      prototype.createMediaStreamSource = function (stream) {
        if (streams.indexOf(stream) === 0) return createMediaStreamSource.call(this, stream);
        refusals += 1; // as Firefox does where the rates differ
        throw new DOMException('different sample-rate', 'NotSupportedError');
      };
      const events: string[] = [];
      const gaps: number[] = [];
      let endMs = 0;
      let afterwards = 0;
      const microphone = new tenuto.Microphone();
      await new Promise<void>((resolve, reject) => {
        microphone
          .start({
            onChunk: ({ capturedAtMs, durationMs }) => {
              if (endMs > 0) gaps.push(capturedAtMs - endMs);
              endMs = capturedAtMs + durationMs;
              if (gaps.length === 10) {
                mediaDevices.enumerateDevices = () =>
                  Promise.resolve(
                    inputs
                      .filter(({ kind }) => kind === 'audioinput')
                      .map(({ deviceId, kind, label }) => ({
                        deviceId: deviceId === '' ? 'default' : deviceId,
                        kind,
                        label,
                        groupId: 'another',
                        toJSON: () => null,
                      })),
                  );
                mediaDevices.dispatchEvent(new Event('devicechange'));
              }
              if (refusals > 0) afterwards += 1;
              if (afterwards === 10) resolve();
            },
            onEvent: ({ type }) => events.push(type),
          })
          .catch(reject);
      });
      const states = streams.map((stream) => stream.getAudioTracks()[0]!.readyState);
      await microphone.stop();
      return { events, states, refusals, gaps };
    });

    const changes = told.events.filter((type) => type !== 'filled' && type !== 'hole');
    expect(changes).toEqual(['started']);
    expect(told.states).toEqual(['live', 'ended']);
    expect(told.refusals).toBe(1);
    expect(Math.max(...told.gaps)).toBeLessThan(60);
  });
});

describe('a policy that forbids blob: scripts', () => {
  it('is told of, and lets the worklet come from a file of the package', async () => {
    const worklet = await import('../../src/worklets/source.ts');
    const strict = await servePage({
      policy: "default-src 'self'; script-src 'self'",
      files: {
        '/worklet.js': { type: 'text/javascript', body: Buffer.from(worklet.WORKLET_SOURCE) },
      },
    });
    try {
      await page.goto(strict.url);

      const [refused, heard] = await page.evaluate(async () => {
        const first = (microphone: InstanceType<typeof tenuto.Microphone>) =>
          new Promise<number>((resolve, reject) => {
            microphone.start({ onChunk: ({ bytes }) => resolve(bytes.length) }).catch(reject);
          });
        const blob = await first(new tenuto.Microphone()).catch((error: unknown) => error);
        const microphone = new tenuto.Microphone({ workletUrl: '/worklet.js' });
        const bytes = await first(microphone);
        await microphone.stop();
        return [tenuto.TenutoError.is(blob) ? blob.code : null, bytes];
      });

      expect(refused).toBe('WORKLET_REFUSED');
      expect(heard).toBe(3_200);
    } finally {
      await strict.close();
    }
  });
});
