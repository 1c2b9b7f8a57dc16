/** What a user finds in the package: every document's links lead somewhere in it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';

interface Link {
  readonly from: string;
  readonly to: string;
}

function packedFiles(): readonly string[] {
  // One command line for the shell, which Windows needs for npm.
  const { stdout, stderr } = spawnSync('npm pack --dry-run --json --ignore-scripts', {
    cwd: projectRoot,
    encoding: 'utf8',
    shell: true,
  });
  if (stdout === '') throw new Error(stderr);
  const [packed] = JSON.parse(stdout) as readonly { files: readonly { path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}

function linksIn(document: string, text: string): readonly Link[] {
  const links = text.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g);
  return [...links]
    .map(([, written, inHtml]) => ({ from: document, to: written ?? inHtml ?? '' }))
    .filter(({ to }) => !to.startsWith('https:'));
}

/** Links to files that are not among these, or to headings that their file does not have. */
function brokenLinks(files: readonly string[], read: (path: string) => string): readonly Link[] {
  const links = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => linksIn(path, read(path)));
  return links.filter(({ from, to }) => {
    const [path = '', heading = ''] = to.split('#');
    const target = path === '' ? from : posix.join(dirname(from), path);
    if (!files.includes(target)) return true;
    return heading !== '' && !headingsIn(read(target)).includes(heading);
  });
}

/** As GitHub and npm make anchors of them. */
function headingsIn(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('the package', () => {
  it('brings the documents, pictures and recordings that its README tells of', () => {
    const files = packedFiles();

    const broken = brokenLinks(files, (path) => readFileSync(join(projectRoot, path), 'utf8'));

    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'CONTRIBUTING.md',
        'docs/failover.md',
        'machines/README.md',
        'visualizations/charts/connection.svg',
        'test/fixtures/speech/minute.wav',
      ]),
    );
    expect(broken).toEqual([]);
  });

  it('is not what a link leads to where the file or the heading is missing', () => {
    const documents: Readonly<Record<string, string>> = {
      'README.md': '[a](docs/a.md) [gone](docs/gone.md) [site](https://example.org)\n# One two\n',
      'docs/a.md': '[up](../README.md#one-two) [down](../README.md#three) <img src="b.svg">\n',
    };

    const broken = brokenLinks(Object.keys(documents), (path) => documents[path] ?? '');

    expect(broken).toEqual([
      { from: 'README.md', to: 'docs/gone.md' },
      { from: 'docs/a.md', to: '../README.md#three' },
      { from: 'docs/a.md', to: 'b.svg' },
    ]);
  });
});
