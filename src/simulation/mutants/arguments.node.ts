/** How a process is started that runs with a mutant. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Names the mutant to whoever registers the hook: register.node.ts. */
export const MUTANT_VARIABLE = 'TENUTO_MUTANT';

export interface MutantArguments {
  /** To stand before the module that is run, or in `execArgv`. */
  readonly execArgv: readonly string[];
  /** Beside the environment that it has in any case. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is run has to be compiled code of this package: the hook changes what is loaded from there. */
export function mutantArguments(name: string): MutantArguments {
  const register = createRequire(import.meta.url).resolve('#mutants');
  return {
    execArgv: ['--import', pathToFileURL(register).href],
    env: { [MUTANT_VARIABLE]: name },
  };
}
