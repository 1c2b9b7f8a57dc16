// Makes dist/slim/ of dist/: what pages import, without the descriptions of the charts' states. They are for pictures and live pages,
// and every tool, Node and development read them in dist/ itself: package.json's exports say who gets which. And with a detector of
// speech that any bundler can bundle.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import ts from 'typescript';

import { withFvadForPages } from './fvad-for-pages.mjs';

/** @param entries of package.json's exports that have a slim twin, such as `./dist/slim/src/browser.js`. */
export function makeSlim(dist, entries) {
  const files = new Set(entries.map((entry) => entry.replace('./dist/slim/', '')));
  for (const file of files) {
    const text = readFileSync(join(dist, file), 'utf8');
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const name of importsOf(tree)) {
      if (name.startsWith('.')) files.add(relative(dist, resolve(dist, dirname(file), name)));
    }
    const slim = join(dist, 'slim', file);
    mkdirSync(dirname(slim), { recursive: true });
    writeFileSync(slim, slimText(file, tree, slim));
  }
}

function slimText(file, tree, slim) {
  if (file.startsWith('machines')) return withoutDescriptions(tree);
  if (file.endsWith('/whisper/packages.js')) return withFvadForPages(tree.text, slim);
  return tree.text;
}

/** Those that have a slim twin, of all that package.json exports, or gives React Native in the place of another. */
export function slimEntries({ exports, 'react-native': instead = {} }) {
  const entries = [
    ...Object.values(exports).map((each) => each.default),
    ...Object.values(instead),
  ];
  return entries.filter((entry) => entry?.startsWith('./dist/slim/'));
}

function importsOf(tree) {
  const names = [];
  const visit = (node) => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    const name = isImport
      ? node.moduleSpecifier
      : ts.isCallExpression(node)
        ? calledOf(node)
        : null;
    if (name && ts.isStringLiteral(name)) names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

/** What an `import()` names. */
function calledOf({ expression, arguments: [name] }) {
  return expression.kind === ts.SyntaxKind.ImportKeyword ? name : null;
}

function withoutDescriptions(tree) {
  const { text } = tree;
  let kept = '';
  let at = 0;
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && (isDescription(node) || isTypes(node))) {
      kept += text.slice(at, node.getStart());
      at = text[node.end] === ',' ? node.end + 1 : node.end;
    } else ts.forEachChild(node, visit);
  };
  visit(tree);
  return kept + text.slice(at);
}

function isDescription({ name, initializer }) {
  return name.getText() === 'description' && ts.isStringLiteralLike(initializer);
}

/** `setup({ types })`, of which the compiler alone reads anything: every member is `{}`. */
function isTypes({ name, parent: { parent: call } }) {
  return (
    name.getText() === 'types' && ts.isCallExpression(call) && call.expression.getText() === 'setup'
  );
}

const [, , built] = process.argv;
const manifest = new URL('../package.json', import.meta.url);
makeSlim(built, slimEntries(JSON.parse(readFileSync(manifest, 'utf8'))));
