// Of a run of tests, one line as soon as it is known: what passed, what failed and why, and last whether the run came to its end.
// A run that is killed leaves what it had come to.
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';

const LONGEST_MESSAGE = 200;

export default class Facts {
  #file = process.env.TENUTO_CI_FACTS;

  onTestCaseReady(test) {
    this.#note('began', nameOf(test));
  }

  onTestCaseResult(test) {
    const { state, errors } = test.result();
    this.#note(state, nameOf(test), errors?.[0]);
  }

  onTestModuleEnd(file) {
    const [error] = file.errors();
    if (error) this.#note('failed', file.relativeModuleId, error);
  }

  onTestSuiteResult(suite) {
    const [error] = suite.errors();
    if (error) this.#note('failed', nameOf(suite), error);
  }

  onTestRunEnd(files, errors, reason) {
    for (const error of errors) this.#note('failed', 'outside of any test', error);
    this.#note('ended', reason);
  }

  #note(fact, name, error) {
    const lines = stripVTControlCharacters(error?.message ?? '').split('\n');
    const why = lines.find((line) => line.trim() !== '')?.trim() ?? '';
    const fields = [fact, name, why.slice(0, LONGEST_MESSAGE)];
    appendFileSync(
      this.#file,
      `${fields.map((field) => field.replaceAll(/\s/g, ' ')).join('\t')}\n`,
    );
  }
}

function nameOf(test) {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}
