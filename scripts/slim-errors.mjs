// What pages get of the errors of their own calls: the message, and in the place of what to do the address of docs/errors.md. So React
// does with its own in production. Node and development say it in full; and what a page may show to its user, which is how services and
// devices fail, is said in full everywhere.
import ts from 'typescript';

const FOLDERS = /^src\/(ports|session|providers|resumable-websocket)\//;

const CODES = /^'(AUDIO_CHUNK_INVALID|AUDIO_FORMAT_UNSUPPORTED|CONNECT_ABORTED|SESSION_CLOSED)'$/;

const SAID = 'this.remediation = options.remediation;';
const REFERRED =
  'this.remediation = options.remediation ?? `See docs/errors.md#${options.code.toLowerCase()} of tenuto.`;';

/** @returns the module's text without what it says is to be done about such errors. */
export function withoutRemedies(file, tree) {
  const { text } = tree;
  if (file === 'src/ports/errors.js') return referring(text);
  if (!FOLDERS.test(file)) return text;
  let kept = '';
  let at = 0;
  const cut = (from, to) => {
    kept += text.slice(at, from);
    at = to;
  };
  const visit = (node) => {
    if (isRemedy(node)) cut(node.getStart(), text[node.end] === ',' ? node.end + 1 : node.end);
    else if (isRefusal(node)) {
      const [message, remedy] = node.arguments;
      visit(message);
      cut(message.end, remedy.end);
    } else ts.forEachChild(node, visit);
  };
  visit(tree);
  return kept + text.slice(at);
}

function referring(text) {
  if (!text.includes(SAID)) throw new Error(`src/ports/errors.ts does not say "${SAID}" any more.`);
  return text.replace(SAID, REFERRED);
}

/** In what a TenutoError with one of the codes is made of. */
function isRemedy(node) {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'remediation') return false;
  return node.parent.properties.some(
    ({ name, initializer }) => name?.getText() === 'code' && CODES.test(initializer?.getText()),
  );
}

/** `invalid(message, remediation)` */
function isRefusal(node) {
  return (
    ts.isCallExpression(node) &&
    node.expression.getText() === 'invalid' &&
    node.arguments.length === 2
  );
}
