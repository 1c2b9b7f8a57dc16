/**
 * Bundles `index.js` of a folder as React Native's command line does, and prints which globals the bundle names:
 * node metro-bundle.mjs FOLDER ROOT
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseSync, traverse } from '@babel/core';
import Metro from 'metro';

const [folder, root] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const base = await Metro.loadConfig({ cwd: folder }, {});
const isElsewhere = /\/(?:\.tmp\/(?!react-native-)|test\/|coverage\/)/;

await Metro.runBuild(
  {
    ...base,
    projectRoot: folder,
    watchFolders: [root],
    cacheStores: [],
    maxWorkers: 1,
    reporter: { update: () => undefined },
    resolver: {
      ...base.resolver,
      // As in React Native's own configuration for Metro.
      resolverMainFields: ['react-native', 'browser', 'main'],
      platforms: ['android', 'ios'],
      unstable_conditionNames: ['react-native'],
      blockList: [isElsewhere],
      nodeModulesPaths: [join(root, 'node_modules')],
    },
    transformer: {
      ...base.transformer,
      babelTransformerPath: require.resolve('@react-native/metro-babel-transformer'),
      getTransformOptions: async () => ({ transform: { inlineRequires: true } }),
    },
    serializer: {
      ...base.serializer,
      getModulesRunBeforeMainModule: () => [],
      getPolyfills: () => [],
    },
  },
  {
    entry: join(folder, 'index.js'),
    out: join(folder, 'bundle.js'),
    platform: 'android',
    dev: false,
    minify: false,
    unstable_transformProfile: 'hermes-stable',
  },
);

const bundle = readFileSync(join(folder, 'bundle.js'), 'utf8');
traverse(parseSync(bundle, { configFile: false, babelrc: false, sourceType: 'script' }), {
  Program({ scope }) {
    console.log(JSON.stringify(Object.keys(scope.globals).sort()));
  },
});
process.exit(0); // Metro goes on to watch
