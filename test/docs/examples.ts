/** The pieces of code in a document that begin with a file's name: written out, to be run, and compiled as a user would. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As package.json has them, but from the sources. */
const ENTRIES: readonly (readonly [specifier: string, source: string])[] = [
  ['tenuto/testing', 'src/testing.ts'],
  ['tenuto/simulators', 'src/simulators.ts'],
  ['tenuto/providers', 'src/providers/index.ts'],
  ['tenuto/gateway', 'src/gateway.ts'],
  ['tenuto/node', 'src/node.ts'],
  ['tenuto/browser', 'src/browser.ts'],
  ['tenuto/react-native', 'src/react-native.ts'],
  ['tenuto/react', 'src/react.ts'],
  ['tenuto/rxjs', 'src/rxjs.ts'],
  ['tenuto', 'src/index.ts'],
];

export class Examples {
  readonly files: readonly string[];
  readonly #folder: string;

  /**
   * @param document such as `docs/testing.md`.
   * @param others files that its examples import and that it leaves to its reader.
   */
  constructor(document: string, others: Readonly<Record<string, string>> = {}) {
    this.#folder = join(root, '.tmp', `examples-${document.replaceAll(/\W/g, '-')}-${process.pid}`);
    mkdirSync(this.#folder, { recursive: true });
    const examples = examplesIn(document);
    this.files = examples.map(({ file }) => file);
    for (const [file, code] of [
      ...examples.map((each) => [each.file, each.code] as const),
      ...Object.entries(others),
    ]) {
      writeFileSync(this.#pathOf(file), fromSources(code));
    }
  }

  /** Where the tests in it are collected. */
  async run(file: string): Promise<void> {
    await this.load(file);
  }

  /** @returns what it exports. */
  load(file: string): Promise<unknown> {
    return import(/* @vite-ignore */ pathToFileURL(this.#pathOf(file)).href);
  }

  /** What a strict compiler says. The sources that they import are checked by `npm run typecheck`. */
  complaints(): readonly string[] {
    const paths = this.files.map((file) => this.#pathOf(file));
    const program = ts.createProgram(paths, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
    });
    return paths
      .map((path) => program.getSourceFile(path))
      .flatMap((file) => [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ])
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #pathOf(file: string): string {
    return join(this.#folder, file);
  }
}

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
      mapped.replaceAll(
        `from '${specifier}'`,
        `from '${join(root, source).replaceAll('\\', '/')}'`,
      ),
    code,
  );
}
