// Writes docs/mutation.md from the reports of StrykerJS: a row for each file, and why each survivor in machines/ may live. Fails where
// one is not explained in docs/mutation-survivors.json, or where an explanation is of no survivor any more.
//
// Usage: node scripts/mutation-report.mjs [REPORT.json ...]; of a file that several reports know, the last one counts. A file that none
// knows keeps its row, so that a few files can be tried again by themselves.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reportFile = join(root, '.tmp/mutation/mutation.json');
const survivorsFile = join(root, 'docs/mutation-survivors.json');
const pageFile = join(root, 'docs/mutation.md');

const COLUMNS = ['Killed', 'Timeout', 'Survived', 'NoCoverage'];
const LIVING = ['Survived', 'NoCoverage'];

function main() {
  const reportFiles = process.argv.length > 2 ? process.argv.slice(2) : [reportFile];
  const files = filesOf(reportFiles.map((file) => JSON.parse(readFileSync(file, 'utf8'))));
  const known = JSON.parse(readFileSync(survivorsFile, 'utf8'));
  const kept = keptRows(files);
  const survivors = files.flatMap(survivorsOf).filter(({ file }) => file.startsWith('machines/'));

  const isKept = ({ file }) => kept.some(({ name }) => name === file);
  const explanations = known.filter((one) => isKept(one) || explains(one, survivors));
  writeFileSync(pageFile, pageOf([...files.map(counted), ...kept], explanations));
  const complaints = [
    ...survivors
      .filter((survivor) => !known.some((one) => isSame(one, survivor)))
      .map((survivor) => `Not explained: ${JSON.stringify({ ...survivor, why: '' })}`),
    ...known
      .filter((one) => files.some(({ name }) => name === one.file))
      .filter((one) => !survivors.some((survivor) => isSame(one, survivor)))
      .map((one) => `Explained, but no survivor: ${JSON.stringify(one)}`),
  ];
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
}

function filesOf(reports) {
  const all = Object.assign({}, ...reports.map((report) => report.files));
  return Object.entries(all)
    .map(([name, { source, mutants }]) => ({ name, source, mutants }))
    .sort(byName);
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}

/** What the page says of files that are still there, and that no report knows. */
function keptRows(files) {
  const rows = readFileSync(pageFile, 'utf8').matchAll(/^\| `(.+)` \|((?: \d+ \|){4})/gm);
  return [...rows]
    .map(([, name, counts]) => ({ name, counts: counts.match(/\d+/g).map(Number) }))
    .filter(({ name }) => existsSync(join(root, name)))
    .filter(({ name }) => !files.some((file) => file.name === name));
}

function survivorsOf({ name, source, mutants }) {
  const lines = source.split('\n');
  return mutants
    .filter(({ status }) => LIVING.includes(status))
    .sort((a, b) => a.location.start.line - b.location.start.line)
    .map(({ location, mutatorName, replacement }) => ({
      file: name,
      line: lines[location.start.line - 1].trim(),
      mutator: mutatorName,
      from: onOneLine(textAt(lines, location)),
      to: onOneLine(replacement),
    }));
}

/** Lines and columns count from 1; the end is not part of it. */
function textAt(lines, { start, end }) {
  const taken = lines.slice(start.line - 1, end.line);
  taken.push(taken.pop().slice(0, end.column - 1));
  return [taken.shift().slice(start.column - 1), ...taken].join('\n');
}

function onOneLine(text) {
  return text.replaceAll(/\s+/g, ' ');
}

function isSame(a, b) {
  return ['file', 'line', 'mutator', 'from', 'to'].every((key) => a[key] === b[key]);
}

function explains(one, survivors) {
  return survivors.some((survivor) => isSame(one, survivor));
}

function counted({ name, mutants }) {
  const counts = COLUMNS.map((column) => mutants.filter(({ status }) => status === column).length);
  return { name, counts };
}

function sumOf(files) {
  return COLUMNS.map((_, at) => files.reduce((sum, { counts }) => sum + counts[at], 0));
}

/** Share of the mutants that a test noticed, in percent. */
function scoreOf([killed, timeout, survived, uncovered]) {
  const all = killed + timeout + survived + uncovered;
  return all === 0 ? '' : ((100 * (killed + timeout)) / all).toFixed(1);
}

function rowOf(name, counts) {
  return `| ${[name, ...counts, scoreOf(counts)].join(' | ')} |`;
}

function pageOf(files, explanations) {
  const inFolder = (folder) => sumOf(files.filter(({ name }) => name.startsWith(folder)));
  return `# Mutation testing

\`npm run mutation\` changes the charts and the data plane in small ways, one at a time, and runs the tests against each change. A
change that no test notices is a survivor. Sentences for people (\`description\`, \`remediation\`) are left alone. This page is
written by \`scripts/mutation-report.mjs\`.

| File | Killed | Timeout | Survived | No coverage | Score, % |
|---|---:|---:|---:|---:|---:|
${files
  .filter(({ counts }) => counts.some((count) => count > 0))
  .sort(byName)
  .map(({ name, counts }) => rowOf(`\`${name}\``, counts))
  .join('\n')}
${rowOf('**machines/**', inFolder('machines/'))}
${rowOf('**src/audio/**', inFolder('src/audio/'))}
${rowOf('**all**', inFolder(''))}
${missingFrom(files)}
## Survivors in machines/

${explanations.length === 0 ? 'None.' : paragraphsOf(explanations)}
`;
}

/** Files in which there is nothing to change, and those of a run that was only a part. */
function missingFrom(files) {
  const missing = ['machines', 'src/audio'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.ts') && !/^wav|^index|\.types\.ts$/.test(name))
      .map((name) => `${folder}/${name}`)
      .filter((name) => !files.some((file) => file.name === name)),
  );
  if (missing.length === 0) return '';
  return `
Nothing was changed in ${missing.map(code).join(', ')}: there are only types, or tables \`as const\`, which Stryker leaves alone.
The tests from the charts take each way in those.
`;
}

/** A paragraph for each reason, with the changes that live for it. */
function paragraphsOf(explanations) {
  const reasons = [...new Set(explanations.map(({ why }) => why))];
  return reasons
    .map((why) =>
      [why, '', ...explanations.filter((one) => one.why === why).map(itemOf)].join('\n'),
    )
    .join('\n\n');
}

function itemOf({ file, line, from, to }) {
  const change = `${code(from)} becomes ${code(to)}`;
  return `- \`${file}\`: ${change}${line === from ? '' : ` in ${code(line)}`}`;
}

function code(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

main();
