// The report, for people: a table of goals, then what each peer did in the faults.
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import process from 'node:process';

import { median } from './analysis.mjs';
import { groups } from './rows.mjs';

const PACKAGES = ['ws', 'reconnecting-websocket', 'partysocket', 'socket.io', 'bufferutil'];

export function machineFacts() {
  const versions = PACKAGES.map((name) => {
    const url = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(readFileSync(url, 'utf8')).version}`;
  });
  const [cpu] = cpus();
  return {
    node: process.version,
    cores: cpus().length,
    cpu: cpu?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    versions,
  };
}

export function markdownOf({ rows, faults, machine, seed, isQuick }) {
  return `# The link, beside bare ws and its peers

Written by \`npm run bench:link\`${isQuick ? ' `-- --quick`' : ''}; do not edit. All figures of a row are of one run: who is compared took turns, or ran at
the same time. Figures are \`median [least–most]\` of the repetitions; ratios are to bare \`ws\` of the same round.
Seed ${seed}. Node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, loopback;
${machine.versions.join(', ')}.

\`tenuto\` has its defaults. \`tuned\`, as of the others, is what its options allow: it dials at once after a loss, and again
each tenth of a second; \`spread\` comes back over two seconds. A way of 25 ms lies between client and
server in the faults (150 ms in \`midframe\`); the goals come from the floor that a prototype without authentication, log
or checksum had, and from what each peer did.

${table(rows)}
${missedOf(rows)}
${faultsTable(faults)}
Brokers (MQTT, NATS) are no part of this run: they come with servers of their own. Measured once with the same faults: MQTT
with QoS 1 doubles 1 to 9 chunks for each cut and loses hundreds when a link flaps; JetStream loses none and delivers up to
823 out of order; NATS core, flat out, takes 0.55 of the CPU of bare ws and promises nothing.
`;
}

function table(rows) {
  const lines = rows.map(
    ({ goal, what, measured, bar, isMet, best }) =>
      `| ${goal} | ${what} | ${measured} | ${bar} | ${isMet ? 'met' : '**missed**'} | ${best} |`,
  );
  return ['| goal | what | measured | bar | | best peer |', '|---|---|---|---|---|---|', ...lines, ''].join('\n'); // prettier-ignore
}

function missedOf(rows) {
  const missed = rows.filter(({ isMet }) => !isMet);
  if (missed.length === 0) return '';
  const notes = new Map();
  for (const { goal, what, measured, bar, why } of missed) {
    const key = `${goal}: ${why ?? 'see the table'}`;
    notes.set(key, [...(notes.get(key) ?? []), `${what} ${measured}, not ${bar}`]);
  }
  const lines = [...notes].map(([why, list]) => `- **${why}.** ${list.join('; ')}.`);
  return ['## What is missed, and why', '', ...lines, ''].join('\n');
}

/** Chunks that did not arrive, `+` doubled, `~` out of order: up / down, the sum over all rounds. */
function faultsTable(results) {
  if (results.length === 0) return '';
  const parts = [];
  for (const [profile, its] of groups(results, (one) => one.profile)) {
    const faults = [...new Set(its.map(({ fault }) => fault))];
    const lines = [...groups(its, ({ peer }) => peer)].map(([peer, of]) => {
      const cells = faults.map((fault) => cellOf(of.filter((one) => one.fault === fault)));
      return `| ${peer} | ${cells.join(' | ')} |`;
    });
    parts.push(
      `## Faults, ${profile}: chunks missing up / down (+ doubled, ~ out of order), then ms until it flowed again up / down`,
      '',
      `| peer | ${faults.join(' | ')} |`,
      `|---|${faults.map(() => '---|').join('')}`,
      ...lines,
      '',
    );
  }
  return parts.join('\n');
}

function cellOf(results) {
  if (results.length === 0) return '';
  const one = (direction) => {
    const its = results.map((result) => result[direction]);
    const sum = (field) => its.reduce((all, each) => all + each[field], 0);
    const missing = sum('lost') + sum('tail');
    const doubled = sum('doubled') > 0 ? `+${sum('doubled')}` : '';
    const disordered = sum('disordered') > 0 ? `~${sum('disordered')}` : '';
    return `${missing}${doubled}${disordered}`;
  };
  const flowing = (direction) => {
    const ms = median(results.map((result) => result[direction].flowingMs));
    return Number.isFinite(ms) ? ms.toFixed(0) : 'never';
  };
  const isFault = results[0].fault !== 'none';
  return `${one('up')} / ${one('down')}${isFault ? `; ${flowing('up')} / ${flowing('down')}` : ''}`;
}
