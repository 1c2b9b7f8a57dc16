/** Providers are written by others: whatever one throws is a failure like any other, and never ends the process. */
import { describe, expect, it } from 'vitest';

import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { openSession } from '../../src/session/whole-session.ts';
import type { Provider, ProviderStream } from '../../src/providers/contract.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CHUNK = new Uint8Array(3_200);

function boom(): never {
  throw new Error('a bug in an adapter');
}

function throwingStream(method: keyof ProviderStream): Provider {
  return fakeProvider({ openStream: () => ({ [method]: boom }) });
}

async function connected(provider: Provider) {
  const clock = new VirtualClock(1_000);
  const transport = new FakeTransport({ clock });
  const admission = createAdmission();
  const session = openSession({ candidates: [provider], transport, clock, admission });
  const events: SessionEvent[] = [];
  session.on('*', (event) => events.push(event));
  const connecting = session.connect();
  await clock.advanceAsync(50);
  await connecting;

  const close = async (): Promise<void> => {
    const closing = session.close();
    await clock.advanceAsync(20_000);
    await closing;
  };
  return { clock, transport, admission, session, events, close };
}

describe('a provider that throws', () => {
  it('over a frame costs that frame: a warning tells, and the link stands', async () => {
    const { clock, transport, session, events, close } = await connected(throwingStream('decode'));

    transport.last.say('{}');
    await clock.advanceAsync(50);

    expect(events.at(-1)).toMatchObject({
      type: 'warning',
      error: { code: 'REQUEST_REFUSED', message: expect.stringContaining('a bug in an adapter') },
    });
    expect(session.status).toBe('active');
    await close();
  });

  it('over audio ends the connection, and keeps the audio', async () => {
    const { clock, session, close } = await connected(throwingStream('encodeAudio'));

    const outcome = session.write(CHUNK);
    await clock.advanceAsync(50);

    expect(outcome).not.toBe('evicting');
    expect(session.error?.code).toBe('CONFIG_REFUSED');
    expect(session.ledger).toMatchObject({ captured: 1, buffered: 1, replayed: 0 });
    await close();
  });

  it('over a keep-alive ends the connection', async () => {
    const { clock, session, close } = await connected(throwingStream('encodeKeepAlive'));

    await clock.advanceAsync(15_000);

    expect(session.error?.code).toBe('CONFIG_REFUSED');
    await close();
  });

  it('over how a socket ended is dialled again', async () => {
    const { clock, transport, session, close } = await connected({
      ...fakeProvider(),
      classifyEnd: boom,
    });

    transport.reset();
    await clock.advanceAsync(2_000);

    expect(session.status).toBe('active');
    expect(transport.sockets).toHaveLength(2);
    await close();
  });

  it.each(['encodeFlush', 'encodeGoodbye'] as const)(
    'in %s is closed all the same, and leaves nothing behind',
    async (method) => {
      const { clock, transport, admission, session, close } = await connected(
        throwingStream(method),
      );
      session.write(CHUNK);
      await clock.advanceAsync(50);

      await close();

      expect(session.status).toBe('disconnected');
      expect(transport.live).toHaveLength(0);
      expect(clock.pending).toBe(0);
      expect(admission.slots.size).toBe(0);
    },
  );
});
