/** What an operator is told of bearers that are not believed, and of keys that cannot be had; and what a client is not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, settled } from '../gateway-world.ts';
import { createJwtVerifier } from '../../../src/gateway/auth/jwt-verifier.node.ts';
import type { Verify } from '../../../src/gateway/auth/principal.ts';
import { silentLogger } from '../../../src/ports/logger.ts';
import type { LogField } from '../../../src/ports/logger.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const NOW_MS = 1_800_000_000_000;
const HELLO = helloFacts();

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function bearer({ aud = 'tenuto', iss = 'id', exp = 60, nbf = -60, key = SECRET, sub = 'ann' }) {
  const nowS = NOW_MS / 1_000;
  const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setAudience(aud).setIssuer(iss);
  token.setExpirationTime(nowS + exp).setNotBefore(nowS + nbf);
  return (sub === '' ? token : token.setSubject(sub)).sign(new TextEncoder().encode(key));
}

/** What the operator, and the client, are told. */
async function told(verify: Verify, auth: string) {
  const details: (string | null)[] = [];
  world = new GatewayWorld(undefined, undefined, {
    verify,
    onAudit: ({ type, detail }) => type === 'bearer.refused' && details.push(detail),
  });
  const client = world.client();
  client.send({ type: 'hello', ...HELLO, auth });
  while (client.closed === null) await settled(); // keys are tried on another thread
  return { details, refused: client.of('refused')[0] };
}

describe('a bearer that is not believed', () => {
  it.each<[string, Parameters<typeof bearer>[0]]>([
    ['its aud is another, or missing', { aud: 'other' }],
    ['its iss is another, or missing', { iss: 'other' }],
    ['its exp is over', { exp: -60 }],
    ['its nbf is yet to come', { nbf: 60 }],
    ['its sub is missing', { sub: '' }],
    ['its signature is wrong', { key: 'another secret of thirty-two bytes!!' }],
  ])(
    'is told to the operator with the reason, and to the client without: %s',
    async (why, facts) => {
      const rules = { secret: SECRET, audience: 'tenuto', issuer: 'id', wallClock: () => NOW_MS };

      const { details, refused } = await told(createJwtVerifier(rules), await bearer(facts));

      expect(details).toEqual([`not believed: ${why}`]);
      expect(refused).toEqual({ type: 'refused', code: 4401, reason: 'unauthorised' });
    },
  );

  it.each([
    ['nothing', 'it is no JWT', 'nonsense'],
    ['another algorithm', 'its algorithm is another', 'eyJhbGciOiJub25lIn0.e30.'],
  ])('is told where it is %s', async (_what, why, auth) => {
    const { details } = await told(createJwtVerifier({ secret: SECRET }), auth);

    expect(details).toEqual([`not believed: ${why}`]);
  });

  it('is not repeated by the words of a verifier that would', async () => {
    const { details } = await told((shown, { onDoubt }) => {
      onDoubt?.(shown);
      onDoubt?.(`wrong ${shown} here`);
      onDoubt?.('a\nline');
      return Promise.resolve(null);
    }, 'canary');

    expect(details).toEqual(['not believed']);
  });
});

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, LogField>> | undefined;
}

function loggerTo(lines: Line[]) {
  return {
    ...silentLogger,
    error: (message: string, fields?: Line['fields']) => void lines.push({ message, fields }),
  };
}

describe('keys that cannot be had', () => {
  it('are no fault of the bearer’s: its client is told that it was not checked, and when to come again', async () => {
    const { refused } = await told(() => Promise.reject(new Error('away')), 'canary');

    expect(refused).toMatchObject({ code: 4420, reason: 'capacity', why: 'unverified' });
    expect(refused?.retryAfterMs).toBeGreaterThan(0);
  });

  it('are told by their address and the reason, once in a while and not for each client', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const lines: Line[] = [];
    const clock = new VirtualClock();
    const logger = loggerTo(lines);
    const jwks = `http://127.0.0.1:${port}/jwks.json?canary=1`;
    const verify = createJwtVerifier({ jwks, logger, wallClock: () => clock.nowMs() });
    world = new GatewayWorld(undefined, clock, { verify, logger });
    const auth = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ann')
      .sign(new TextEncoder().encode(SECRET));
    const es256 = `eyJhbGciOiJFUzI1NiJ9.${auth.split('.').slice(1).join('.')}`;
    const knock = async (inst: string): Promise<number | undefined> => {
      const client = world.client();
      client.send({ type: 'hello', ...HELLO, auth: es256, inst });
      while (client.closed === null) await settled();
      return client.of('refused')[0]?.code;
    };

    const codes = [await knock('a'), await knock('b'), await knock('c')];
    const atFirst = [...lines];
    clock.advance(11_000);
    await knock('d');

    expect(codes).toEqual([4420, 4420, 4420]);
    expect(atFirst).toEqual([
      {
        message: 'The keys of the issuer cannot be had.',
        fields: {
          from: `http://127.0.0.1:${port}/jwks.json`,
          what: 'ECONNREFUSED',
          instead: 'nobody can be let in',
        },
      },
      {
        message: 'A bearer could not be verified.',
        fields: { what: 'The verifier threw.', code: 'ECONNREFUSED' },
      },
    ]);
    expect(lines.slice(2).map(({ fields }) => fields?.['alikeBefore'])).toEqual([undefined, 2]);
  });
});
