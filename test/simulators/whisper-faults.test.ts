/** What the stand-in for Whisper's servers does on demand. */
import fc from 'fast-check';
import { get as httpsGet } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';

import { clientOf, clip, closeAll, post, start } from './whisper-support.ts';
import { parseForm } from '../../src/simulators/whisper/multipart.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

afterEach(closeAll);

describe('the stand-in', () => {
  it('cuts the connection, before the answer or in it, and lets a request hang', async () => {
    const simulator = await start();
    simulator.failNext(
      { kind: 'cut' },
      { kind: 'cutBody' },
      { kind: 'hang' },
      { kind: 'unreadable' },
    );

    await expect(post(simulator)).rejects.toThrow();
    await expect(post(simulator).then((response) => response.text())).rejects.toThrow();
    const hanging = post(simulator).catch(() => 'cut');
    while (simulator.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    const page = await post(simulator);
    await simulator.close();

    expect(await hanging).toBe('cut');
    expect(await page.text()).toContain('<html>');
    expect(simulator.requests.map(({ status }) => status)).toEqual([0, 0, 0, 200]);
  });

  it('is slow by the clock that it is given', async () => {
    const clock = new VirtualClock();
    const simulator = await start({ clock });
    simulator.failNext({ kind: 'slow', ms: 60_000 });

    const answer = post(simulator);
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);

    expect((await answer).status).toBe(200);
  });

  it('adds fields that nobody knows, in the answer and in what is in it', async () => {
    const simulator = await start({ oddityRatio: 1 });
    simulator.failNext({ kind: 'badRequest' });
    const odd = { x_new_field: expect.anything() as unknown };

    const refusal: unknown = await (await post(simulator, {}, '/v1/audio/transcriptions')).json();
    const answer = await clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });

    expect(refusal).toMatchObject({ error: odd, ...odd });
    expect(answer).toMatchObject({ text: 'one two', ...odd });
    expect(answer.segments).toMatchObject([odd]);
    expect(answer.words).toMatchObject([odd, odd]);
  });

  it('adds them as often as it is told to', async () => {
    const units = [0.2, 0.7, 0.5, 0.4];
    const random = { unit: () => units.shift() ?? 0 };
    const simulator = await start({ oddityRatio: 0.5, random });

    const odd: boolean[] = [];
    for (let at = 0; at < 4; at += 1) {
      odd.push('x_new_field' in ((await (await post(simulator)).json()) as object));
    }

    expect(odd).toEqual([true, false, false, true]);
  });

  it('speaks TLS', async () => {
    const simulator = await start({ tls: true });

    const status = await new Promise((resolve, reject) => {
      httpsGet(`${simulator.url}/health`, { rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });

    expect(simulator.url).toMatch(/^https:/);
    expect(status).toBe(200);
  });

  it.each([
    ['POST', '/v1/audio/transcriptions', 401],
    ['GET', '/v1/audio/transcriptions', 404],
    ['POST', '/health', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const simulator = await start();

    const response = await fetch(simulator.url + path, { method });

    expect(response.status).toBe(status);
  });

  it('reads any form without falling over it', () => {
    const pieces = fc.constantFrom(
      '--b',
      '--',
      '\r\n',
      '\r\n\r\n',
      'content-disposition: form-data; name="file"',
      '; filename="a.wav"',
      'name=x',
      'data',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), fc.string(), (parts, type) => {
        const body = Buffer.from(parts.join(''));

        expect(() => parseForm('multipart/form-data; boundary=b', body)).not.toThrow();
        expect(() => parseForm(type, body)).not.toThrow();
      }),
    );
  });
});
