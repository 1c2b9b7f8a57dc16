/** Property tests of a mutation run try the same cases against every mutant, and stop at the first that fails. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_251, endOnFailure: true });
