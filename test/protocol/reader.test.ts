/** PROTOCOL.md suffices: a client that was written by its words alone keeps its part of every conversation, and a wrong one is found out. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { Conversation } from './conversations/steps.ts';
import { ReaderClient } from './reader/client.ts';
import { Player } from './reader/player.ts';
import type { World } from './reader/world.ts';
import recorded from '../../src/protocol/vectors/conversations.json' with { type: 'json' };
import { projectRoot } from '../tooling/planted-tree.ts';

const conversations = recorded as unknown as readonly Conversation[];
/** Those of it that play the others. */
const PLAYERS = ['player.ts', 'expectations.ts'];

/** Plays it with a client that is not as it should be. */
function playedBy(
  name: string,
  spoil: (client: ReaderClient, world: World) => void,
  mayMoveTo?: readonly string[],
): () => void {
  const conversation = conversations.find((each) => each.name === name);
  if (conversation === undefined) throw new Error(`no conversation ${name}`);
  const make = (world: World, { client: settings }: Conversation): ReaderClient => {
    const client = new ReaderClient(world, {
      ...settings,
      mayMoveTo: mayMoveTo ?? settings.mayMoveTo,
    });
    spoil(client, world);
    return client;
  };
  return () => new Player(conversation, make).run();
}

describe('a client that was written by the words of PROTOCOL.md alone', () => {
  it('P1.1: has nothing of the product in it', () => {
    const folder = join(projectRoot, 'test/protocol/reader');
    const files = readdirSync(folder).filter((name) => !PLAYERS.includes(name));
    const imported = files.flatMap((name) => [
      ...readFileSync(join(folder, name), 'utf8').matchAll(/^import (type )?.* from '(.*)'/gm),
    ]);

    const others = imported.filter(([, , from = '']) => !from.startsWith('./'));
    expect(
      others.filter(([line]) => !/^import type .*'\.\.\/conversations\/steps/.test(line)),
    ).toEqual([]);
    expect(imported.length).toBeGreaterThan(10);
  });

  // P25.1, P25.2, P25.3, P25.4: what it keeps, its states, what it must do and what it tells
  it.each(conversations)('keeps its part of: $name', (conversation) => {
    expect(() => new Player(conversation).run()).not.toThrow();
  });
});

describe('a client that does not keep to PROTOCOL.md', () => {
  it('P12.8: is found out where it sends again what got through', () => {
    const play = playedBy('a cut, and the session taken up again', ({ ring }) => {
      const after = ring.after.bind(ring);
      ring.after = (up) => after(Math.max(0, up - 1));
    });

    expect(play).toThrow(/and not step \d+/);
  });

  it('P12.8: is found out where it does not send again what the store lost', () => {
    const play = playedBy('a store that has lost its newest records', ({ ring }) => {
      const after = ring.after.bind(ring);
      let most = 0;
      ring.after = (up) => after((most = Math.max(most, up)));
    });

    expect(play).toThrow(/and not step \d+|not done in time/);
  });

  it('P13.4: is found out where it sends beyond its credit', () => {
    const play = playedBy('no credit for a while', (client) => {
      const { welcomed } = client;
      client.welcomed = (attachment, members) =>
        welcomed.call(client, attachment, { ...members, maxSeq: 1_024 });
    });

    expect(play).toThrow(/before its time|too soon/);
  });

  it('P14.1: is found out where it tells twice what came twice', () => {
    const play = playedBy('a frame of the gateway that comes twice', (client, world) => {
      const { event } = client;
      client.event = (said) => {
        event.call(client, said);
        world.tell({ tell: 'final', ...said });
      };
    });

    expect(play).toThrow('its user is told');
  });

  it('P13.3: is found out where it does not acknowledge', () => {
    const play = playedBy('a gateway that sends its clients elsewhere', (_client, world) => {
      const { dial } = world;
      world.dial = (url, ends) => {
        const wire = dial(url, ends);
        const send = (bytes: Uint8Array): void => {
          if (bytes[0] === 0x04) bytes.fill(0, 12, 20); // what a PING acknowledges
          if (bytes[0] !== 0x02) wire.send(bytes);
        };
        return { ...wire, send };
      };
    });

    expect(play).toThrow('does not acknowledge');
  });

  it('P12.10: is found out where a new session goes on with the numbers of the old one', () => {
    const play = playedBy('a gateway that has lost the session', ({ ring }) => {
      ring.renumber = () => undefined;
    });

    expect(play).toThrow(/and not step|it holds/);
  });

  it('P12.12: is found out where it does not learn what got through in another life', () => {
    const play = playedBy('a client that died, and comes back with its spool', ({ ring }) => {
      ring.learn = () => undefined;
    });

    expect(play).toThrow(/and not step|it holds|before its time/);
  });

  it('P12.10: is found out where another log is the old one to it', () => {
    const play = playedBy('a log in the place of another', (client) => {
      const { welcomed } = client;
      let lin: unknown = null;
      client.welcomed = (attachment, members) =>
        welcomed.call(client, attachment, { ...members, lin: (lin ??= members['lin']) });
    });

    expect(play).toThrow('it holds');
  });

  it('P25.4: is found out where it does not tell that its session was lost twice', () => {
    const play = playedBy('a session that is lost twice', (_client, world) => {
      const { tell } = world;
      world.tell = (told) => {
        if ((told as { readonly tell: string }).tell !== 'warning') tell(told);
      };
    });

    expect(play).toThrow('its user is told');
  });

  it('P16.1: is found out where it does not go where a gateway that ends sends it', () => {
    const play = playedBy('a gateway that ends while its client is away', (client) => {
      const { refused } = client;
      client.refused = (attachment, members) =>
        refused.call(client, attachment, { ...members, to: undefined });
    });

    expect(play).toThrow(/dials .*, and not step/);
  });

  it('P11.2: is found out where it goes to an address that it was not told to trust', () => {
    const name = 'a gateway that ends while its client is away';
    const play = playedBy(name, () => undefined, ['wss://not-trusted.example']);

    expect(play).toThrow(/dials wss:\/\/not-trusted.*, and not step/);
  });

  it('P16.1: is found out where it waits for another attachment that it has not', () => {
    const play = playedBy('closed with 4409 in the midst', (client) => {
      const { ended } = client;
      client.ended = (attachment, code) => {
        if (code !== 4409) ended.call(client, attachment, code);
      };
    });

    expect(play).toThrow('not done in time');
  });

  it('P16.4: is found out where it does not wait', () => {
    const play = playedBy('closed with 4421 in the midst', (client) => {
      const { ended } = client;
      client.ended = (attachment, code) =>
        ended.call(client, attachment, code === 4421 ? 4408 : code);
    });

    expect(play).toThrow('too soon');
  });

  it('P16.1: is found out where it does not come back', () => {
    const play = playedBy('closed with 4408 in the midst', (client) => {
      client.ended = () => undefined;
    });

    expect(play).toThrow('not done in time');
  });
});
