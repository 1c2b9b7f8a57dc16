/** What an application says between finals, and a client that hears it wrong: right histories beside wrong ones. */
import { describe, expect, it } from 'vitest';

import type { CloseResult, SessionEvent } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { AsideChecks } from '../../src/simulation/checks/aside-checks.ts';
import { Asides } from '../../src/simulation/checks/asides.ts';
import type { LogOwner } from '../../src/simulation/checks/log-contents.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import { StampedContents } from '../../src/simulation/checks/stamped-contents.ts';
import { data, SESSION_ID, toldIn } from './histories.ts';

const log = { sessionId: SESSION_ID, client: 0, take: 0, anchorMs: 0 };

/** A client, and a log that has `names` at 1, 2, and so on. */
function told(...names: readonly string[]) {
  const report = new Report({ nowMs: () => 0 }, false);
  const asides = new Asides();
  const contents = new StampedContents(report, new Map(), asides);
  const heard = new Map<string, (event: SessionEvent) => void>();
  const session = {
    on: (type: string, hear: (event: SessionEvent) => void) => heard.set(type, hear),
  };
  const checks = new AsideChecks(log.client, session as unknown as Session, asides, report);
  const say = (to: LogOwner, at: number, text: string) => {
    const event = { type: 'dropped', reason: 'tooQuiet', text, from: 0, to: 1 };
    const payload = new TextEncoder().encode(JSON.stringify(event));
    contents.said(to, at, data(at, payload, { codec: 'json', channel: 0 }));
  };
  asides.begun(log.client, SESSION_ID);
  names.forEach((text, at) => say(log, at + 1, text));
  const hears = (type: string, facts: object) => {
    heard.get(type)?.({ type, ...facts } as unknown as SessionEvent);
  };
  const client = {
    hears: (text: string, startMs = 0) => {
      hears('transcript.dropped', { text, startMs });
      return client;
    },
    final: (endMs: number) => {
      hears('transcript', { isFinal: true, startMs: 0, endMs });
      return client;
    },
    interim: (startMs: number) => {
      hears('transcript', { isFinal: false, startMs, endMs: startMs });
      return client;
    },
    /** In the log of the session that follows a lost one. */
    isTold: (text: string) => {
      asides.begun(log.client, 'another');
      say({ ...log, sessionId: 'another' }, 1, text);
      return client;
    },
    /** In the log of the lost one, which another tab has taken. */
    tabIsTold: (text: string) => {
      say(log, 1, text);
      return client;
    },
    forgets: (after: number) => {
      contents.lost(SESSION_ID, after);
      return client;
    },
    loses: () => {
      hears('gateway.sessionLost', {});
      return client;
    },
    closes: (finished = true) => {
      checks.closed({ finished } as CloseResult);
      return client;
    },
    get violations() {
      return toldIn(report);
    },
  };
  return client;
}

describe('a client that is told events between finals', () => {
  it('hears each in its place', () => {
    const client = told('a', 'b').hears('a').final(300).interim(300).hears('b', 300).closes();

    expect(client.violations).toEqual([]);
  });

  it('may miss, or have heard, what the store has lost', () => {
    expect(told('a', 'b').hears('a').forgets(1).closes().violations).toEqual([]);
    expect(told('a', 'b').forgets(1).hears('a').hears('b').closes().violations).toEqual([]);
  });

  it('may miss what a session had to say that is lost', () => {
    const client = told('a', 'b').hears('a').loses();

    expect(client.closes().violations).toEqual([]);
    expect(told('a').loses().isTold('b').hears('b').closes().violations).toEqual([]);
    expect(told().loses().tabIsTold('a').closes().violations).toEqual([]);
  });

  it('may miss what there was no time for', () => {
    expect(told('a', 'b').hears('a').closes(false).violations).toEqual([]);
  });

  it.each([
    ['one comes again', told('a').hears('a').hears('a')],
    ['one comes that is in no log', told('a').hears('b')],
    ['one is passed over', told('a', 'b').hears('b')],
    ['one never comes', told('a', 'b').hears('a').closes()],
    ['none ever comes', told('a').closes()],
    [
      'none comes of the session after a lost one',
      told('a').hears('a').loses().isTold('b').closes(),
    ],
    ['one comes before the final that it follows', told('a').hears('a', 300)],
    ['one comes behind its final', told('a').final(300).hears('a')],
    ['an interim comes behind its final', told('a').final(300).interim(0)],
    ['one is in the log twice', told('a', 'a')],
  ])('I5: it is wrong where %s', (_, client) => {
    expect(client.violations).toEqual(['I5']);
  });
});
