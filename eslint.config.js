import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Time, chance and the network come in through ports, so that every test can hold them. */
const PORT_GLOBALS = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'WebSocket',
];
const throughAPort = 'Take it from a port (src/ports/) or move the code to a platform file.';

const shape = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
    {
      selector:
        ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"])[accessibility="private"]',
      message: 'Use #private.',
    },
    { selector: 'TSParameterProperty', message: 'Declare the field and assign it.' },
  ],
  '@typescript-eslint/naming-convention': [
    'error',
    { selector: 'default', format: null, leadingUnderscore: 'forbid' },
    {
      selector: 'interface',
      format: ['PascalCase'],
      custom: { regex: '^I[A-Z][a-z]', match: false },
    },
    // The wire format of @statelyai/inspect has this name.
    {
      selector: ['typeProperty', 'objectLiteralProperty'],
      filter: { regex: '^_version$', match: true },
      format: null,
      leadingUnderscore: 'allow',
    },
    // A parameter that only holds a place: the compiler asks for the underscore.
    {
      selector: 'parameter',
      modifiers: ['unused'],
      format: null,
      leadingUnderscore: 'allow',
    },
    { selector: 'typeLike', format: ['PascalCase'], leadingUnderscore: 'forbid' },
  ],
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  // XState infers a chart's types from `{} as T`, and a failed assertion would be a compile error anyway.
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
  '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  // `() => socket.close()` as a listener reads better than the block it would need.
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // An XState actor without output is written `fromPromise<void, Input>`.
  '@typescript-eslint/no-invalid-void-type': 'off',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
};

export default defineConfig(
  globalIgnores([
    'node_modules/',
    'dist/',
    'coverage/',
    '.tmp/',
    'visualizations/charts/',
    'src/ports/host.d.ts', // of the type-check without DOM and Node alone
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: shape,
  },
  {
    files: ['machines/**/*.ts', 'src/**/*.ts', 'visualizations/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['machines/**/*.ts', 'src/**/*.ts', 'visualizations/**/*.ts'],
    ignores: [
      'src/ports/**',
      'src/simulators/**',
      'src/simulation/leak-guards.ts', // it names what it guards
      'src/cli/**',
      '**/*.node.ts',
      '**/*.browser.ts',
      '**/*.react-native.ts',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: PORT_GLOBALS.map((name) => ({ name, message: throughAPort })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: throughAPort },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:)?timers(/promises)?$', message: throughAPort }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests plant wrong values, stub half an interface and know that an element is there.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // The command line is what prints.
    files: ['src/cli/**/*.ts', 'scripts/**', 'src/cli/tenuto.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        performance: 'readonly',
        process: 'readonly',
        setImmediate: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
