// Writes docs/gateway.schema.json from the schema that `tenuto serve --config` is checked by. A test fails where they differ.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

import { buildIfStale } from './build.mjs';

buildIfStale();
const { gatewayJsonSchema } = await import('../dist/src/cli/serve/config-schema.js');
const file = fileURLToPath(new URL('../docs/gateway.schema.json', import.meta.url));
await writeFile(
  file,
  await format(JSON.stringify(gatewayJsonSchema()), { filepath: file, printWidth: 100 }),
);
