/** What is never told: numbers 24 and 25 of the security list (SECURITY.md). */
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

import { Served } from './served.ts';
import { audioFrame } from '../gateway-world.ts';
import { metricsOf } from '../../../src/gateway/http/metrics.ts';
import { CLOSE, reasonOf } from '../../../src/protocol/close-codes.ts';
import type { CloseCode } from '../../../src/protocol/close-codes.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';

const served = new Served();

afterEach(() => served.close());

describe('a gateway', () => {
  it('#24, #3 tells nobody a bearer, a token, a session id, a text or audio', async () => {
    const told: unknown[] = [];
    const tell = (...words: unknown[]): void => {
      told.push(words);
    };
    const server = await served.start({
      logger: { debug: tell, info: tell, warn: tell, error: tell },
      onAudit: tell,
      verify: async (bearer) => {
        if (bearer === 'canary-bearer-that-throws') throw new Error(`no key for ${bearer}`);
        return bearer.startsWith('canary-wrong') ? null : { subject: 'ann' };
      },
    });
    const peer = await served.socket();
    const welcome = (await peer.hello({ auth: 'canary-bearer' })) as WelcomeFrame;
    const payload = new TextEncoder().encode('canary-audio'.repeat(10));
    peer.send({ ...audioFrame(welcome.epoch, 1), payload });
    served.app.session?.send({ type: 'final', text: 'canary-text' });
    const errors: unknown[] = [];
    for (const facts of [
      { auth: 'canary-bearer-that-throws' },
      { auth: 'canary-wrong' },
      { mode: 'resume', sid: welcome.sid, resume: 'canary-token' } as const,
      { mode: 'resume', sid: welcome.sid, resume: welcome.resume, att: 2, epoch: 1 } as const,
    ]) {
      const other = await served.socket();
      await other.hello(facts);
      if (facts.auth === undefined) continue;
      errors.push(await other.closed);
    }
    peer.socket.terminate();
    await server.gateway.logout({ sessionId: welcome.sid });
    told.push(inspect(server, { depth: 10, showHidden: true }), errors, metricsOf(server.gateway));
    for (const session of server.gateway.sessions) told.push(inspect(session, { depth: 10 }));

    const text = inspect(told, { depth: 20, maxArrayLength: null, maxStringLength: null });
    const secrets = [
      'canary',
      welcome.resume,
      welcome.sid,
      Buffer.from(payload).toString('hex', 0, 8),
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain('session.loggedOut');
    expect(text).toMatch(/session: '[0-9a-f]{8}'/);
  });

  it('#25 gives a reason from a closed list, and nothing that a peer sent', async () => {
    const codes = Object.values(CLOSE) as CloseCode[];
    const reasons = codes.map(reasonOf);

    for (const reason of reasons) expect(reason).toMatch(/^[a-z-]{1,123}$/);
    await served.start();
    for (const facts of [
      { app: 'canary' },
      { mode: 'resume', sid: 'canary', resume: 'canary' } as const,
    ]) {
      const peer = await served.socket();
      const answer = await peer.hello(facts);
      const { reason } = await peer.closed;

      expect(answer.type === 'refused' && reasons.includes(answer.reason)).toBe(true);
      expect(reasons).toContain(reason);
    }
  });
});
