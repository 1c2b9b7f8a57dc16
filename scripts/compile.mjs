// Compiles machines/ and src/ into a folder, and says how far it is. By a process of its own: whoever only asks whether dist/ is stale
// need not load a compiler.
//
// `node scripts/compile.mjs FOLDER` checks types and writes declarations; with --to-run only the modules, three times as fast and the same.
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns whether it could. */
function compile(outDir, isToRun) {
  const options = isToRun ? { outDir, noCheck: true, declaration: false } : { outDir };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.build.json'), options, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (each) => tell([each]),
  });
  if (config === undefined) return false;
  const { fileNames, options: all } = config;
  const own = new Set(fileNames);
  const host = ts.createCompilerHost(all);
  const read = stepOf('read', own.size);
  const program = ts.createProgram({
    rootNames: fileNames,
    options: all,
    host: {
      ...host,
      getSourceFile: (name, ...rest) => {
        if (own.has(name)) read();
        return host.getSourceFile(name, ...rest);
      },
    },
  });
  const sources = program.getSourceFiles().filter(({ fileName }) => own.has(fileName));
  const found = [
    ...config.errors,
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
  ];
  if (!isToRun) {
    found.push(...program.getGlobalDiagnostics());
    const checked = stepOf('checked', sources.length);
    for (const source of sources) {
      found.push(...program.getSemanticDiagnostics(source));
      checked();
    }
  }
  const written = stepOf('written', sources.length);
  for (const source of sources) {
    found.push(...program.emit(source).diagnostics);
    written();
  }
  tell(ts.sortAndDeduplicateDiagnostics(found));
  return found.length === 0;
}

const TOLD_EVERY = 50;

/** A step over each of so many files: a line that grows on a terminal, one line in a log. */
function stepOf(what, total) {
  const { isTTY } = process.stderr;
  let count = 0;
  const say = () => {
    const line = `building: ${what} ${isTTY ? `${String(count)} of ` : ''}${String(total)} files`;
    process.stderr.write(isTTY ? `\r${line}` : `${line}\n`);
  };
  return () => {
    count += 1;
    const isLast = count === total;
    if (isLast || (isTTY && count % TOLD_EVERY === 0)) say();
    if (isLast && isTTY) process.stderr.write('\n');
  };
}

function tell(diagnostics) {
  if (diagnostics.length === 0) return;
  process.stderr.write(
    ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  );
}

const [, , outDir, how] = process.argv;
if (!compile(outDir, how === '--to-run')) process.exitCode = 1;
