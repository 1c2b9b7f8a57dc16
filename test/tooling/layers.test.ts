import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PlantedTree, plantTree, projectRoot } from './planted-tree.ts';

const require = createRequire(import.meta.url);

interface Rules {
  readonly forbidden: readonly { readonly name: string }[];
}

/** For each rule, what breaks it: who imports what. */
const violations: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  'machines-imports': [
    ['machines/a.ts', '../src/ports/a.ts'],
    ['machines/b.ts', 'node:fs'],
    ['machines/c.ts', 'ws'],
  ],
  'ports-imports': [
    ['src/ports/b.ts', '../../machines/x.ts'],
    ['src/ports/c.ts', '../audio/a.ts'],
  ],
  'audio-imports': [
    ['src/audio/b.ts', '../../machines/x.ts'],
    ['src/audio/c.ts', '../session/a.ts'],
  ],
  'protocol-imports': [['src/protocol/b.ts', '../audio/a.ts']],
  'transports-imports': [
    ['src/transports/b.ts', '../protocol/a.ts'],
    ['src/transports/c.ts', '../../machines/x.ts'],
  ],
  'network-imports': [['src/network/b.ts', '../transports/a.ts']],
  'observability-imports': [['src/observability/b.ts', '../session/a.ts']],
  'charts-imports': [['src/charts/b.ts', '../session/a.ts']],
  'session-imports': [
    ['src/session/b.ts', '../transports/a.ts'],
    ['src/session/c.ts', '../providers/whisper.ts'],
    ['src/session/d.ts', '../observability/a.ts'],
  ],
  'files-imports': [['src/files/b.ts', '../ports/a.ts']],
  'spool-imports': [
    ['src/spool/d.ts', '../gateway/a.ts'],
    ['src/spool/b.ts', '../transports/a.ts'],
    ['src/spool/c.ts', '../session/a.ts'],
  ],
  'voice-imports': [
    ['src/voice/b.ts', '../transports/a.ts'],
    ['src/voice/c.ts', '../simulators/a.ts'],
  ],
  'resumable-websocket-imports': [
    ['src/resumable-websocket/b.ts', '../gateway/a.ts'],
    ['src/resumable-websocket/c.ts', '../session/a.ts'],
  ],
  'worklets-imports': [['src/worklets/b.ts', '../session/a.ts']],
  'client-imports': [['src/client/b.ts', '../voice/a.ts']],
  'playback-imports': [['src/playback/b.ts', '../session/a.ts']],
  'views-imports': [['src/views/b.ts', '../transports/a.ts']],
  'react-imports': [['src/react/b.ts', '../transports/a.ts']],
  'rxjs-imports': [['src/rxjs/b.ts', '../transports/a.ts']],
  'capture-imports': [['src/capture/b.ts', '../session/a.ts']],
  'gateway-imports': [
    ['src/gateway/b.ts', '../session/a.ts'],
    ['src/gateway/c.ts', '../providers/whisper.ts'],
  ],
  'pipeline-imports': [
    ['src/gateway/pipeline/b.ts', '../../providers/whisper.ts'],
    ['src/gateway/pipeline/c.ts', '../../voice/a.ts'],
    ['src/gateway/pipeline/d.ts', '../../providers/wire/json.ts'],
  ],
  'providers-imports': [
    ['src/providers/one.ts', '../../machines/x.ts'],
    ['src/providers/two/a.ts', '../../audio/a.ts'],
    ['src/providers/contract.ts', '../session/a.ts'],
  ],
  'providers-apart': [
    ['src/providers/three.ts', './whisper.ts'],
    ['src/providers/gemini/a.ts', '../gemini-live/a.ts'],
    ['src/providers/four/a.ts', '../index.ts'],
  ],
  'nobody-imports-cli': [
    ['src/simulators/b.ts', '../cli/a.ts'],
    ['src/node.ts', './cli/a.ts'],
    ['src/testing/b.ts', '../cli/a.ts'],
  ],
  'entries-without-simulators': [
    ['src/testing.ts', './simulators/a.ts'],
    ['src/node.ts', './simulators.ts'],
  ],
  'entries-reach-no-testing': [
    ['src/node.ts', './testing/a.ts'],
    ['src/browser.ts', './testing.ts'],
    ['src/index.ts', './session/reaches-testing.ts'],
  ],
  'node-builtins-in-node-files': [
    ['src/session/e.ts', 'node:fs'],
    ['src/audio/d.ts', 'buffer'],
    ['src/testing/c.ts', 'node:http'],
  ],
  'node-packages-in-node-files': [
    ['src/transports/d.ts', 'ws'],
    ['src/observability/c.ts', 'picocolors'],
    ['src/testing/d.ts', 'ws'],
  ],
  'universal-entries-reach-no-node': [
    ['src/index.ts', './session/reaches-builtin.ts'],
    ['src/browser.ts', './transports/reaches-package.node.ts'],
  ],
  'xstate-above-the-bytes': [
    ['src/audio/e.ts', 'xstate'],
    ['src/providers/five.ts', 'xstate'],
  ],
  'audio-packages-in-their-place': [
    ['src/audio/f.ts', 'wavefile'],
    ['src/session/f.ts', 'speex-resampler'],
  ],
  'packages-that-users-have': [['src/cli/b.ts', 'fast-check']],
  'a-layer-for-every-folder': [['src/cli/c.ts', '../helpers/a.ts']],
  'no-circular-imports': [['src/audio/circle-a.ts', './circle-b.ts']],
  'imports-resolve': [['src/cli/d.ts', '../session/mispelt.ts']],
  'no-tests-in-the-product': [['src/cli/e.ts', '../../test/support.ts']],
};

const allowed: readonly (readonly [from: string, to: string])[] = [
  ['machines/x.ts', './y.ts'],
  ['machines/y.ts', 'xstate'],
  ['src/audio/a.ts', '../ports/a.ts'],
  ['src/audio/wav.ts', 'wavefile'],
  ['src/network/a.ts', '../../machines/x.ts'],
  ['src/providers/whisper.ts', '../../machines/failure.ts'],
  ['src/providers/gemini-live/a.ts', '../../protocol/a.ts'],
  ['src/providers/gemini-live.ts', './gemini-live/a.ts'],
  ['src/providers/gemini-live/b.ts', '../retry-hints.ts'],
  ['src/providers/index.ts', './whisper.ts'],
  ['src/session/a.ts', '../providers/contract.ts'],
  ['src/session/g.ts', 'xstate'],
  ['src/voice/a.ts', '../session/a.ts'],
  ['src/voice/a.ts', '../providers/whisper.ts'],
  ['src/transports/a.ts', '../ports/a.ts'],
  ['src/transports/websocket.node.ts', 'ws'],
  ['src/transports/reaches-package.node.ts', 'ws'],
  ['src/gateway/a.ts', 'node:http'],
  ['src/gateway/pipeline/a.ts', '../../session/a.ts'],
  ['src/gateway/pipeline/a.ts', '../../network/a.ts'],
  ['src/gateway/pipeline/a.ts', '../../providers/wire/hallucination-filter.ts'],
  ['src/gateway/pipeline/a.ts', '../a.ts'],
  ['src/simulators/a.ts', '../session/a.ts'],
  ['src/simulators.ts', './simulators/a.ts'],
  ['src/testing.ts', './testing/a.ts'],
  ['src/testing.ts', './testing/server.node.ts'],
  ['src/testing/a.ts', '../session/a.ts'],
  ['src/testing/a.ts', '../providers/whisper.ts'],
  ['src/testing/a.ts', '../../machines/x.ts'],
  ['src/testing/server.node.ts', 'ws'],
  ['src/cli/a.ts', '../simulators/a.ts'],
  ['src/cli/a.ts', '../testing/a.ts'],
  ['src/node.ts', './transports/websocket.node.ts'],
];

/** What the edges above lead to, and the rest of what some of them need. */
const supporting: Readonly<Record<string, string>> = {
  'machines/failure.ts': 'export const value = 1;\n',
  'src/ports/a.ts': 'export const value = 1;\n',
  'src/protocol/a.ts': 'export const value = 1;\n',
  'src/providers/contract.ts': 'export const value = 1;\n',
  'src/providers/wire/hallucination-filter.ts': 'export const value = 1;\n',
  'src/providers/wire/json.ts': 'export const value = 1;\n',
  'src/providers/retry-hints.ts': 'export const value = 1;\n',
};

const broken: Readonly<Record<string, string>> = {
  'src/observability/a.ts': 'export const value = 1;\n',
  'src/cli/b.ts': "import { sample } from 'fast-check';\nexport const use = sample;\n",
  'src/helpers/a.ts': 'export const value = 1;\n',
  'src/session/reaches-testing.ts': importing('../testing/a.ts'),
  'src/session/reaches-builtin.ts': importing('../ports/os.node.ts'),
  'src/ports/os.node.ts': importing('node:os'),
  'src/audio/circle-b.ts':
    "import type { Value } from './circle-a.ts';\nexport type Own = Value;\n",
  'test/support.ts': 'export const value = 1;\n',
};

describe('the layers', () => {
  let tree: PlantedTree | undefined;
  let rules: readonly string[] = [];

  beforeAll(() => {
    const config = require(join(projectRoot, '.dependency-cruiser.cjs')) as Rules;
    rules = config.forbidden.map((rule) => rule.name);
  });
  afterEach(() => tree?.remove());

  it('let every import pass that the design allows', () => {
    tree = plantTree({ ...supporting, ...planted(allowed) });

    const reports = cruise(tree.root);

    expect(reports).toEqual([]);
  });

  it('report each planted violation by the name of its rule', () => {
    const plants = Object.values(violations).flat();
    tree = plantTree({ ...supporting, ...planted(allowed), ...planted(plants), ...broken });

    const reports = cruise(tree.root);

    expect(Object.keys(violations).sort()).toEqual([...rules].sort());
    for (const [rule, edges] of Object.entries(violations)) {
      const reported = reports.filter((report) => report.rule === rule).map(({ from }) => from);
      expect(reported, rule).toEqual(expect.arrayContaining(edges.map(([from]) => from)));
    }
  });
});

function planted(
  edges: readonly (readonly [from: string, to: string])[],
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [from, to] of edges) files[from] = (files[from] ?? '') + importing(to);
  return files;
}

/** An import of a type only, which must count as much as any other. */
function importing(to: string): string {
  return `import type * as imported from '${to}';\nexport type Value = typeof imported;\n`;
}

interface Report {
  readonly rule: string;
  readonly from: string;
}

function cruise(root: string): readonly Report[] {
  const bin = join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    bin,
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'machines',
    'src',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: readonly { rule: { name: string }; from: string }[] };
  };
  return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}
