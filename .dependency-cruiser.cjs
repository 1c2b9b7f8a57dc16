const { builtinModules } = require('node:module');

/** Who may import whom. Every rule here is seen to fail on a planted violation by test/tooling/layers.test.ts. */

const OURS = '^(machines|src)/';

/** The layers, and what each may import besides itself. */
const LAYERS = {
  ports: [],
  audio: ['^src/ports/'],
  protocol: ['^src/ports/'],
  transports: ['^src/ports/'],
  network: ['^src/ports/', '^machines/'],
  observability: ['^src/ports/', '^machines/', '^src/charts/(definition|names|spawns)\\.ts$'],
  charts: ['^src/ports/', '^machines/'],
  session: [
    '^src/ports/',
    '^machines/',
    '^src/audio/',
    '^src/network/',
    '^src/providers/(contract|events)\\.ts$',
  ],
  // What runs beside the sound, and what hears and plays by it.
  worklets: ['^src/ports/'],
  capture: ['^src/ports/', '^machines/', '^src/audio/', '^src/worklets/'],
  playback: [
    '^src/ports/',
    '^src/audio/',
    '^src/worklets/',
    '^src/session/(conversation|events|session)\\.ts$',
  ],
  // What any file store needs.
  files: [],
  spool: [
    '^src/ports/',
    '^src/audio/',
    '^src/protocol/(crc32c|bytes)\\.ts$',
    '^src/session/(spooling\\.types|events|emitter)\\.ts$',
    '^src/files/',
  ],
  // What screens and streams show of a session.
  views: ['^src/ports/', '^machines/', '^src/session/'],
  react: ['^src/ports/', '^machines/', '^src/session/', '^src/views/'],
  rxjs: ['^src/ports/', '^machines/', '^src/session/'],
  voice: ['^src/ports/', '^machines/', '^src/audio/', '^src/providers/', '^src/session/'],
  // A drop-in class of its own for each platform, as an application would make it.
  'resumable-websocket': [
    '^src/ports/',
    '^machines/',
    '^src/protocol/',
    '^src/transports/',
    '^src/network/',
    '^src/providers/(contract|events|retry-hints)\\.ts$',
    '^src/providers/(gateway|wire)/',
    '^src/spool/', // its spool is stored as a session's is
    '^src/session/(events|claims|dial-race|failure-error|greeting|looks|pulse|renewal|status)\\.ts$',
  ],
  // A client in a few words; each platform's file says what it is made of.
  client: [
    '^src/ports/',
    '^machines/',
    '^src/protocol/',
    '^src/network/',
    '^src/capture/',
    '^src/session/',
    '^src/providers/(contract|events)\\.ts$',
    '^src/providers/(gateway|wire)/',
    '^src/resumable-websocket/',
    '^src/transports/',
  ],
  gateway: [
    '^src/ports/',
    '^src/files/',
    '^machines/',
    '^src/protocol/',
    '^src/transports/',
    '^src/audio/',
    '^src/providers/(contract|events)\\.ts$',
  ],
};

/** Those whose imports are ruled below, or not at all. */
const OTHER_LAYERS = ['providers', 'simulation', 'simulators', 'testing', 'cli'];

const NODE_FILES = [
  '\\.node\\.ts$',
  '^src/node\\.ts$',
  '^src/(gateway|simulation|simulators|cli)/',
];
const NODE_PACKAGES = 'node_modules/(@types/)?(ws|koffi|vosk|commander|picocolors|selfsigned)/';
// `test` and the like, which exist with the prefix only, are matched by it; the others are resolved to their bare names.
const NODE_BUILTINS = `^(node:|(${builtinModules.filter((name) => !name.includes('/')).join('|')})(/|$))`;

/** The one part of the gateway that is a client of services, as applications are. */
const PIPELINE = '^src/gateway/pipeline/';

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `${layer}-imports`,
  comment: `src/${layer} may import: ${['itself', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: PIPELINE },
  to: { path: OURS, pathNot: [`^src/${layer}/`, ...allowed] },
}));

module.exports = {
  forbidden: [
    {
      name: 'machines-imports',
      comment:
        'A chart knows xstate and other charts, nothing else: no socket, no clock, no builtin.',
      severity: 'error',
      from: { path: '^machines/' },
      to: { pathNot: ['^machines/', 'node_modules/xstate/'] },
    },
    ...layerRules,
    {
      name: 'pipeline-imports',
      comment:
        'What makes text of audio on the gateway is a session of its own, and filters what any provider says.',
      severity: 'error',
      from: { path: PIPELINE },
      to: {
        path: OURS,
        pathNot: [
          '^src/gateway/',
          ...LAYERS.gateway,
          '^src/session/',
          '^src/network/',
          '^src/providers/wire/hallucination-filter\\.ts$',
        ],
      },
    },
    {
      name: 'providers-imports',
      comment:
        'A provider is facts about one service: ports, protocol and the failure table serve it; and it names what a session needs for it.',
      severity: 'error',
      from: { path: '^src/providers/' },
      to: {
        path: OURS,
        pathNot: [
          '^src/(providers|ports|protocol)/',
          '^src/session/(keeping|conversing|counting)\\.ts$',
          '^machines/failure\\.ts$',
        ],
      },
    },
    {
      name: 'providers-apart',
      comment:
        'Providers do not know each other: index.ts lists them; the contract and wire/ are what they share.',
      severity: 'error',
      from: {
        path: '^src/providers/([^/.]+)[/.]',
        pathNot: '^src/providers/(index\\.ts$|wire/)',
      },
      to: {
        path: '^src/providers/',
        pathNot: '^src/providers/($1[/.]|wire/|(contract|events|retry-hints)\\.ts$)',
      },
    },
    {
      name: 'nobody-imports-cli',
      comment: 'The command line stands on everything, and nothing stands on it.',
      severity: 'error',
      from: { path: OURS, pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'entries-without-simulators',
      comment:
        'What applications import brings no stand-in servers along: those have an entry of their own.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/simulators\\.ts$' },
      to: { path: '^src/simulators[/.]' },
    },
    {
      name: 'entries-reach-no-testing',
      comment: 'The kit for tests is an entry of its own, and no application pays for it.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/testing\\.ts$' },
      to: { path: '^src/testing[/.]', reachable: true },
    },
    {
      name: 'node-builtins-in-node-files',
      comment: 'Platform goes in the file name.',
      severity: 'error',
      from: { path: OURS, pathNot: NODE_FILES },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-packages-in-node-files',
      comment: 'Platform goes in the file name.',
      severity: 'error',
      from: { path: OURS, pathNot: NODE_FILES },
      to: { path: NODE_PACKAGES },
    },
    {
      name: 'universal-entries-reach-no-node',
      comment: 'These entries run in browsers and on phones, with everything that they pull in.',
      severity: 'error',
      from: { path: '^src/(index|browser|react|react-native|rxjs|voice)\\.ts$' },
      to: { path: [NODE_BUILTINS, NODE_PACKAGES], reachable: true },
    },
    {
      name: 'xstate-above-the-bytes',
      comment: 'The data plane and the facts about services are plain code.',
      severity: 'error',
      from: { path: '^src/(ports|audio|protocol|transports|providers)/' },
      to: { path: 'node_modules/(xstate|@xstate)/' },
    },
    {
      name: 'audio-packages-in-their-place',
      comment: 'Reading files and resampling are for tools, not for the path from the microphone.',
      severity: 'error',
      from: {
        path: OURS,
        pathNot: ['^src/audio/(wav|resample)(\\.node)?\\.ts$', '^src/(simulators|cli)/'],
      },
      to: { path: 'node_modules/(wavefile|speex-resampler)/' },
    },
    {
      name: 'packages-that-users-have',
      comment:
        'A tool of ours is loaded on demand or not at all: who installs tenuto does not get it.',
      severity: 'error',
      from: { path: OURS },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only', 'dynamic-import'],
      },
    },
    {
      name: 'a-layer-for-every-folder',
      comment:
        'A new folder of src/ needs a place in the rules before anything may import from it.',
      severity: 'error',
      from: {},
      to: {
        path: '^src/[^/]+/',
        pathNot: `^src/(${[...Object.keys(LAYERS), ...OTHER_LAYERS].join('|')})/`,
      },
    },
    {
      name: 'no-circular-imports',
      comment: 'Type-only ones count too.',
      severity: 'error',
      from: { path: OURS },
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'A misspelt import would slip through every other rule.',
      severity: 'error',
      from: { path: OURS },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'Tests know the product, never the reverse.',
      severity: 'error',
      from: { path: OURS },
      to: { path: '^(test|scripts|visualizations)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.d.ts'],
    },
  },
};
