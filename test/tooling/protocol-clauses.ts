/** Which clauses of PROTOCOL.md a source of tests cites: by their number in a test's title, or in the comment right before it. */
import ts from 'typescript';

const CLAUSE = /\bP\d+\.\d+\b/g;
const TESTS = new Set(['it', 'test']);

export interface Cited {
  /** Of tests. */
  readonly byTests: readonly string[];
  /** Everywhere, also where nothing is shown of them. */
  readonly mentioned: readonly string[];
}

/** The numbers of a document's clauses, in its order. */
export function clausesIn(document: string): readonly string[] {
  return [...document.matchAll(/^- \*\*(P\d+\.\d+)\*\*/gm)].map(([, number = '']) => number);
}

export function citedIn(source: string): Cited {
  const mentioned = source.match(CLAUSE) ?? [];
  if (mentioned.length === 0) return { byTests: [], mentioned };
  const file = ts.createSourceFile('x.test.ts', source, ts.ScriptTarget.Latest, true);
  const byTests: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) {
      const { expression: callee, arguments: given } = node.expression;
      const [title] = given;
      if (TESTS.has(rootOf(callee)) && title !== undefined) {
        const comments = ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [];
        const texts = comments.map(({ pos, end }) => source.slice(pos, end));
        byTests.push(...([...texts, title.getText(file)].join(' ').match(CLAUSE) ?? []));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { byTests, mentioned };
}

/** `it` of `it`, `it.each([...])` and `it.skipIf(...)`. */
function rootOf(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  const isLink = ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee);
  return isLink ? rootOf(callee.expression) : '';
}
