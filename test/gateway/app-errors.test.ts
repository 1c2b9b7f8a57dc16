/** What the author of an app learns of what it throws, and what nobody learns by a log. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GatewayWorld, NotingApp, settled } from './gateway-world.ts';
import { loggableOf } from '../../src/gateway/app-error.ts';
import type { App } from '../../src/gateway/app.ts';
import type { AuditEvent } from '../../src/gateway/audit.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.types.ts';
import type { LogField } from '../../src/ports/logger.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { createSpeechApp } from '../../src/gateway/pipeline/speech-app.ts';

const SECRET = 'my card is 4929';

let world: GatewayWorld;

beforeEach(() => void worldOf(new NotingApp()));
afterEach(() => world.gateway.close());

function worldOf(app: App, options: Partial<GatewayOptions> = {}) {
  const errors: Readonly<Record<string, LogField>>[] = [];
  const audits: AuditEvent[] = [];
  world = new GatewayWorld(undefined, undefined, {
    apps: new Map([['speech', app]]),
    logger: { ...silentLogger, error: (_message, fields = {}) => errors.push(fields) },
    onAudit: (event) => audits.push(event),
    ...options,
  });
  return { errors, audits };
}

function failing(fail: () => void): App {
  const noting = new NotingApp();
  return {
    open: (session, start) => ({ ...noting.open(session, start), audio: fail }),
  };
}

async function sayOne(): Promise<void> {
  const client = world.client();
  await client.hello();
  client.audio(1);
  await settled();
}

describe('what an app throws', () => {
  it('is told to the logger by its name and its place in the code, without its words', async () => {
    const { errors } = worldOf(
      failing(function failHere() {
        throw new TypeError(`cannot read ${SECRET}`);
      }),
    );

    await sayOne();

    expect(errors[0]).toMatchObject({ what: 'TypeError', seq: 1 });
    expect(errors[0]?.['at']).toContain('failHere');
    expect(errors[0]?.['at']).toContain('app-errors.test.ts');
    expect(JSON.stringify(errors)).not.toContain(SECRET);
  });

  it('is told whole to who asks for it, whatever that one throws', async () => {
    const told: unknown[] = [];
    const error = new Error(SECRET);
    worldOf(
      failing(() => {
        throw error;
      }),
      {
        onAppError: (...all) => {
          told.push(...all);
          throw new Error('no');
        },
      },
    );

    await sayOne();

    expect(told).toEqual([error, { sessionId: expect.any(String) as string, seq: 1 }]);
  });

  it('is told with a remedy where it is a slip that the gateway knows', async () => {
    const { errors } = worldOf({
      open: (session) => {
        session.message('x'.repeat(65_513));
        throw new Error('not reached');
      },
    });

    await world.client().hello();

    expect(errors[0]).toMatchObject({
      what: 'NotCarriedError',
      why: 'A message of an app has 65513 bytes: 65512 is the most. Send it in pieces.',
    });
  });

  it.each([
    ['whose words look like a stack', `x\n    at ${SECRET} (a:1:1)`],
    ['whose words are as long as many lines', `${SECRET}\n`.repeat(100)],
  ])('gives away nothing of an error %s', (_, message) => {
    const error = new Error(message);
    const renamed = Object.assign(new Error(message), { name: SECRET });
    const changed = new Error(message);
    changed.message = 'another';

    const told = JSON.stringify([error, renamed, changed, message].map(loggableOf));

    expect(told).not.toContain(SECRET);
  });
});

describe('a client that asks for what there is not', () => {
  it('P10.6: is told so for good, of an app, and so is the operator', async () => {
    const { errors, audits } = worldOf(new NotingApp());

    const answer = await world.client().hello({ app: 'counting' });

    expect(answer).toMatchObject({ type: 'refused', code: 4400, why: 'no-app' });
    expect(audits).toMatchObject([{ type: 'hello.refused', detail: 'no such app' }]);
    expect(errors).toEqual([]);
  });

  it('P10.6: is told so of audio, without a session begun and without an error', async () => {
    const { errors, audits } = worldOf(createSpeechApp({ candidates: () => [] }));

    const answer = await world
      .client()
      .hello({ audio: { encoding: 'opus', sampleRateHz: 48_000 } });

    expect(answer).toMatchObject({ type: 'refused', code: 4400, why: 'bad-audio' });
    expect(audits).toMatchObject([
      { type: 'hello.refused', detail: 'audio that its app does not take' },
    ]);
    expect(errors).toEqual([]);
    expect(world.gateway.counters.endings.unopened).toBe(0);
  });
});
