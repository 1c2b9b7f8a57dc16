// Tables in documents, each between its markers: written, or with --check compared with what stands there.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * @param documents pairs of a document's name and its tables, each a list of rows, by their names.
 * @param command what writes them, for whoever is told that they differ.
 */
export function writeTables(documents, command) {
  for (const [name, tables] of documents) {
    const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
    const before = readFileSync(path, 'utf8');
    const after = Object.entries(tables).reduce(
      (text, [table, rows]) => withTable(text, name, table, tableOf(rows)),
      before,
    );
    if (after === before) process.stdout.write(`${name} is what was measured\n`);
    else if (process.argv.includes('--check')) tellDifference(name, before, after, command);
    else {
      writeFileSync(path, after);
      process.stdout.write(`${name} written\n`);
    }
  }
}

function tableOf(rows) {
  const head = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) => line(head.map((name) => String(row[name]))));
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body].join('\n');
}

function withTable(text, name, table, written) {
  const [begin, end] = [`<!-- ${table}: begin -->`, `<!-- ${table}: end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${name} lacks the markers of "${table}".`);
  return `${text.slice(0, from + begin.length)}\n\n${written}\n\n${text.slice(to)}`;
}

function tellDifference(name, before, after, command) {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  for (const line of old) if (!fresh.includes(line)) process.stderr.write(`- ${line}\n`);
  for (const line of fresh) if (!old.includes(line)) process.stderr.write(`+ ${line}\n`);
  process.stderr.write(`${name} differs from what was measured: npm run ${command}\n`);
  process.exitCode = 1;
}
