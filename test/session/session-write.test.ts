import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { expectBalanced } from '../support/expect-quiet.ts';
import { audio, TalkWorld } from './talk-world.ts';

describe('write', () => {
  it('before connect is buffered, and comes first after it', async () => {
    const world = new TalkWorld();

    const outcome = world.session.write(audio(0, 20));
    world.spokenMs = 20;
    await world.connected();
    await world.speak(180);

    expect(outcome).toBe('buffered');
    expect(world.last.audio).toEqual(audio(0, 200));
  });

  it('tells what happened: buffered, sent, buffered while offline, evicting', async () => {
    const world = new TalkWorld({ session: { retentionMs: 3_000 } });
    const write = () => world.session.write(audio(0, 20));

    const outcomes = [write()];
    await world.connected();
    await world.pass(500);
    outcomes.push(write());
    world.last.end();
    outcomes.push(write());
    for (let chunk = 0; chunk < 147; chunk += 1) write();
    outcomes.push(write());

    expect(outcomes).toEqual(['buffered', 'sent', 'buffered', 'evicting']);
    expectBalanced(world.session);
  });

  it('leaves the rest in the ring while the socket’s queue is full', async () => {
    const world = await new TalkWorld({
      provider: { traits: { replayRateRatio: Infinity } },
    }).connected();
    world.last.congest();

    const outcome = world.session.write(audio(0, 20));
    await world.pass(200);
    const sentWhileFull = world.last.audio.length;
    world.last.drain();
    await world.pass(200);

    expect(outcome).toBe('buffered');
    expect(sentWhileFull).toBe(0);
    expect(world.last.audio).toEqual(audio(0, 20));
  });

  it('takes 16-bit samples and views into larger buffers', async () => {
    const world = await new TalkWorld({
      provider: { traits: { replayRateRatio: Infinity } },
    }).connected();
    const bytes = audio(0, 40);

    world.session.write(new Int16Array(bytes.buffer, 0, 320));
    world.session.write(Buffer.from(bytes.buffer, 640, 640));

    expect(world.last.audio).toEqual(bytes);
  });

  it('cuts what is longer than 32 KiB, and loses nothing of it', async () => {
    const world = await new TalkWorld({
      provider: { traits: { replayRateRatio: Infinity } },
    }).connected();

    const outcome = world.session.write(audio(0, 5_000));

    expect(outcome).toBe('sent');
    expect(world.last.audio).toEqual(audio(0, 5_000));
    expect(world.session.ledger).toMatchObject({ captured: 5, capturedMs: 5_000 });
  });

  it('refuses a moment that is none', () => {
    const { session } = new TalkWorld();

    expect(() => session.write(audio(0, 20), Number.NaN)).toThrow(/captured at NaN/);
    expect(session.ledger.captured).toBe(0);
  });

  it('of nothing is nothing', () => {
    const world = new TalkWorld();

    world.session.write(new Uint8Array(0));

    expect(world.session.ledger.captured).toBe(0);
  });

  it.each([
    ['half a sample', new Uint8Array(3)],
    ['floats', new Float32Array(4) as unknown as Uint8Array],
    ['text', 'audio' as unknown as Uint8Array],
  ])('refuses %s, and captures nothing of it', (_what, chunk) => {
    const world = new TalkWorld();

    expect(() => world.session.write(chunk)).toThrow(TenutoError);

    expect(world.session.ledger.captured).toBe(0);
  });
});

describe('a connection that never gets well', () => {
  it.each(['drops each socket at once', 'never says anything on any socket'])(
    'ends in error where the service %s',
    async (how) => {
      const isSilent = how.startsWith('never');
      const world = await new TalkWorld({ onFrame: () => undefined }).connected();
      for (let step = 0; step < 400 && world.session.status !== 'error'; step += 1) {
        for (const socket of world.transport.live) {
          socket.isHalfOpen = isSilent;
          if (!isSilent && socket.isOpen) socket.end();
        }
        await world.speak(200);
      }

      expect(world.session.status).toBe('error');
      expect(world.session.error).toMatchObject({ code: 'CONNECTION_FAILED' });
      expect(world.transport.sockets.length).toBeLessThanOrEqual(12);
      expect(world.transport.live).toEqual([]);
      expect(world.clock.pending).toBe(0);
      expect(world.session.ledger).toMatchObject({ delivered: 0, gap: 0 });
      expectBalanced(world.session);
    },
  );
});
