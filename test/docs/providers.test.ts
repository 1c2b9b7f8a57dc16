/** docs/providers.md names every option, variable and stand-in that there is; the README has the short form of its tables. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { VENDORS, WHISPER } from '../../src/cli/access.ts';
import { PROVIDERS, VOICE } from '../../src/cli/providers.ts';
import { STAND_INS } from '../../src/cli/stand-ins.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const document = read('docs/providers.md');

/** The names of an interface's members. */
function membersOf(path: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(read(path)) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

/** What stands between the marks that `npm run providers-table` writes between. */
function tableIn(text: string, name: string): readonly string[] {
  const [, table = ''] =
    new RegExp(`<!-- ${name}: begin -->\\n([\\s\\S]*?)<!-- ${name}: end -->`).exec(text) ?? [];
  return table.trim().split('\n').slice(2);
}

describe('docs/providers.md', () => {
  it.each([
    ['openai-realtime/openai-realtime.ts', 'OpenAiRealtimeOptions', ['wallClock']],
    ['openai-realtime/session-config.ts', 'SessionWishes', []],
    ['gemini-live/options.ts', 'GeminiLiveOptions', []],
    ['gemini-llm/gemini-llm.ts', 'GeminiLlmOptions', []],
    ['deepgram-listen/deepgram-listen.ts', 'DeepgramListenOptions', []],
    ['deepgram-flux/options.ts', 'DeepgramFluxOptions', []],
    ['deepgram-speak/options.ts', 'DeepgramSpeakHttpOptions', []],
    ['gateway/gateway.ts', 'GatewayProviderOptions', []],
    ['whisper/settings.ts', 'WhisperOptions', ['random']],
  ])('names the options in %s', (path, name, forTests) => {
    const members = membersOf(`src/providers/${path}`, name);

    expect(members.length).toBeGreaterThan(5);
    const missing = members.filter(
      (member) => !forTests.includes(member) && !document.includes(`\`${member}\``),
    );
    expect(missing.filter((member) => !document.includes(`\`${member}:`))).toEqual([]);
  });

  it('names every provider, stand-in and variable of the command line', () => {
    const names = [...PROVIDERS.map(({ name }) => name), VOICE];
    const variables = [...Object.values(VENDORS), WHISPER].flatMap((vendor) => [
      vendor.keyVariable,
      vendor.urlVariable,
    ]);

    const all = [...names, ...variables].map((name) => `\`${name}\``);
    const standIns = STAND_INS.map((name) => `\`tenuto simulators ${name}\``);
    expect([...all, ...standIns].filter((name) => !document.includes(name))).toEqual([]);
  });

  it.each([
    ['conversations', 4],
    ['listening', 3],
    ['speaking', 2],
    ['agent', 3],
  ])('has the measured table of %s', (name, least) => {
    expect(tableIn(document, name).length).toBeGreaterThanOrEqual(least);
  });
});

describe('README.md', () => {
  it('has a row for each service, and nothing that is lost or told twice', () => {
    const rows = tableIn(read('README.md'), 'providers');

    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.filter((row) => !/\| 0 (ms|texts)(, 0 answers)? \| 0 \|$/.test(row))).toEqual([]);
  });

  it('is shorter than 150 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThan(150);
  });
});
