/** Loaded with `--import`, before anything else: whatever is loaded afterwards has the mutant in it. */
import { register } from 'node:module';

import { MUTANT_VARIABLE } from './arguments.node.ts';

const name = process.env[MUTANT_VARIABLE];
if (name !== undefined) {
  register('./hooks.node.js', { parentURL: import.meta.url, data: { name } });
}
