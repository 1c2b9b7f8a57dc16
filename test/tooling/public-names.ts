/** Finds the types that a public signature speaks of and that nobody can import. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/**
 * Reads the declarations behind entries (`.d.ts` files in `folder`), and returns each type that is missing with the public
 * names that lead to it. A type that its own file keeps to itself is read through: what it is made of has to be public.
 */
export function unnamedTypes(
  entries: readonly string[],
  folder: string,
): Readonly<Record<string, string>> {
  const program = ts.createProgram(entries, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const checker = program.getTypeChecker();
  const real = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exportsOf = (file: ts.SourceFile | undefined): readonly ts.Symbol[] => {
    const module = file && checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module).map(real) : [];
  };
  const isOurs = (symbol: ts.Symbol) =>
    (symbol.flags & ts.SymbolFlags.TypeParameter) === 0 &&
    declaredIn(symbol)?.fileName.startsWith(folder) === true;

  const named = new Set(entries.flatMap((entry) => exportsOf(program.getSourceFile(entry))));
  const found = new Map<ts.Symbol, Set<string>>();
  for (const start of named) {
    const seen = new Set([start]);
    for (const symbol of seen) {
      for (const name of typeNamesIn(symbol)) {
        const alias = checker.getSymbolAtLocation(name);
        const type = alias && real(alias);
        if (!type || named.has(type) || !isOurs(type)) continue;
        seen.add(type);
        if (!exportsOf(declaredIn(type)).includes(type)) continue;
        found.set(type, (found.get(type) ?? new Set()).add(start.name));
      }
    }
  }
  return Object.fromEntries(
    [...found].map(([{ name }, signatures]) => [name, [...signatures].sort().join(', ')]),
  );
}

/** Those of package.json's entries. */
export function publicDeclarations(project: string): readonly string[] {
  const manifest = readFileSync(join(project, 'package.json'), 'utf8');
  const { exports } = JSON.parse(manifest) as { exports: Record<string, { types?: string }> };
  return Object.values(exports).flatMap(({ types }) =>
    types === undefined ? [] : [join(project, types)],
  );
}

function declaredIn(symbol: ts.Symbol): ts.SourceFile | undefined {
  return symbol.declarations?.[0]?.getSourceFile();
}

function typeNamesIn(symbol: ts.Symbol): readonly ts.Node[] {
  const names: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) names.push(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) names.push(node.expression);
    if (ts.isImportTypeNode(node) && node.qualifier) names.push(node.qualifier);
    ts.forEachChild(node, visit);
  };
  symbol.declarations?.forEach(visit);
  return names;
}
