/** Every piece of code in docs/testing.md that begins with a file's name compiles, and its tests pass. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.tmp', `examples-${process.pid}`);

/** As package.json has them, but from the sources. */
const ENTRIES: readonly (readonly [specifier: string, source: string])[] = [
  ['tenuto/testing', 'src/testing.ts'],
  ['tenuto/providers', 'src/providers/index.ts'],
  ['tenuto/node', 'src/node.ts'],
  ['tenuto', 'src/index.ts'],
];

interface Example {
  readonly file: string;
  readonly code: string;
}

function examplesIn(document: string): readonly Example[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, file = '', code = '']) => ({ file, code }),
  );
}

function fromSources(code: string): string {
  return ENTRIES.reduce(
    (mapped, [specifier, source]) =>
      mapped.replaceAll(`'${specifier}'`, `'${join(root, source).replaceAll('\\', '/')}'`),
    code,
  );
}

const examples = examplesIn('docs/testing.md');

mkdirSync(folder, { recursive: true });
for (const { file, code } of examples) writeFileSync(join(folder, file), fromSources(code));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const { file } of examples.filter(({ file: name }) => name.endsWith('.test.ts'))) {
  describe(`the example ${file}`, async () => {
    await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
  });
}

describe('the examples', () => {
  it('are those that the document tells of', () => {
    expect(examples.map(({ file }) => file)).toEqual([
      'my-speech.ts',
      'my-speech.test.ts',
      'my-posts.ts',
      'my-posts.test.ts',
      'my-store.test.ts',
      'app.test.ts',
      'door.ts',
      'door.test.ts',
      'handmade-door.test.ts',
      'lamp.test.ts',
      'call.test.ts',
    ]);
  });

  it('compile where a user is strict', { timeout: 60_000 }, () => {
    const files = examples.map(({ file }) => join(folder, file));
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
    });

    // The sources that they import are checked by `npm run typecheck`.
    const complaints = files
      .map((file) => program.getSourceFile(file))
      .flatMap((file) => [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ])
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

    expect(complaints).toEqual([]);
  });
});
