/** A bearer that expires in mid-session: a new one is brought on the link that stands, and nothing of it is a loss. */
import { afterEach, describe, expect, it } from 'vitest';

import { expectExactlyOnce, LinkWorld } from './link-world.ts';
import type { Credential, CredentialReason } from '../../src/providers/contract.ts';

const TERM_MS = 30_000;

let world: LinkWorld;
let reasons: CredentialReason[] = [];

afterEach(async () => {
  reasons = [];
  await world.close();
});

/** Bearers say until when they are good; `bad` is none. */
function opened(token: Exclude<Credential, string>): Promise<LinkWorld> {
  const client = {
    token: (request: { reason: CredentialReason }) => {
      reasons.push(request.reason);
      return token(request);
    },
  };
  const verify = (bearer: string) =>
    Promise.resolve(bearer === 'bad' ? null : { subject: 'ann', expiresAtMs: Number(bearer) });
  world = new LinkWorld(1, {}, 10_000, client, { verify });
  return world.connect();
}

function fresh(): string {
  return String(world.wallMs + TERM_MS);
}

describe('a bearer that is about to expire', () => {
  it('is followed by a new one on the same link, as often as it takes', async () => {
    await opened(fresh);

    await world.speak(100_000);
    await world.pass(2_000);

    expect(reasons.slice(0, 3)).toEqual(['connect', 'expiring', 'expiring']);
    expect(world.network.memory.sockets).toHaveLength(1);
    expect(world.of('candidate.changed')).toEqual([]);
    expectExactlyOnce(await world.logged(), 1_000);
  });

  it('is asked for when half of its time is over, where that is short', async () => {
    await opened(fresh);

    await world.pass(TERM_MS / 2 - 2_000);
    expect(reasons).toEqual(['connect']);
    await world.pass(2_000);

    expect(reasons).toEqual(['connect', 'expiring']);
  });

  it('costs the link where the new one is refused, which is told, and no audio', async () => {
    await opened(({ reason }) => (reason === 'expiring' ? 'bad' : fresh()));

    await world.speak(20_000);
    await world.pass(2_000);

    expect(reasons).toEqual(['connect', 'expiring', 'refused']);
    expect(world.of('connection.reconnected')).toMatchObject([
      { outcome: 'resumed', audioLostMs: 0, cause: { kind: 'auth', code: '4401' } },
    ]);
    expectExactlyOnce(await world.logged(), 200);
  });

  it('is asked for again where none came, with a warning', async () => {
    await opened(() => {
      if (reasons.length === 2) throw new Error('the token server is away');
      return fresh();
    });

    await world.speak(28_000);

    expect(reasons).toEqual(['connect', 'expiring', 'expiring']);
    expect(world.of('warning').map(({ error }) => error.message)).toEqual([
      expect.stringContaining('the token server is away'),
    ]);
    expect(world.network.memory.sockets).toHaveLength(1);
  });

  it('is waited for no longer than 10 s at a time', async () => {
    await opened(() => (reasons.length === 2 ? new Promise<string>(() => undefined) : fresh()));

    await world.speak(29_000);

    expect(reasons).toEqual(['connect', 'expiring']);
    expect(world.of('warning')).toHaveLength(1);
    expect(world.of('warning')[0]?.error.message).toContain('did not come in time');
  });
});
