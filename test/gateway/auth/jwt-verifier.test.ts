import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JSONWebKeySet } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createJwtVerifier } from '../../../src/gateway/auth/jwt-verifier.node.ts';
import type { JwtVerifierOptions } from '../../../src/gateway/auth/jwt-verifier.node.ts';

const SECRET = 'a secret of thirty-two bytes, or more';
const NOW_S = 1_800_000_000;
const CONTEXT = { remoteAddress: '127.0.0.1', why: 'hello' } as const;

interface Claims {
  readonly [name: string]: unknown;
}

let rsa: { publicKey: CryptoKey; privateKey: CryptoKey };
let ec: { publicKey: CryptoKey; privateKey: CryptoKey };
let set: JSONWebKeySet;

beforeAll(async () => {
  rsa = await generateKeyPair('RS256', { extractable: true });
  ec = await generateKeyPair('ES256', { extractable: true });
  set = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e' },
    ],
  };
});

let servers: Server[] = [];
let folders: string[] = [];

afterEach(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  for (const folder of folders) await rm(folder, { recursive: true });
  servers = [];
  folders = [];
});

function shared(claims: Claims = {}, secret = SECRET): Promise<string> {
  const payload = { sub: 'ann', exp: NOW_S + 60, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
}

function signed(alg: 'RS256' | 'ES256', kid: string, key = alg === 'RS256' ? rsa : ec) {
  const payload = { sub: 'ann', exp: NOW_S + 60 };
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key.privateKey);
}

function verifier(options: Partial<JwtVerifierOptions> = { secret: SECRET }, nowMs = () => 0) {
  const verify = createJwtVerifier({ wallClock: () => NOW_S * 1_000 + nowMs(), ...options });
  return (bearer: string) => verify(bearer, CONTEXT);
}

async function served(
  keys: () => JSONWebKeySet | number,
): Promise<{ url: string; hits: number[] }> {
  const hits: number[] = [];
  const server = createServer((_request, response) => {
    const answer = keys();
    hits.push(1);
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, hits };
}

describe('a verifier with a shared secret', () => {
  it('names the subject of a bearer, and when it expires, the leeway included', async () => {
    const principal = await verifier()(await shared());

    expect(principal).toEqual({ subject: 'ann', expiresAtMs: (NOW_S + 65) * 1_000 });
  });

  it.each([
    ['another secret', () => shared({}, `${SECRET}!`)],
    ['nobody', () => shared({ sub: undefined })],
    ['no end', () => shared({ exp: undefined })],
    ['an end that has passed', () => shared({ exp: NOW_S - 6 })],
    ['a beginning that is to come', () => shared({ nbf: NOW_S + 6 })],
    ['another issuer', () => shared({ iss: 'https://other.example', aud: 'voice' })],
    ['no issuer', () => shared({ aud: 'voice' })],
    ['another audience', () => shared({ iss: 'https://id.example', aud: ['mail'] })],
    ['no signature', async () => new UnsecuredJWT({ sub: 'ann', exp: NOW_S + 60 }).encode()],
    ['nothing', async () => ''],
    ['no JWT at all', async () => 'a.b.c'],
  ])('does not believe a bearer of %s', async (what, bearer) => {
    const verify = verifier({
      secret: SECRET,
      ...(['issuer', 'audience'].some((claim) => what.includes(claim))
        ? { issuer: 'https://id.example', audience: 'voice' }
        : {}),
    });

    expect(await verify(await bearer())).toBeNull();
  });

  it('believes a bearer within the leeway, on both sides', async () => {
    const late = await shared({ exp: NOW_S - 4 });
    const early = await shared({ nbf: NOW_S + 4 });

    expect([await verifier()(late), await verifier()(early)]).not.toContain(null);
  });

  it('refuses what would be no secret, no leeway, and no or two sources of keys', () => {
    const wrong: Partial<JwtVerifierOptions>[] = [
      { secret: 'short' },
      { secret: SECRET, leewayMs: 26_000 },
      { secret: SECRET, jwks: set },
      {},
      { secret: SECRET, algorithms: ['RS256'] },
      { jwks: set, algorithms: ['HS256'] },
      { jwks: set, algorithms: ['none' as 'RS256'] },
      { jwks: 'http://id.example/keys' },
      { jwks: '/there/is/no/such/file.json' },
      { jwks: { keys: [] } },
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
    ];

    for (const options of wrong) {
      expect(() => verifier(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});

describe('a verifier with public keys', () => {
  it('believes RS256 and ES256 of the set, and of nobody else', async () => {
    const stranger = await generateKeyPair('RS256');
    const verify = verifier({ jwks: set });

    expect(await verify(await signed('RS256', 'r'))).toMatchObject({ subject: 'ann' });
    expect(await verify(await signed('ES256', 'e'))).toMatchObject({ subject: 'ann' });
    expect(await verify(await signed('RS256', 'r', stranger))).toBeNull();
    expect(await verify(await signed('RS256', 'unheard-of'))).toBeNull();
  });

  it('believes no algorithm that is not on its list', async () => {
    const verify = verifier({ jwks: set, algorithms: ['ES256'] });

    expect(await verify(await signed('RS256', 'r'))).toBeNull();
  });

  it('never takes a public key for a shared secret', async () => {
    const publicText = JSON.stringify(set.keys[0]);

    const forged = await shared({}, publicText);

    expect(await verifier({ jwks: set })(forged)).toBeNull();
  });

  it('pays no heed to a key that the bearer brings along', async () => {
    const stranger = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(stranger.publicKey);

    const forged = await new SignJWT({ sub: 'ann', exp: NOW_S + 60 })
      .setProtectedHeader({ alg: 'RS256', kid: 'r', jwk, jku: 'https://evil.example/keys' })
      .sign(stranger.privateKey);

    expect(await verifier({ jwks: set })(forged)).toBeNull();
  });

  it('asks an address once for many bearers', async () => {
    const { url, hits } = await served(() => set);
    const verify = verifier({ jwks: url });

    for (let asked = 0; asked < 5; asked += 1) await verify(await signed('RS256', 'r'));

    expect(hits).toHaveLength(1);
  });

  it('does not blame the bearer where the keys cannot be had', async () => {
    const { url } = await served(() => 500);

    await expect(verifier({ jwks: url })(await signed('RS256', 'r'))).rejects.toThrow();
  });

  it('does not follow an address that sends it elsewhere', async () => {
    const { url } = await served(() => 302);

    await expect(verifier({ jwks: url })(await signed('RS256', 'r'))).rejects.toThrow();
  });

  it('reads a file again for a key that it does not know, but not for each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-jwks-'));
    folders.push(folder);
    const path = join(folder, 'keys.json');
    await writeFile(path, JSON.stringify({ keys: [set.keys[0]] }));
    let nowMs = 0;
    const verify = verifier({ jwks: path }, () => nowMs);
    await writeFile(path, JSON.stringify(set));
    const bearer = await signed('ES256', 'e');

    const atOnce = await verify(bearer);
    nowMs = 30_000;
    const later = await verify(bearer);
    await writeFile(path, 'no JSON');
    nowMs = 50_000;
    const meanwhile = await verify(bearer);

    expect(atOnce).toBeNull();
    expect(later).toMatchObject({ subject: 'ann' });
    expect(meanwhile).toMatchObject({ subject: 'ann' });
  });
});
