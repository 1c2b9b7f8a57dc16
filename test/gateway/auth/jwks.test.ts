/** Public keys from where an issuer keeps them: how often it is asked, and what becomes of bearers while it does not answer. */
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { createJwtVerifier } from '../../../src/gateway/auth/jwt-verifier.node.ts';
import type { Verify } from '../../../src/gateway/auth/principal.ts';

const NOW_MS = 1_800_000_000_000;
const CONTEXT = { remoteAddress: '127.0.0.1', why: 'hello' } as const;

interface Key {
  readonly jwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

let keys: readonly Key[];

beforeAll(async () => {
  keys = await Promise.all(
    ['one', 'two', 'three'].map(async (kid) => {
      const pair = await generateKeyPair('RS256', { extractable: true });
      return { ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid } };
    }),
  );
});

/** An issuer, whose answers a test decides. */
class Issuer {
  hits = 0;
  answer: (response: ServerResponse) => void = () => undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((_request, response) => {
      this.hits += 1;
      this.answer(response);
    });
  }

  async start(...shown: readonly number[]): Promise<Verify> {
    this.show(...shown);
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return createJwtVerifier({
      jwks: `http://127.0.0.1:${port}/keys`,
      wallClock: () => Date.now(),
    });
  }

  /** Shows these keys from now on. */
  show(...shown: readonly number[]): void {
    const text = JSON.stringify({ keys: shown.map((at) => keys[at]?.jwk) });
    this.answer = (response) => response.end(text);
  }

  fail(status: number): void {
    this.answer = (response) => response.writeHead(status).end();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let issuer: Issuer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  issuer = new Issuer();
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await issuer.stop();
});

function bearerOf(at: number, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { jwk, privateKey } = keys[at]!;
  const { kid = '' } = jwk;
  return new SignJWT({ sub: 'ann', exp: NOW_MS / 1_000 + 86_400 })
    .setProtectedHeader({ alg: 'RS256', kid, ...header })
    .sign(privateKey);
}

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe('the keys of an issuer', () => {
  it('are asked for once by all who come together', async () => {
    const verify = await issuer.start(0);
    const bearer = await bearerOf(0);

    const told = await Promise.all(Array.from({ length: 20 }, () => verify(bearer, CONTEXT)));

    expect(told.every((principal) => principal?.subject === 'ann')).toBe(true);
    expect(issuer.hits).toBe(1);
  });

  it('are asked for again after ten minutes', async () => {
    const verify = await issuer.start(0);
    const bearer = await bearerOf(0);

    await verify(bearer, CONTEXT);
    pass(599_000);
    await verify(bearer, CONTEXT);
    const before = issuer.hits;
    pass(2_000);
    await verify(bearer, CONTEXT);

    expect([before, issuer.hits]).toEqual([1, 2]);
  });

  it('may be exchanged: a new one is believed half a minute later at the latest, an old one as long as it is shown', async () => {
    const verify = await issuer.start(0);
    await verify(await bearerOf(0), CONTEXT);

    issuer.show(0, 1);
    const atOnce = await verify(await bearerOf(1), CONTEXT);
    pass(30_001);
    const later = await verify(await bearerOf(1), CONTEXT);
    const old = await verify(await bearerOf(0), CONTEXT);
    issuer.show(1);
    pass(600_001);
    const gone = await verify(await bearerOf(0), CONTEXT);

    expect([atOnce, gone]).toEqual([null, null]);
    expect([later?.subject, old?.subject]).toEqual(['ann', 'ann']);
  });

  it('are not asked for by each bearer of a key that there is not', async () => {
    const verify = await issuer.start(0);
    const bearers = await Promise.all(
      Array.from({ length: 50 }, (_none, at) => bearerOf(1, { kid: `no-${at}` })),
    );

    for (const bearer of bearers) expect(await verify(bearer, CONTEXT)).toBeNull();
    const atOnce = issuer.hits;
    pass(30_001);
    for (const bearer of bearers) expect(await verify(bearer, CONTEXT)).toBeNull();

    expect([atOnce, issuer.hits]).toEqual([1, 2]);
  });

  it('are tried one after the other for a bearer that does not name its own', async () => {
    const verify = await issuer.start(0, 1);

    const told = await Promise.all(
      [0, 1, 2].map(async (at) => verify(await bearerOf(at, { kid: undefined }), CONTEXT)),
    );

    expect(told.map((principal) => principal?.subject)).toEqual(['ann', 'ann', undefined]);
  });
});

describe('an issuer that does not answer', () => {
  it('is asked again after five seconds, and not by each bearer', async () => {
    const verify = await issuer.start(0);
    const bearer = await bearerOf(0);
    issuer.fail(503);

    for (let asked = 0; asked < 10; asked += 1) {
      await expect(verify(bearer, CONTEXT)).rejects.toThrow();
    }
    const atOnce = issuer.hits;
    issuer.show(0);
    pass(5_001);
    const later = await verify(bearer, CONTEXT);

    expect(atOnce).toBe(1);
    expect(later?.subject).toBe('ann');
  });

  it('is believed by its keys of before for an hour, and no longer', async () => {
    const verify = await issuer.start(0);
    const bearer = await bearerOf(0);
    await verify(bearer, CONTEXT);
    issuer.fail(500);

    pass(3_590_000);
    const within = await verify(bearer, CONTEXT);
    const stranger = await verify(await bearerOf(1), CONTEXT);
    pass(20_000);

    expect(within?.subject).toBe('ann');
    expect(stranger).toBeNull();
    await expect(verify(bearer, CONTEXT)).rejects.toThrow();
  });

  it.each([
    ['is down', () => issuer.stop()],
    [
      'says what is no set of keys',
      () => (issuer.answer = (response) => response.end('{"keys":7}')),
    ],
    ['says what is no JSON', () => (issuer.answer = (response) => response.end('<html>'))],
    ['sends elsewhere', () => (issuer.answer = (to) => to.writeHead(302, { location: '/' }).end())],
  ])(
    'is nobody’s fault where it %s: nobody is let in, and nobody refused',
    async (_what, break_) => {
      const verify = await issuer.start(0);
      await break_();

      await expect(verify(await bearerOf(0), CONTEXT)).rejects.toThrow();
    },
  );

  it('is given four seconds', async () => {
    const verify = await issuer.start(0);
    const limit = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
    issuer.answer = (response) => {
      response.write('{"keys":['); // and no more
      limit.abort(new DOMException('late', 'TimeoutError'));
    };

    await expect(verify(await bearerOf(0), CONTEXT)).rejects.toThrow();

    expect(timeout).toHaveBeenCalledWith(4_000);
  });

  it('is not listened to for more than a mebibyte', async () => {
    const verify = await issuer.start(0);
    issuer.answer = (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };

    await expect(verify(await bearerOf(0), CONTEXT)).rejects.toThrow(/too long/);
  });
});

describe('a bearer', () => {
  it('that is signed with the public key as if it were a secret is not believed', async () => {
    const verify = await issuer.start(0);
    const { jwk, publicKey } = keys[0]!;
    const secrets = [await exportSPKI(publicKey), `${await exportSPKI(publicKey)}\n`, jwk.n ?? ''];

    for (const secret of secrets) {
      for (const kid of ['one', undefined]) {
        const forged = await new SignJWT({ sub: 'ann', exp: NOW_MS / 1_000 + 60 })
          .setProtectedHeader({ alg: 'HS256', ...(kid === undefined ? {} : { kid }) })
          .sign(Buffer.from(secret));
        expect(await verify(forged, CONTEXT)).toBeNull();
      }
    }
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'of the algorithm "%s" is not believed',
    async (alg) => {
      const verify = await issuer.start(0);
      const part = (json: unknown): string =>
        Buffer.from(JSON.stringify(json)).toString('base64url');
      const claims = part({ sub: 'ann', exp: NOW_MS / 1_000 + 60 });
      const [, , signature = ''] = (await bearerOf(0)).split('.');

      for (const end of ['', signature]) {
        expect(await verify(`${part({ alg, kid: 'one' })}.${claims}.${end}`, CONTEXT)).toBeNull();
      }
      expect(issuer.hits).toBeLessThanOrEqual(1);
    },
  );

  it.each([
    ['is longer than a HELLO has room for', (good: string) => good + 'a'.repeat(6_144)],
    ['has claims that nobody signed', (good: string) => good.replace(/\.[^.]+\./, '.e30.')],
    ['is cut short', (good: string) => good.slice(0, -20)],
    ['has five parts', (good: string) => `${good}.a.b`],
    ['is no text of JSON', () => `${'A'.repeat(20)}.${'A'.repeat(20)}.${'A'.repeat(20)}`],
  ])('that %s is not believed', async (_what, spoilt) => {
    const verify = await issuer.start(0);

    expect(await verify(spoilt(await bearerOf(0)), CONTEXT)).toBeNull();
  });

  it.each([
    ['nobody', { sub: '' }],
    ['somebody with too long a name', { sub: 'x'.repeat(257) }],
    ['somebody who is a number', { sub: 7 as unknown as string }],
    ['somebody, with an end that is no time', { exp: 1e300 }],
    ['somebody, with a critical word that is not known', {}, { crit: ['x'], x: 1 }],
  ])('of %s is not believed', async (_what, claims, header: object = {}) => {
    const verify = await issuer.start(0);
    const payload = { sub: 'ann', exp: NOW_MS / 1_000 + 60, ...claims };
    const signing = new SignJWT(payload).setProtectedHeader({
      alg: 'RS256',
      kid: 'one',
      ...header,
    });

    const bearer = await signing.sign(keys[0]!.privateKey, { crit: { x: true } });

    expect(await verify(bearer, CONTEXT)).toBeNull();
  });
});

describe('the clock of a verifier', () => {
  const secret = 's'.repeat(32);
  const signed = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
    new SignJWT({ sub: 'ann', exp: NOW_MS / 1_000, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));

  it.each([
    [0, 0, false],
    [0, -1, true],
    [5_000, 4, true],
    [5_000, 5, false],
    [25_000, 24, true],
    [25_000, 25, false],
  ])('with a leeway of %d ms, %d s after the end: %s', async (leewayMs, lateS, isBelieved) => {
    const wallClock = (): number => NOW_MS + lateS * 1_000;
    const verify = createJwtVerifier({ secret, leewayMs, wallClock });

    expect((await verify(await signed({}), CONTEXT)) !== null).toBe(isBelieved);
  });

  it('holds a bearer of several audiences for one of its own', async () => {
    const verify = createJwtVerifier({
      secret,
      audience: 'voice',
      issuer: 'https://id.example',
      wallClock: () => NOW_MS - 1_000,
    });

    const good = await signed({ aud: ['mail', 'voice'], iss: 'https://id.example' });
    const bad = await signed({ aud: ['mail', 'voicemail'], iss: 'https://id.example' });

    expect(await verify(good, CONTEXT)).toMatchObject({ subject: 'ann' });
    expect(await verify(bad, CONTEXT)).toBeNull();
  });
});
