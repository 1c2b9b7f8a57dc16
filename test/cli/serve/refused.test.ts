import { expect, it } from 'vitest';

import { Refused } from '../../../src/cli/serve/refused.ts';
import type { GatewayNews } from '../../../src/cli/serve/watch.ts';
import { newsText } from '../../../src/cli/serve/words.ts';
import type { AuditEvent } from '../../../src/gateway/audit.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const event = (facts: Partial<AuditEvent>): AuditEvent => ({
  type: 'bearer.refused',
  session: null,
  subject: 'ann@example.com',
  remoteAddress: '192.0.2.7',
  detail: 'not believed',
  ...facts,
});

it('a refused client is one line, and those like it are one each ten seconds, with their number', () => {
  const clock = new VirtualClock();
  const told: GatewayNews[] = [];
  const refused = new Refused((news) => told.push(news), clock);

  for (let client = 0; client < 5; client += 1) refused.note(event({}));
  refused.note(event({ detail: 'missing' }));
  clock.advance(10_000);
  refused.note(event({ remoteAddress: '192.0.2.9' }));
  clock.advance(30_000);
  refused.note(event({}));

  expect(told.map(newsText)).toEqual([
    'refused 192.0.2.7: its bearer: not believed',
    'refused 192.0.2.7: its bearer: missing',
    'refused 192.0.2.7: its bearer: not believed (and 3 like it before)',
    'refused 192.0.2.9: its bearer: not believed',
    'refused 192.0.2.7: its bearer: not believed',
  ]);
  expect(JSON.stringify(told)).not.toContain('ann');
  refused.stop();
});

it('the last of a burst are told when their ten seconds are over, and at the end', () => {
  const clock = new VirtualClock();
  const told: GatewayNews[] = [];
  const refused = new Refused((news) => told.push(news), clock);
  const counted = (): number =>
    told.reduce((sum, news) => sum + 1 + ('more' in news ? news.more : 0), 0);

  for (let client = 0; client < 50; client += 1) refused.note(event({}));
  clock.advance(10_000);
  const afterBurst = counted();
  for (let client = 0; client < 7; client += 1) refused.note(event({}));
  refused.stop();

  expect(afterBurst).toBe(50);
  expect(counted()).toBe(57);
  expect(clock.pending).toBe(0);
});

it('a session that was logged out is nobody who was refused', () => {
  const told: GatewayNews[] = [];

  new Refused((news) => told.push(news)).note(event({ type: 'session.loggedOut' }));

  expect(told).toEqual([]);
});

it('origins that are made up do not make a line each', () => {
  const told: GatewayNews[] = [];
  const refused = new Refused((news) => told.push(news), new VirtualClock());

  for (let page = 0; page < 9; page += 1) {
    refused.note(event({ type: 'origin.refused', detail: `https://evil-${page}.example` }));
  }

  expect(told.map(newsText)).toEqual([
    'refused 192.0.2.7: its origin is not among those of --origin (origins in a file): https://evil-0.example',
  ]);
});
