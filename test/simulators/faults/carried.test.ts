/** What a proxy is put before: audio, now and then a text, or plain requests; and an end in which several of them meet. */
import { onTestFinished, describe, expect, it } from 'vitest';

import { openWorld, until } from './harness.ts';
import type { FaultProxyOptions } from '../../../src/simulators/faults/proxy.ts';

async function world(plan: string, options: Partial<FaultProxyOptions> = {}) {
  const opened = await openWorld(plan, options);
  onTestFinished(() => opened.close());
  return opened;
}

describe('a fault', () => {
  it('breaks a request that is so small that it comes at once', async () => {
    const { proxy } = await world('reset@0s', { carries: 'requests' });
    const post = () =>
      fetch(proxy.url.replace('ws:', 'http:'), { method: 'POST', body: 'small' }).then(
        ({ status }) => status,
        () => 'broken',
      );

    const answers = [await post(), await post()];

    expect(answers).toEqual(['broken', 426]);
  });

  it.each([
    ['texts', 1_006],
    ['sockets', null],
  ] as const)('hits a socket with one short text on it, of %s: %s', async (carries, closeCode) => {
    const { clock, dial } = await world('reset@1s', { carries });
    const { socket, heard } = dial();
    await until(() => heard.opened);
    socket.send('The first of two sentences.');
    await until(() => heard.messages.length === 1);

    clock.advance(1_000);
    socket.send('The second.');

    await until(() =>
      closeCode === null ? heard.messages.length === 2 : heard.closeCode !== null,
    );
    expect(heard.closeCode).toBe(closeCode);
  });

  it('that takes the service down while a refusal is on its way leaves nothing open', async () => {
    const { proxy, clock, dial, dialAndSpeak } = await world('http-503@1s:1x,down@1s');
    const client = await dialAndSpeak();
    clock.advance(1_000);
    await until(() => client.heard.closeCode !== null);

    const refused = dial(); // the refusal ends the first fault, and the second strikes at once
    await until(() => refused.heard.errorCode !== null);
    await proxy.close();

    expect(proxy.pending()).toBe(0);
  });
});
