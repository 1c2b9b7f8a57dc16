/** docs/gateway.md has what the gateway has, and what it shows runs. `npx vitest run test/docs -u` writes its tables. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

import { checkConfig } from '../../src/cli/serve/config-file.ts';
import { createJwtVerifier } from '../../src/gateway/auth/jwt-verifier.node.ts';
import { METRICS } from '../../src/gateway/http/metrics.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import type { Session } from '../../src/session/session.ts';
import { NotingApp } from '../gateway/gateway-world.ts';
import { Examples } from './examples.ts';

const path = fileURLToPath(new URL('../../docs/gateway.md', import.meta.url));
const document = readFileSync(path, 'utf8');
const main = ['main', 'serving-commands']
  .map((name) => fileURLToPath(new URL(`../../src/cli/${name}.ts`, import.meta.url)))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const examples = new Examples('docs/gateway.md');
const SECRET = 'a secret of at least thirty-two bytes';

afterAll(() => examples.remove());

function table(): string {
  const rows = METRICS.map((metric) => {
    const label = 'label' in metric ? `\`${metric.label}\`` : '';
    return `| \`${metric.name}\` | ${metric.type} | ${label} | ${metric.help} |`;
  });
  return ['| metric | type | label | |', '|---|---|---|---|', ...rows].join('\n');
}

/** Of a command, as the command line has them. */
function optionsOf(command: string): readonly string[] {
  const [, block = ''] = main.split(`.command('${command}')`);
  const [own = ''] = block.split('.command(');
  return [...own.matchAll(/'(--[a-z-]+)[ ']/g)].map(([, option = '']) => option);
}

describe('docs/gateway.md', () => {
  it('has the metrics as the gateway tells them', async () => {
    const section = /(<!-- metrics: begin -->)[^]*(<!-- metrics: end -->)/;

    expect(document).toMatch(section);
    const whole = document.replace(
      section,
      (_all, begin: string, end: string) => `${begin}\n\n${table()}\n\n${end}`,
    );

    await expect(whole).toMatchFileSnapshot(path);
  });

  it('says of each code that ends a session what it is', () => {
    const [, trouble = ''] = document.split('## When something is wrong');
    const told = [...trouble.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = '']) =>
      codes.split(', ').map(Number),
    );

    const codes: readonly number[] = Object.values(CLOSE).filter((code) => code !== CLOSE.done);
    expect(told).toEqual(codes);
  });

  it('has a configuration that can be taken', () => {
    const [, source = ''] = /```yaml\n([^]+?)```/.exec(document) ?? [];
    const environment = { GATEWAY_SECRET: SECRET, DEEPGRAM_API_KEY: 'key' };

    expect(checkConfig(source, environment).problems).toEqual([]);
  });

  it('has commands whose options there are', () => {
    const commands = [...document.matchAll(/npx tenuto (serve|transcribe)([^\n#`]*)/g)];

    expect(commands.length).toBeGreaterThan(4);
    for (const [whole, name = '', rest = ''] of commands) {
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) {
        expect(optionsOf(name), whole).toContain(option);
      }
    }
  });

  it('names every option of serve', () => {
    const options = optionsOf('serve');

    expect(options.length).toBeGreaterThan(8);
    expect(options.filter((option) => !document.includes(option))).toEqual([]);
  });

  it('lets a client in by the bearer that its example makes, and nobody else’s', async () => {
    const { bearerFor } = (await examples.load('bearer.ts')) as {
      bearerFor(userId: string, secret: string): Promise<string>;
    };
    const { openThrough } = (await examples.load('client.ts')) as {
      openThrough(url: string, token: () => Promise<string>): Session;
    };
    const app = new NotingApp();
    const server = await startGateway({
      store: createMemoryStore(),
      apps: new Map([['speech', app]]),
      verify: createJwtVerifier({ secret: SECRET, audience: 'tenuto' }),
    });
    onTestFinished(() => server.close());
    const session = openThrough(server.url, () => bearerFor('ann', SECRET));
    const other = openThrough(server.url, () => bearerFor('ann', `${SECRET}!`));
    onTestFinished(async () => {
      await session.close({ drainTimeoutMs: 0 });
      await other.close({ drainTimeoutMs: 0 });
    });

    await session.connect();
    const errors: unknown[] = [];
    other.on('error', ({ error }) => errors.push(error));
    const refused = await other.connect().catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'AUTH_REFUSED' });
    expect(app.session).not.toBeNull();
  });

  it('has examples that compile where a user is strict', { timeout: 60_000 }, () => {
    expect(examples.files).toEqual(['bearer.ts', 'client.ts', 'server.ts']);
    expect(examples.complaints()).toEqual([]);
  });
});
