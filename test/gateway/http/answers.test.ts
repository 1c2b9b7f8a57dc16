/** What the gateway says to plain HTTP. */
import { afterEach, describe, expect, it } from 'vitest';

import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { AppendOutcome, LogStore } from '../../../src/ports/log-store.ts';
import { TenutoError } from '../../../src/ports/errors.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';
import { Served } from '../security/served.ts';

const served = new Served();

afterEach(() => served.close());

async function asked(path: string, method = 'GET') {
  const url = `http://127.0.0.1:${served.server.port}${path}`;
  const response = await fetch(url, { method, redirect: 'manual' });
  const { status, headers } = response;
  return { status, headers, body: await response.text() };
}

/** A store that does as a test tells it to. */
class MoodyStore {
  mood: 'well' | 'full' | 'throwing' | 'silent' | 'oneCorrupt' = 'well';
  readonly store: LogStore = createMemoryStore();

  get asStore(): LogStore {
    const { store } = this;
    return Object.assign(Object.create(store) as LogStore, {
      durability: store.durability,
      append: (...facts: Parameters<LogStore['append']>): Promise<AppendOutcome> => {
        if (this.mood === 'full') return Promise.resolve({ kind: 'unavailable', reason: 'full' });
        if (this.mood === 'throwing') return Promise.reject(new Error('the disk is gone'));
        if (this.mood === 'silent') return new Promise(() => undefined);
        return store.append(...facts);
      },
      tail: (id: string) => {
        const what = { code: 'STORE_CORRUPT', message: 'torn', remediation: 'drop it' } as const;
        return this.mood === 'oneCorrupt' ? Promise.reject(new TenutoError(what)) : store.tail(id);
      },
      read: store.read.bind(store),
      purge: store.purge.bind(store),
      drop: store.drop.bind(store),
      close: () => Promise.resolve(),
    });
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('over HTTP a gateway', () => {
  it.each([
    ['/healthz', 200, 'ok\n'],
    ['/readyz', 200, 'ready\n'],
    ['/healthz?now=1', 200, 'ok\n'],
    ['/v1/session', 426, 'upgrade required\n'],
    ['/', 404, 'not found\n'],
    ['/healthz/', 404, 'not found\n'],
    ['/HEALTHZ', 404, 'not found\n'],
    ['/metrics/../healthz/%2e%2e', 404, 'not found\n'],
    ['/secrets', 404, 'not found\n'],
    ['/metrics?token=canary', 400, 'no credential belongs in an address\n'],
  ])('answers to %s with %i', async (path, status, body) => {
    await served.start();

    const answer = await asked(path);

    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('gives its metrics as Prometheus asks for them, and nobody may keep them', async () => {
    await served.start();

    const { status, headers, body } = await asked('/metrics');

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toContain('\ntenuto_sessions{state="attached"} 0\n');
  });

  it.each(['/healthz', '/readyz', '/metrics', '/nowhere'])(
    'answers to HEAD as to GET, without a body: %s',
    async (path) => {
      await served.start();

      const [head, get] = [await asked(path, 'HEAD'), await asked(path)];

      expect([head.status, head.body]).toEqual([get.status, '']);
      expect(head.headers.get('content-length')).toBe(String(get.body.length));
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'takes no %s, and says what it takes',
    async (method) => {
      await served.start();

      const answers = [await asked('/healthz', method), await asked('/nowhere', method)];

      expect(answers.map(({ status }) => status)).toEqual([405, 405]);
      expect(answers[0]?.headers.get('allow')).toBe('GET, HEAD');
    },
  );
});

describe('a gateway is not ready', () => {
  it('while it drains: new clients are refused, and it lives', async () => {
    const server = await served.start();
    await (await served.socket()).hello();
    const late = await served.socket();

    const draining = server.gateway.drain(500);
    const [ready, alive, metrics] = [
      await asked('/readyz'),
      await asked('/healthz'),
      await asked('/metrics'),
    ];
    const answer = await late.hello();
    await draining;

    expect([ready.status, ready.body]).toEqual([503, 'draining\n']);
    expect(alive.status).toBe(200);
    expect(metrics.body).toContain('\ntenuto_draining 1\n');
    expect(metrics.body).toContain('\ntenuto_goaways_total 1\n');
    expect(answer).toMatchObject({ type: 'refused', code: 4430 });
  });

  it.each(['full', 'throwing'] as const)(
    'while its store is %s, and is again as soon as that takes a record, though nobody comes',
    async (mood) => {
      const [moody, clock] = [new MoodyStore(), new VirtualClock()];
      const server = await served.start({ store: moody.asStore, clock });
      const peer = await served.socket();
      moody.mood = mood;

      const refused = await peer.hello();
      const before = await asked('/readyz');
      clock.advance(1_000);
      await turns(5);
      const meanwhile = await asked('/readyz');
      moody.mood = 'well';
      clock.advance(1_000);
      await turns(5);
      const after = await asked('/readyz');

      expect(refused).toMatchObject({ type: 'refused', code: 4440 });
      expect([before.status, before.body]).toEqual([503, 'store unavailable\n']);
      expect([meanwhile.status, after.status]).toEqual([503, 200]);
      expect((await asked('/healthz')).status).toBe(200);
      expect(server.gateway.counters.store[mood === 'full' ? 'unavailable' : 'unknown']).toBe(
        mood === 'full' ? 1 : 2, // what was answered is not asked again; what was not, once
      );
      await expect(moody.store.tail('readiness-probe')).resolves.toBeNull();
    },
  );

  it('while its store does not answer', async () => {
    const [moody, clock] = [new MoodyStore(), new VirtualClock()];
    await served.start({ store: moody.asStore, clock });
    const peer = await served.socket();
    moody.mood = 'silent';
    void peer.hello();
    await expect.poll(() => served.server.gateway.counters.framesIn).toBe(1);
    await turns(5);

    const soon = await asked('/readyz');
    clock.advance(5_000);
    const late = await asked('/readyz');

    expect([soon.status, late.status]).toEqual([200, 503]);
  });

  it('but is, where one session’s log is broken', async () => {
    const moody = new MoodyStore();
    await served.start({ store: moody.asStore });
    const peer = await served.socket();
    moody.mood = 'oneCorrupt';

    const refused = await peer.hello({ mode: 'resume', sid: 'a'.repeat(26), resume: 'token' });

    expect(refused).toMatchObject({ type: 'refused', code: 4440 });
    expect((await asked('/readyz')).status).toBe(200);
    expect((await asked('/metrics')).body).toContain('{answer="tailFailed"} 1\n');
  });
});
