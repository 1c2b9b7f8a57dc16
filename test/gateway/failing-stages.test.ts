/** An app of audio that throws as its client comes, or as its session ends: what becomes of the session, and who is told (P24). */
import { afterEach, describe, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import { LinkWorld } from './link-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import type { AuditEvent } from '../../src/gateway/audit.ts';
import type { LogField } from '../../src/ports/logger.ts';
import { silentLogger } from '../../src/ports/logger.ts';

type Stage = 'attached' | 'finish';

const STAGES: readonly Stage[] = ['attached', 'finish'];
const SECRET = 'my card is 4929';

/** Throws in one stage, the first so many times. */
class FailingApp extends NotingApp {
  readonly #stage: Stage;
  #times: number;
  openings = 0;

  constructor(stage: Stage, times: number) {
    super();
    this.#stage = stage;
    this.#times = times;
  }

  override open(session: AppSession, start: AppStart): AppHandlers {
    this.openings += 1;
    return {
      ...super.open(session, start),
      attached: (isAttached) => {
        if (isAttached) this.#pass('attached');
      },
      finish: () => {
        this.#pass('finish');
        return Promise.resolve();
      },
    };
  }

  #pass(stage: Stage): void {
    if (stage !== this.#stage || this.#times === 0) return;
    this.#times -= 1;
    throw new Error(SECRET);
  }
}

let world: LinkWorld;

afterEach(() => world.close());

/** A session of half a second, from its beginning to its end, and what its operator is told. */
async function toItsEnd(app: FailingApp) {
  const thrown: unknown[] = [];
  const errors: (readonly [string, Readonly<Record<string, LogField>>])[] = [];
  const audits: AuditEvent[] = [];
  const logger = {
    ...silentLogger,
    error: (message: string, fields = {}) => errors.push([message, fields]),
  };
  const house = {
    apps: new Map([['speech', app]]),
    logger,
    onAppError: (...told: unknown[]) => thrown.push(told),
    onAudit: (event: AuditEvent) => audits.push(event),
  };
  world = await new LinkWorld(1, {}, undefined, {}, house).connect();
  await world.speak(500);
  await world.pass(10_000);
  const closing = world.session.close();
  await world.pass(20_000);
  return { thrown, errors, audits, closed: await closing };
}

describe.each(STAGES)('an app of audio whose `%s` throws', (stage) => {
  it('P24.2: once is opened anew, is handed all that was not handled, and its session goes on', async () => {
    const app = new FailingApp(stage, 1);

    const { thrown, audits, closed } = await toItsEnd(app);

    expect(app.openings).toBe(2);
    expect(app.audio.slice(-5).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(thrown).toHaveLength(1);
    expect(audits).toEqual([]);
    expect(world.of('connection.reconnected')).toMatchObject([{ outcome: 'resumed' }]);
    expect(world.of('error')).toEqual([]);
    expect(closed).toMatchObject({ finished: true, left: { chunks: 0 } });
  });

  it('P24.5: each time is given up the fifth, and its client is told so for good', async () => {
    const app = new FailingApp(stage, Infinity);

    const { closed } = await toItsEnd(app);

    expect(app.openings).toBe(5);
    expect(world.gateway.counters.appFailures).toEqual({ again: 4, setAside: 0, gaveUp: 1 });
    expect(world.of('connection.failed')).toMatchObject([
      { reason: expect.stringContaining('4400: the app speech of this gateway fails') as string },
    ]);
    expect(world.of('error')).toMatchObject([{ error: { retryable: false } }]);
    expect(closed.finished).toBe(false);
  });

  it('P24.5: is told to its author whole, and to the operator without its words, each time and in the end', async () => {
    const { thrown, errors, audits } = await toItsEnd(new FailingApp(stage, Infinity));

    const whole = [new Error(SECRET), { sessionId: expect.any(String) as string, seq: null }];
    expect(thrown).toEqual(Array(5).fill(whole));
    expect(errors.map(([message]) => message)).toEqual([
      ...Array<string>(5).fill('An app failed.'),
      'An app failed again and again: its session is given up.',
    ]);
    expect(errors[0]?.[1]).toMatchObject({ what: 'Error', seq: null });
    expect(audits).toMatchObject([{ type: 'app.gaveUp' }]);
    expect(JSON.stringify([errors, audits])).not.toContain(SECRET);
  });
});
