/** docs/testing.md has a row for everything that `modelTests` and a service's script can be told. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The names of an interface's members. */
function membersOf(path: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(
    read(path),
  ) ?? [''];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = '']) => member);
}

const rows = [...read('docs/testing.md').matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell);

/** `stateOf(world)`, `clockOf(world)` share a row. */
const told = rows.flatMap((cell = '') => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));

describe('docs/testing.md', () => {
  it.each([
    ['ModelTestsOptions', 'src/testing/model/model-options.ts', 9],
    ['PathOptions', 'src/testing/model/paths.ts', 6],
    ['ServiceFacts', 'src/testing/conformance/service-facts.ts', 8],
    ['ServiceScript', 'src/testing/conformance/provider-server.ts', 6],
    ['SpeechScript', 'src/testing/conformance/provider-server.ts', 7],
    ['RequestScript', 'src/testing/conformance/request-script.ts', 6],
    ['HearingByRequest', 'src/testing/conformance/request-script.ts', 3],
    ['SpeakingByRequest', 'src/testing/conformance/request-script.ts', 3],
    ['LanguageModelScript', 'src/testing/conformance/language-model-conformance.ts', 5],
  ])('has a row for each member of %s', (name, path, least) => {
    const members = membersOf(path, name);

    expect(members.length).toBeGreaterThanOrEqual(least);
    expect(members.filter((member) => !told.includes(member))).toEqual([]);
  });
});
