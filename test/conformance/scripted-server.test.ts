/** The service that conformance runs dial: it does what its script says, when it is told to. */
import { describe, expect, it, onTestFinished } from 'vitest';

import type { ServiceDial } from '../../src/testing/conformance/provider-server.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';
import { ScriptedServer } from '../../src/testing/conformance/scripted-server.node.ts';
import { Facts } from '../../src/testing/conformance/waiting.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

async function startWorld() {
  const facts = new Facts();
  const dials: ServiceDial[] = [];
  const server = new ScriptedServer(scriptedService);
  await server.start({
    onDial: (dial) => {
      dials.push(dial);
      facts.changed();
    },
    onActivity: facts.changed,
  });
  onTestFinished(() => server.stop());
  const said: unknown[] = [];
  const ends: SocketEnd[] = [];
  const heard = { isOpen: false, pongs: 0 };
  const provider = scriptedProvider({ url: server.url, credential: () => 'the-credential' });
  const request = await provider.dial({ encoding: 'pcm_s16le', sampleRateHz: 16_000 }, 'connect');
  const note = (fact: () => void) => () => {
    fact();
    facts.changed();
  };
  const socket = nodeWebSocketTransport.dial(request, {
    onOpen: note(() => (heard.isOpen = true)),
    onPong: note(() => (heard.pongs += 1)),
    onDrain: () => undefined,
    onFrame: (frame) => note(() => said.push(frame))(),
    onEnd: (end) => note(() => ends.push(end))(),
  });
  onTestFinished(() => socket.terminate());
  const until = (isSo: () => boolean, what: string) => facts.until(isSo, () => what);
  await until(() => dials.length === 1, 'dial');
  const dial = dials[0]!;
  const accepted = async () => {
    const link = dial.accept();
    await until(() => heard.isOpen, 'open socket');
    return link;
  };
  return { server, dial, socket, said, ends, heard, until, provider, accepted };
}

describe('a dial to the scripted server', () => {
  it('is held until it is answered, and says what was asked for', async () => {
    const { dial, heard, ends } = await startWorld();

    expect(dial.facts.headers['authorization']).toBe('Bearer the-credential');
    expect(dial.isGone).toBe(false);
    expect(heard.isOpen).toBe(false);
    expect(ends).toEqual([]);
  });

  it('is refused with the status, the headers and the body of the script', async () => {
    const { dial, ends, until } = await startWorld();

    dial.refuse('rateLimited');
    await until(() => ends.length === 1, 'refusal');

    expect(ends[0]).toMatchObject({
      kind: 'refused',
      status: 429,
      headers: { 'retry-after': '7', failure: 'rateLimited' },
    });
  });

  it('can be reset, which leaves neither a status nor a close code', async () => {
    const { dial, ends, until } = await startWorld();

    dial.refuse('reset');
    await until(() => ends.length === 1, 'reset');

    expect(ends[0]).toMatchObject({ kind: 'refused', code: 1006, errorCode: 'ECONNRESET' });
    expect(ends[0]?.status).toBeUndefined();
  });

  it('is refused in no way that the script lacks', async () => {
    const { dial } = await startWorld();

    expect(() => dial.refuse('auth', 3)).toThrow(/refuses no dial as auth/);
  });
});

describe('a connection to the scripted server', () => {
  it('hears audio, and says a result for all that no earlier one covered', async () => {
    const { accepted, socket, said, until, provider } = await startWorld();
    const link = await accepted();

    socket.send(new Uint8Array(640).fill(1));
    await until(() => link.heardSamples === 320, 'audio');
    link.settle();
    link.settle();
    await until(() => said.length === 1, 'result');

    const stream = provider.openStream({ encoding: 'pcm_s16le', sampleRateHz: 16_000 });
    expect(stream.decode(said[0] as string)).toMatchObject([
      { kind: 'transcript', startSample: 0, endSample: 320, isFinal: true },
    ]);
    expect(link.said).toMatchObject([{ from: 0, to: 320 }]);
  });

  it('answers no ping while it is silent, and each one afterwards', async () => {
    const { accepted, socket, heard, said, until } = await startWorld();
    const link = await accepted();

    link.goSilent();
    socket.ping();
    socket.ping();
    // Each of these takes a round of the event loop: a pong would come before the last.
    for (let frames = 1; frames <= 5; frames += 1) {
      link.say('still here');
      await until(() => said.length === frames, 'frame');
    }
    const pongsWhileSilent = heard.pongs;
    link.speakAgain();
    await until(() => heard.pongs === 2, 'pong');

    expect(pongsWhileSilent).toBe(0);
  });

  it('ends with the close code and the reason of the script, though it was silent', async () => {
    const { accepted, ends, until } = await startWorld();
    const link = await accepted();

    link.goSilent();
    link.speakAgain();
    link.end('staleHandle');
    await until(() => ends.length === 1 && link.isClosed, 'close');

    expect(ends[0]).toMatchObject({ kind: 'closed', code: 4_000, reason: 'staleHandle' });
  });

  it('can be reset', async () => {
    const { accepted, ends, until } = await startWorld();
    const link = await accepted();

    link.end('reset');
    await until(() => ends.length === 1, 'reset');

    expect(ends[0]).toMatchObject({ kind: 'closed', code: 1006 });
  });
});

describe('waiting for facts', () => {
  it('passes on what the question throws', async () => {
    const facts = new Facts();

    const waiting = facts.until(
      () => {
        throw new RangeError('no such fact');
      },
      () => 'fact',
    );

    await expect(waiting).rejects.toThrow('no such fact');
  });
});
