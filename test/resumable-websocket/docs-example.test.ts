/** The example of docs/resumable-websocket.md runs as it stands there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';

type Example = (
  start: typeof startGateway,
  store: typeof createMemoryStore,
) => Promise<GatewayServer>;

function example(): Example {
  const text = readFileSync(new URL('../../docs/resumable-websocket.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n(import \{ createMemoryStore[^`]*`[^`]*`[^`]*)```/.exec(text) ?? [];
  const untyped = code.replace(/^import .*$/gm, '').replace('counting: App', 'counting');
  const body = untyped.replace('const server =', 'return');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the document's own words, from this repository
  const make = new Function(
    'startGateway',
    'createMemoryStore',
    `return (async () => {${body}})();`,
  );
  return (...given) => Promise.resolve(make(...given) as Promise<GatewayServer>);
}

describe('the example of an app', () => {
  it('numbers the messages of a client', async () => {
    const server = await example()(startGateway, createMemoryStore);
    const socket = new ResumableWebSocket(server.url, []);
    const answers: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      socket.onopen = () => {
        socket.send('one');
        socket.send('two');
      };
      socket.onmessage = ({ data }) => {
        if (answers.push(data) === 2) resolve();
      };
    });

    await both;
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.close();
    await closed;
    await server.close();

    expect(answers).toEqual(['1: one', '2: two']);
  });
});
